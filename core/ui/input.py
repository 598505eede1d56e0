"""What no page can use is refused before it reaches one."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

FORM = "application/x-www-form-urlencoded"


class NulByteMiddleware:
    """A NUL character in the address or a form is answered with 400.

    No keyboard types it and PostgreSQL cannot store or compare it: each search box and each text
    that is read without a Django form would end in an error of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or go on."""
        if _has_nul(request):
            raise BadRequest("a NUL character in the request")
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    if "\x00" in request.path:
        return True
    if request.path.startswith("/api/"):
        return False  # REST only reads, and names the parameter that it cannot use
    if "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.method != "POST" or request.content_type != FORM:
        return False
    return b"%00" in request.body or b"\x00" in request.body
