"""The work page of a denial: what it means, what to do, and the change that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from claims.forms import VisitDetailsForm
from claims.services import change_visit_details
from claims.views.links import fix_link
from claims.views.work import details_form
from coding.services.assessing import Assessment, assess_codes
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record_view
from core.errors import Refused
from core.ui.next_item import NextBar
from core.ui.views import refused
from core.wake_worker import wake_worker
from core.work.forms import NoteForm
from core.work.services import add_note
from core.work.services import snooze as snooze_item
from denials.enums import DenialState, Source
from denials.forms import (
    CorrectionForm,
    LineFormSet,
    ReasonForm,
    SnoozeForm,
    line_initial,
    line_inputs,
)
from denials.models import Denial
from denials.queries import cases, detail
from denials.queries.diffs import CodeLine, diff_lines, lines_of
from denials.services import correct_denial, move_to_patient, write_off_denial

PER_PAGE = 25


@dataclass(slots=True)
class _Forms:
    """The forms of the work page; those that were sent carry their errors."""

    correction: CorrectionForm
    lines: Any
    note: NoteForm
    write_off: ReasonForm
    to_patient: ReasonForm
    snooze: SnoozeForm


def _forms(found: detail.DenialDetail, added: list[tuple[int, str]]) -> _Forms:
    codes = [d.code for d in sorted(found.version.diagnoses.all(), key=lambda d: d.position)]
    reasons = [f"{modifier} on line {position}" for position, modifier in added]
    return _Forms(
        correction=CorrectionForm(
            initial={
                "diagnoses": " ".join(codes),
                "reason": f"Added {', '.join(reasons)}" if reasons else "",
            }
        ),
        lines=LineFormSet(prefix="lines", initial=line_initial(found.lines, added)),
        note=NoteForm(prefix="note"),
        write_off=ReasonForm(prefix="off"),
        to_patient=ReasonForm(prefix="patient"),
        snooze=SnoozeForm(prefix="snooze"),
    )


def _detail(denial_id: int) -> detail.DenialDetail:
    try:
        return detail.denial_detail(denial_id)
    except Denial.DoesNotExist:
        raise Http404 from None


def _added(request: HttpRequest, found: detail.DenialDetail) -> list[tuple[int, str]]:
    """Suggestions that were taken over: ``?apply=2-QW``; only what is really suggested."""
    wanted = set(request.GET.getlist("apply"))
    return [
        (suggestion.position, suggestion.add)
        for suggestion in found.suggestions
        if f"{suggestion.position}-{suggestion.add}" in wanted
    ]


def _next_bar(denial: Denial) -> NextBar:
    totals = cases.queue_totals()
    return NextBar(
        queue="Denials",
        left=totals.open,
        dollars=totals.open_dollars,
        next_url=reverse("denials:next"),
        back_url=reverse("denials:list"),
        after=denial.work_item_id,
        is_quiet=denial.state == DenialState.OPEN,
    )


def _work_page(
    request: HttpRequest,
    found: detail.DenialDetail,
    *,
    forms: _Forms | None = None,
    refusal: Refused | None = None,
    numbers_form: VisitDetailsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    claim = found.denial.claim
    added = _added(request, found)
    shown = forms or _forms(found, added)
    before = lines_of(found.version)
    context = {
        "found": found,
        "denial": found.denial,
        "forms": shown,
        "refusal": refusal,
        "source_link": fix_link("coverage", claim, user),
        "numbers_form": numbers_form or details_form(claim),
        "applied": {f"{position}-{modifier}" for position, modifier in added},
        "before": before,
        "line_forms": _line_forms(shown.lines, found),
        "bar": _next_bar(found.denial) if may(user, "denial.work") else None,
        "may_work": may(user, "denial.work"),
        "may_write_off": may(user, "write_off.approve"),
        "may_see_note": may(user, "note.view"),
        "may_see_payment": may(user, "remittance.view"),
        "may_see_ledger": may(user, "ledger.view"),
        **_shown_change(found, shown, may_work=may(user, "denial.work"), is_applied=bool(added)),
    }
    return render(request, "denials/detail.html", context, status=status)


def _shown_change(
    found: detail.DenialDetail, forms: _Forms, *, may_work: bool, is_applied: bool
) -> dict[str, Any]:
    """What the page says of the change when it opens.

    Codes are only assessed where the page shows what comes of it: a closed case has no form,
    and where the cause lies outside of the codes they go out as they stand.
    """
    is_shown = found.denial.state == DenialState.OPEN and may_work
    about_codes = found.source == Source.CODES or is_applied or forms.correction.is_bound
    if is_shown and about_codes:
        return _change(found, forms.correction, forms.lines, None)
    return {"is_changed": False}


def _line_forms(formset: Any, found: detail.DenialDetail) -> list[tuple[Any, Any, bool]]:
    """Each line's form with the line in force beside it, and whether it is denied."""
    by_position = dict(enumerate(found.lines))
    return [
        (
            form,
            by_position.get(index),
            index in by_position and by_position[index].position in found.denied_positions,
        )
        for index, form in enumerate(formset.forms)
    ]


