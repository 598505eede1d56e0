"""The session of the pages; nobody signed in is 401 and not 403."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class PageSession(SessionAuthentication):
    """Signed in at /login/, as on the pages."""

    def authenticate_header(self, request: Request) -> str:
        """Names the scheme, so that "nobody" and "not allowed" have different statuses."""
        return 'Session realm="Firstpass"'


class PageSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself
    """How the document describes it: the session cookie."""

    target_class = "rcm.api.authentication.PageSession"
    priority = 0
