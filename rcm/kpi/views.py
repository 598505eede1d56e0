"""The manager's pages: the weekly denial dashboard, the KPIs, the rows behind each."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from core.access.guards import requires
from core.ui import formats
from rcm.kpi.queries.kpis import ROW_HEADS, as_rows, measure, measure_all, rows_of
from rcm.kpi.queries.parts import PARTS
from rcm.kpi.queries.weekly import WeeklyReport, latest_week, weekly_report
from rcm.kpi.rules.definitions import BY_KEY, WEEKLY
from rcm.kpi.rules.periods import Week

PICKABLE_WEEKS = 13
PER_PAGE = 50
SPANS = {1: "1 week", 4: "4 weeks", 8: "8 weeks", 13: "13 weeks"}
DEFAULT_SPAN = 8


def _week(request: HttpRequest) -> Week:
    """The week of the address; what cannot be read, or lies ahead, is the last complete one."""
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


def _span(request: HttpRequest) -> int:
    text = request.GET.get("span", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) in SPANS else DEFAULT_SPAN


def _change(report: WeeklyReport) -> dict[str, object]:
    """The week's denied dollars against the week before; fewer is better.

    Nothing for the week that still runs: two days are always less than seven.
    """
    if report.is_running or report.before is None or report.before.dollars == report.total.dollars:
        return {"text": "", "direction": "", "good": None}
    more = report.total.dollars - report.before.dollars
    return {
        "text": formats.usd_short(abs(more)),
        "direction": "up" if more > 0 else "down",
        "good": more < 0,
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
            "kpis": [measure(key, week) for key in WEEKLY],
            "change": _change(report),
            "trend": {
                "labels": [one.short for one, _ in report.trend],
                "dollars": [("Denied", [share.dollars for _, share in report.trend])],
                "hrefs": [share.href for _, share in report.trend],
                "values_only": [share.dollars for _, share in report.trend],
            },
            "has_any": any(share.cases for _, share in report.trend),
        },
    )


@require_GET
@requires("report.view")
def kpis(request: HttpRequest) -> HttpResponse:
    """Every KPI with what it is made of."""
    week, span = _week(request), _span(request)
    return render(
        request,
        "kpi/kpis.html",
        {**_picker(week), "kpis": measure_all(week, span), "span": span, "spans": SPANS.items()},
    )


@require_GET
@requires("report.view")
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """The rows of a KPI's numerator or denominator, or those that are not decided yet."""
    if key not in BY_KEY:
        raise Http404(f"There is no KPI {key}")
    week, span = _week(request), _span(request)
    parts = PARTS[key](week.period(span))
    chosen, part = "numerator", parts.numerator
    if request.GET.get("part") == "denominator":
        chosen, part = "denominator", parts.denominator
    elif request.GET.get("part") == "waiting" and parts.waiting is not None:
        chosen, part = "waiting", parts.waiting
    page = Paginator(rows_of(part), PER_PAGE).get_page(request.GET.get("page"))
    rows = as_rows(part, page.object_list)
    return render(
        request,
        "kpi/kpi.html",
        {
            **_picker(week),
            "one": measure(key, week, span),
            "chosen": chosen,
            "page": page,
            "rows": rows,
            "row_head": ROW_HEADS[part.kind],
            "is_sum": part.is_sum,
            "unit": "Days" if part.kind == "coding" else "Dollars",
            "span": span,
            "spans": SPANS.items(),
        },
    )