@require_GET
@requires("denial.view")
def denial_detail(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """One denial: what it means, what to do, and the code change beside the note."""
    found = _detail(denial_id)
    record_view(
        signed_in(request), found.denial, patient_id=found.denial.claim.encounter.patient_id
    )
    return _work_page(request, found)


def _change(
    found: detail.DenialDetail,
    form: CorrectionForm,
    formset: Any,
    posted: QueryDict | None,
) -> dict[str, Any]:
    """The diff, the findings and the dollars of what the form holds."""
    if posted is None and not form.is_bound:
        form = CorrectionForm(
            {"diagnoses": form.initial["diagnoses"], "reason": form.initial["reason"] or "-"}
        )
        formset = LineFormSet(_as_data(formset), prefix="lines")
    if not (form.is_valid() and formset.is_valid()):
        return {"is_incomplete": True, "is_changed": False}
    diagnoses, lines = form.cleaned_data["diagnoses"], line_inputs(formset)
    assessment = assess_codes(
        encounter=found.denial.claim.encounter, diagnoses=diagnoses, lines=lines
    )
    before, after = diff_lines(lines_of(found.version), _assessed_lines(assessment, diagnoses))
    return {
        "assessment": assessment,
        "diff_before": before,
        "diff_after": after,
        "is_changed": any(line.changed for line in (*before, *after)),
        "expected": _expected(found, assessment),
    }


def _as_data(formset: Any) -> dict[str, Any]:
    data = {"lines-TOTAL_FORMS": str(len(formset.forms)), "lines-INITIAL_FORMS": "0"}
    for index, form in enumerate(formset.forms):
        for name, value in (form.initial or {}).items():
            data[f"lines-{index}-{name}"] = str(value)
    return data


def _assessed_lines(assessment: Assessment, diagnoses: list[str]) -> list[CodeLine]:
    return [
        CodeLine(
            code=line.code,
            modifiers=tuple(line.modifiers),
            units=line.units,
            diagnoses=tuple(
                diagnoses[pointer - 1]
                for pointer in line.pointers
                if 1 <= pointer <= len(diagnoses)
            ),
            charge=line.charge,
        )
        for line in assessment.visit.lines
    ]


def _expected(found: detail.DenialDetail, assessment: Assessment) -> Decimal | None:
    """What the contract allows for the denied lines as they now stand."""
    prices = [
        price.allowed if price is not None else None
        for index, price in enumerate(assessment.prices, start=1)
        if index in found.denied_positions
    ]
    known = [price for price in prices if price is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(prices) else None


@require_POST
@requires("denial.work")
def preview(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """What the change in the form would do: the diff, the edits, the dollars."""
    found = _detail(denial_id)
    form = CorrectionForm(_with_reason(request.POST))
    formset = LineFormSet(request.POST, prefix="lines")
    return render(
        request,
        "denials/_change.html",
        {"found": found, "denial": found.denial, **_change(found, form, formset, request.POST)},
    )


def _with_reason(posted: QueryDict) -> QueryDict:
    """A preview does not ask for the reason yet."""
    data = posted.copy()
    if not data.get("reason"):
        data["reason"] = "-"
    return data


@require_POST
@requires("denial.work", "claim.work")
def numbers(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Put the authorization or the referral on the visit, before the claim goes out again."""
    found = _detail(denial_id)
    form = VisitDetailsForm(request.POST)
    if form.is_valid():
        try:
            change_visit_details(
                claim_id=found.denial.claim_id, by=signed_in(request), **form.cleaned_data
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved with the visit. Now send the claim again.")
            return redirect(reverse("denials:detail", args=[denial_id]) + "#fix")
    return _work_page(request, found, numbers_form=form, status=400)


@require_POST
@requires("denial.work")
def correct(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Correct the codes and send the claim again."""
    found = _detail(denial_id)
    form = CorrectionForm(request.POST)
    formset = LineFormSet(request.POST, prefix="lines")
    forms = _forms(found, [])
    forms.correction, forms.lines = form, formset
    if not (form.is_valid() and formset.is_valid()):
        return _work_page(request, found, forms=forms, status=400)
    try:
        done = correct_denial(
            denial_id=denial_id,
            by=signed_in(request),
            diagnoses=form.cleaned_data["diagnoses"],
            lines=line_inputs(formset),
            reason=form.cleaned_data["reason"],
        )
    except Refused as error:
        return _work_page(
            request, found, forms=forms, refusal=error, status=409 if error.conflict else 400
        )
    transaction.on_commit(lambda: wake_worker("submit_claims"))
    messages.success(
        request,
        f"Corrected claim {done.submission.control_number} is on its way "
        f"({done.submission.get_frequency_display().lower()}).",
    )
    return redirect("claims:detail", found.denial.claim_id)


@require_POST
@requires("write_off.approve")
def write_off(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Give the denied amount up."""
    return _close(request, denial_id, "off", write_off_denial, "Written off.")


@require_POST
@requires("denial.work")
def to_patient(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Let the patient owe what the payer put on the patient."""
    return _close(request, denial_id, "patient", move_to_patient, "Moved to the patient's balance.")


def _close(
    request: HttpRequest, denial_id: int, prefix: str, service: Any, words: str
) -> HttpResponseBase:
    found = _detail(denial_id)
    form = ReasonForm(request.POST, prefix=prefix)
    if not form.is_valid():
        forms = _forms(found, [])
        if prefix == "off":
            forms.write_off = form
        else:
            forms.to_patient = form
        return _work_page(request, found, forms=forms, status=400)
    try:
        service(denial_id=denial_id, by=signed_in(request), reason=form.cleaned_data["reason"])
    except Refused as error:
        return refused(request, str(error))
    messages.success(request, words)
    return redirect("denials:detail", denial_id)


@require_POST
@requires("denial.work")
def note(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Note what was found out."""
    found = _detail(denial_id)
    form = NoteForm(request.POST, prefix="note")
    if not form.is_valid():
        forms = _forms(found, [])
        forms.note = form
        return _work_page(request, found, forms=forms, status=400)
    add_note(
        item_id=found.denial.work_item_id,
        text=form.cleaned_data["text"],
        author=signed_in(request),
    )
    return redirect(reverse("denials:detail", args=[denial_id]) + "#notes")


@require_POST
@requires("denial.work")
def snooze(request: HttpRequest, denial_id: int) -> HttpResponseBase:
    """Put the case away until a day."""
    found = _detail(denial_id)
    form = SnoozeForm(request.POST, prefix="snooze")
    if not form.is_valid():
        forms = _forms(found, [])
        forms.snooze = form
        return _work_page(request, found, forms=forms, status=400)
    try:
        snooze_item(
            item_id=found.denial.work_item_id,
            until=form.cleaned_data["until"],
            user=signed_in(request),
        )
    except Refused as error:
        return refused(request, str(error))
    messages.success(request, f"It comes back on {form.cleaned_data['until']:%B %-d}.")
    return redirect("denials:list")
