"""What the pages share."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.access.guards import signed_in
from core.access.permissions import PERMISSIONS, may
from core.errors import Refused
from core.parameters import parse_pk
from core.ui.htmx import htmx

MINE = (
    "patient.edit",
    "coverage.edit",
    "eligibility.check",
    "eligibility.view",
    "schedule.edit",
    "schedule.view",
    "encounter.check_in",
    "note.view",
    "note.write",
    "coding.work",
    "claim.work",
    "claim.view",
    "coverage.view",
)


def abilities(request: HttpRequest) -> set[str]:
    """The permissions of this user that our pages ask about, for showing what can be done."""
    user = signed_in(request)
    return {name for name in MINE if name in PERMISSIONS and may(user, name)}


def next_url(request: HttpRequest, default: str) -> str:
    """Where to go afterwards: ``next`` of the form or the address, when it is ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return default


def back_with(request: HttpRequest, refusal: Refused, url: str) -> HttpResponseRedirect:
    """A refusal of a button: back to the page, with what to do next."""
    messages.error(request, str(refusal))
    return redirect(url)


def sensible_day(text: str) -> date | None:
    """``2026-11-23``; None for anything else, and for a day on which nobody is in a schedule.

    The days next to the ends of the calendar have no day before or after them.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def day_of(request: HttpRequest, default: date) -> date:
    """``?day=2026-11-23``; anything else is the default."""
    return sensible_day(request.GET.get("day", "")) or default


def number_of(request: HttpRequest, name: str) -> int | None:
    """A row's id from the address; None when it is none."""
    return parse_pk(request.GET.get(name))


def moved(request: HttpRequest, url: str) -> HttpResponse:
    """On to another page, also out of a partial request."""
    if htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)
