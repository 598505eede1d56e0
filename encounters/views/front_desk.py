"""The front desk's first page: the schedule of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from core.access.guards import requires
from encounters.models import Provider
from encounters.queries import open_problem_count, schedule_counts, todays_schedule
from encounters.queries.schedule import Slot, needs_attention
from encounters.views.base import abilities, day_of, number_of

SHOWN: dict[str, Callable[[Slot], bool]] = {
    "": lambda slot: slot.appointment.state != "cancelled",
    "expected": lambda slot: slot.is_expected,
    "here": lambda slot: slot.appointment.state == "arrived",
    "clear": lambda slot: slot.is_expected and needs_attention(slot),
    "off": lambda slot: slot.appointment.state in {"cancelled", "no_show"},
}


@requires("schedule.view")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Who comes today, the status of their coverage, and what is missing."""
    today = clock.today()
    day = day_of(request, today)
    provider_id = number_of(request, "provider")
    slots = todays_schedule(day, provider_id=provider_id)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    context = {
        "day": day,
        "today": today,
        "is_today": day == today,
        "previous": day - timedelta(days=1),
        "following": day + timedelta(days=1),
        "slots": [slot for slot in slots if SHOWN[show](slot)],
        "show": show,
        "counts": schedule_counts(slots),
        "off": sum(1 for slot in slots if slot.appointment.state in {"cancelled", "no_show"}),
        "providers": Provider.objects.filter(is_active=True),
        "provider_id": provider_id,
        "problems": open_problem_count(),
        "next_up": _next_up(slots) if day == today else None,
        "can": abilities(request),
    }
    return render(request, "encounters/home.html", context)


def _next_up(slots: list[Slot]) -> Slot | None:
    return next((slot for slot in slots if slot.is_expected), None)
