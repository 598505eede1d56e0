"""The manager's pages: the weekly denial dashboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rcm import clock
from rcm.access.guards import requires
from rcm.kpi.queries.weekly import latest_week, weekly_report
from rcm.kpi.rules.periods import Week

PICKABLE_WEEKS = 13


def _week(request: HttpRequest) -> Week:
    """The week of the address; what cannot be read, or lies ahead, is the newest with denials."""
    asked = Week.parse(request.GET.get("week", ""))
    if asked is None or asked > Week.of(clock.today()):
        return latest_week()
    return asked


def _picker(week: Week) -> dict[str, object]:
    """What the week picker shows: the weeks up to today, and the ones beside the chosen one."""
    newest = Week.of(clock.today())
    weeks = newest.run(PICKABLE_WEEKS)
    return {
        "week": week,
        "weeks": [*reversed(weeks), *([week] if week < weeks[0] else [])],
        "earlier": week.back(1),
        "later": week.back(-1) if week < newest else None,
    }


@require_GET
@requires("report.view")
def home(request: HttpRequest) -> HttpResponse:
    """The weekly denial dashboard."""
    week = _week(request)
    report = weekly_report(week)
    return render(
        request,
        "kpi/home.html",
        {
            **_picker(week),
            "report": report,
            "trend": {
                "labels": [one.short for one, _ in report.trend],
                "dollars": [("Denied", [share.dollars for _, share in report.trend])],
                "hrefs": [share.href for _, share in report.trend],
                "values": [share.dollars for _, share in report.trend],
                "cases": [share.cases for _, share in report.trend],
            },
            "has_any": any(share.cases for _, share in report.trend),
        },
    )
