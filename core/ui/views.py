"""The page of every component, and the pages that say what went wrong."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe

from core.access.enums import Role
from core.access.guards import signed_in
from core.access.permissions import FIRST_PAGE
from core.ui import design_examples


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role begins on its own first page; a stranger signs in first."""
    return redirect(FIRST_PAGE[Role(signed_in(request).role)])


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "errors/400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but the role does not hold the permission."""
    return render(request, "errors/403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the user, the session or the database, which may be what broke."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session, or cookies are off."""
    return render(request, "errors/csrf.html", status=403)


def refused(request: HttpRequest, message: str, *, status: int = 409) -> HttpResponse:
    """A whole page for a refusal that has no form to stand in: what is wrong, what to do next."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return render(
        request,
        "errors/409.html",
        {"message": message, "back_url": came_from if is_ours and came_from else ""},
        status=status,
    )


@login_required
def design(request: HttpRequest) -> HttpResponse:
    """Every component, with invented values."""
    names = sorted(re.findall(r'<symbol id="([\w-]+)"', sprite()))
    return render(
        request, "design/index.html", {**design_examples.everything(), "icon_names": names}
    )


@login_required
def design_options(request: HttpRequest) -> HttpResponse:
    """What the combobox of the design page finds."""
    found = design_examples.options(request.GET.get("q", ""))
    return render(request, "_components/options.html", {"options": found})


@login_required
def design_progress(request: HttpRequest) -> HttpResponse:
    """A long work that ends: each poll is four steps further."""
    done = min(int(request.GET.get("done", "0")) + 4, 40)
    return render(
        request,
        "_components/progress.html",
        {
            "id": "job",
            "label": "Posting remittances",
            "done": done,
            "total": 40,
            "url": f"{request.path}?done={done}",
        },
    )


@login_required
@require_POST
def design_toast(request: HttpRequest) -> HttpResponse:
    """A message of each tone, as a partial answer."""
    messages.success(request, "Claim C00001234 is queued. It leaves with the next file.")
    messages.error(request, "The payer could not be reached. We try again in five minutes.")
    return HttpResponse(status=204)


@functools.cache
def sprite() -> str:
    """The icon sprite as text."""
    path = finders.find("icons.svg")
    assert isinstance(path, str)
    return Path(path).read_text(encoding="utf-8")
