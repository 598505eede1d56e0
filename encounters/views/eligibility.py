"""Ask payers, read their answers, work what they did not find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.access.guards import requires, signed_in
from core.audit.services import record_view
from core.clearinghouse.queries import segments
from core.errors import Refused
from core.ui.htmx import htmx
from encounters.enums import EligibilityState
from encounters.models import Coverage, EligibilityBenefit, EligibilityCheck
from encounters.queries import (
    current_coverages,
    differences,
    eligibility_queue,
    latest_checks,
    to_verify,
)
from encounters.queries.eligibility import check_page, first_visit_day
from encounters.rules import benefits, rejections
from encounters.rules.freshness import coverage_status
from encounters.services import accept_difference, verify_eligibility
from encounters.views.base import abilities, back_with, day_of, next_url, sensible_day


def answer_panels(
    coverages: Sequence[Coverage], *, visit: date, back: str, request: HttpRequest
) -> list[dict[str, Any]]:
    """Each coverage with what its payer last said, for `_answer.html`."""
    ids = [row.pk for row in coverages]
    checks = latest_checks(ids) if ids else {}
    found: dict[int, list[EligibilityBenefit]] = {}
    rows = EligibilityBenefit.objects.filter(check_row__in=[c.pk for c in checks.values()])
    for benefit in rows.order_by("check_row", "position") if checks else ():
        found.setdefault(benefit.check_row_id, []).append(benefit)
    panels = []
    for row in coverages:
        check = checks.get(row.pk)
        if check is not None:
            check.coverage = row
        panels.append(_panel(row, check, found.get(check.pk, []) if check else [], visit, back))
    return panels


def _panel(
    row: Coverage,
    check: EligibilityCheck | None,
    facts: list[EligibilityBenefit],
    visit: date,
    back: str,
) -> dict[str, Any]:
    state = coverage_status(check, visit=visit, now=clock.now(), today=clock.today())
    return {
        "coverage": row,
        "check": check,
        "status": state,
        "plan": row.plan_name or (check.plan_name if check else ""),
        "is_ready": state.is_ready,
        "summary": benefits.summary(facts) if check else None,
        "differences": differences(check) if check else [],
        "owner": rejections.owner(check.reject_code, check.reject_loop) if check else "",
        "visit": visit,
        "back": back,
    }


@requires("eligibility.check")
@require_POST
def verify(request: HttpRequest, coverage_id: int) -> HttpResponse:
    """Ask the payer now; the answer replaces the panel it was asked from."""
    row = get_object_or_404(
        Coverage.objects.select_related("patient", "payer"), pk=coverage_id, superseded_at=None
    )
    day = _visit_day(request, row)
    back = next_url(request, reverse("front_desk:patient", args=[row.patient_id]))
    try:
        check = verify_eligibility(coverage_id=row.pk, service_date=day, by=signed_in(request))
    except Refused as refusal:
        return back_with(request, refusal, back)
    if htmx(request):
        return _answer(request, row, check, day, back)
    notify = messages.success if check.state == EligibilityState.ACTIVE else messages.warning
    notify(request, check.message)
    return redirect(back)


def _visit_day(request: HttpRequest, row: Coverage) -> date:
    asked = sensible_day(request.POST.get("day", ""))
    return asked or first_visit_day(row.patient_id) or clock.today()


def _answer(
    request: HttpRequest, row: Coverage, check: EligibilityCheck, day: date, back: str
) -> HttpResponse:
    check.coverage = row
    panel = _panel(row, check, list(check.benefits.all()), day, back)
    context = {"panel": panel, "can": abilities(request), "is_partial": True}
    if request.POST.get("arriving"):
        context |= {"is_open": True, "steps": _steps_after(row, panel, day)}
    return render(request, "encounters/_answer.html", context)


def _steps_after(row: Coverage, panel: dict[str, Any], day: date) -> list[dict[str, str]]:
    """The steps of a check-in, when it is the first payer that was asked."""
    first = current_coverages([row.patient_id], day).get(row.patient_id, [])[:1]
    return check_in_steps([panel]) if first == [row] else []


def check_in_steps(
    panels: Sequence[dict[str, Any]], *, is_done: bool = False
) -> list[dict[str, str]]:
    """The eligibility of an arrival: its panels, the first payer's first."""
    is_ready = bool(panels) and bool(panels[0]["is_ready"])
    is_refused = bool(panels) and panels[0]["status"].tone == "danger"
    asking = "blocked" if is_refused else "current" if panels else ""
    return [
        {"label": "Patient", "state": "done"},
        {"label": "Coverage", "state": "done" if panels or is_done else "blocked"},
        {"label": "Eligibility", "state": "done" if is_ready or is_done else asking},
        {"label": "Check-in", "state": "done" if is_done else "current" if is_ready else ""},
    ]


@requires("coverage.edit")
@require_POST
def accept(request: HttpRequest, check_id: int) -> HttpResponse:
    """Take over what the payer answered, one field."""
    check = get_object_or_404(EligibilityCheck.objects.select_related("coverage"), pk=check_id)
    back = next_url(request, reverse("front_desk:check", args=[check.pk]))
    try:
        accept_difference(
            check_id=check.pk, field=request.POST.get("field", ""), by=signed_in(request)
        )
    except Refused as refusal:
        return back_with(request, refusal, back)
    messages.success(request, "Taken over. What stood there before is in the history.")
    return redirect(back)


@requires("eligibility.view")
@require_GET
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One question and its answer in plain words, and as they were sent."""
    try:
        row = check_page(check_id)
    except EligibilityCheck.DoesNotExist as error:
        raise Http404 from error
    record_view(signed_in(request), row, patient_id=row.coverage.patient_id)
    facts = list(row.benefits.all())
    context = {
        "check": row,
        "patient": row.coverage.patient,
        "lines": benefits.lines(facts),
        "summary": benefits.summary(facts),
        "differences": differences(row),
        "owner": rejections.owner(row.reject_code, row.reject_loop),
        "question": segments(row.inquiry)[0] if row.inquiry else [],
        "answer": segments(row.answer)[0] if row.answer else [],
        "asked_birth": date.fromisoformat(row.sent_details["birth_date"])
        if row.sent_details.get("birth_date")
        else None,
        "is_latest": not EligibilityCheck.objects.filter(
            coverage=row.coverage, requested_at__gt=row.requested_at
        ).exists(),
        "back": reverse("front_desk:check", args=[row.pk]),
        "can": abilities(request),
    }
    return render(request, "encounters/check.html", context)


STATES = (
    EligibilityState.INACTIVE,
    EligibilityState.NOT_FOUND,
    EligibilityState.UNKNOWN,
)


@requires("eligibility.view")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What has to be cleared before the next visits."""
    wanted = request.GET.get("state", "")
    everything = eligibility_queue()
    counts = [
        (state.value, state.label.split(":")[0], sum(p.check.state == state for p in everything))
        for state in STATES
    ]
    shown = [p for p in everything if not wanted or p.check.state == wanted]
    waiting = to_verify()
    context = {
        "problems": shown,
        "total": len(everything),
        "counts": counts,
        "state": wanted,
        "waiting": waiting,
        "show_waiting": wanted == "verify",
        "here": request.get_full_path(),
        "can": abilities(request),
        "day": day_of(request, clock.today()),
    }
    return render(request, "encounters/eligibility.html", context)
