"""Guards for pages and API: the same table decides for both."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.access.models import User
from core.access.permissions import PERMISSIONS, UndeclaredPermission, may

if TYPE_CHECKING:  # the views module asks for HoldsPermission while it loads
    from rest_framework.views import APIView

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(request: HttpRequest) -> User:
    """The signed-in user of a guarded view."""
    return cast(User, request.user)


def requires(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Let a view run only for a user who holds one of the ``permissions``.

    Nobody signed in: to the sign-in page and back. Signed in without it: 403.
    """
    for permission in permissions:
        if permission not in PERMISSIONS:
            raise UndeclaredPermission(permission)

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(may(signed_in(request), permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permissions = permissions  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return decorate


class HoldsPermission(BasePermission):
    """API guard: the view names its permission in ``required_permission``; none named raises."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        required: Any = getattr(view, "required_permission", None)
        if required is None:
            raise UndeclaredPermission(type(view).__name__)
        user = request.user
        return bool(user.is_authenticated) and may(cast(User, user), cast(str, required))
