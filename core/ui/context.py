"""What the frame around every page needs to know."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.db.models import Count
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from core.access.models import User
from core.access.permissions import may
from core.ui.navigation import Section, menu
from core.work.queries import workable


def _menu(request: HttpRequest) -> list[Section]:
    user = cast(User, request.user)
    return menu(user, request.path, _counts())


def _counts() -> dict[str, int]:
    """How many items of each queue can be worked today; one query."""
    return dict(workable().order_by().values_list("queue").annotate(waiting=Count("pk")))


def _search_url(user: User) -> str:
    """Where to search; nothing for a role that may not see patients."""
    if not may(user, "patient.view"):
        return ""
    try:
        return reverse("search")
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav` (read only when the frame is drawn: it costs one query) and `search_url`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "search_url": ""}
    return {
        "nav": SimpleLazyObject(partial(_menu, request)),
        "search_url": SimpleLazyObject(partial(_search_url, cast(User, user))),
    }
