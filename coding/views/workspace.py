"""The coding workspace: the note beside the codes, with the edits while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coding.forms import CodesForm, ReasonForm
from coding.models import CodingVersion
from coding.queries.history import coding_history
from coding.queries.worklist import WAITING
from coding.queries.workspace import encounter_to_code, signed_notes, version_in_work
from coding.rules.book import CodeBook
from coding.services.assessing import assess_codes
from coding.services.coding import assign_codes, code_encounter
from coding.services.queue import claim_next_encounter
from coding.services.revising import revise_coding
from coding.views.queue import filter_form, kept_filters
from coding.views.rows import place_words, workspace_rows
from core.access.guards import requires, signed_in
from core.access.models import User
from core.access.permissions import may
from core.audit.services import record_view
from core.errors import Refused
from core.ui.htmx import htmx
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from encounters.services import hold_encounter, release_encounter


def _encounter(encounter_id: int) -> Encounter:
    found = encounter_to_code().filter(pk=encounter_id).first()
    if found is None:
        raise Http404("no such encounter")
    return found


@requires("coding.work")
def workspace(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """The codes of one visit. Every button posts the whole form to this address."""
    encounter = _encounter(encounter_id)
    coder = signed_in(request)
    if request.method == "POST":
        return _changed(request, encounter, coder)
    record_view(coder, encounter, patient_id=encounter.patient_id)
    notes = signed_notes(encounter)
    version = version_in_work(encounter)
    book = CodeBook()
    form = CodesForm.from_version(version, book) if version else CodesForm.from_note(notes)
    context = _form_context(request, encounter, form, book)
    return render(
        request,
        "coding/workspace.html",
        context
        | {
            "notes": notes,
            "version": version,
            "base_version": version.number if version else 0,
            "hold_form": ReasonForm(),
            "from_note": version is None and bool(form.diagnoses or form.lines),
            "holder": _other_holder(encounter, coder),
        },
    )


def _changed(request: HttpRequest, encounter: Encounter, coder: User) -> HttpResponse:
    form = CodesForm.from_post(request.POST)
    action = request.POST.get("action", "")
    if action in ("complete", "draft", "revise"):
        try:
            return _save(request, encounter, coder, form, action)
        except Refused as refusal:
            return _form_again(request, encounter, form, refusal)
    form.apply(action)
    return _form_again(request, encounter, form, None)


def _save(
    request: HttpRequest, encounter: Encounter, coder: User, form: CodesForm, action: str
) -> HttpResponse:
    diagnoses, lines, base_version = form.diagnoses, form.inputs(), _base_version(request)
    if action == "draft":
        version = assign_codes(
            encounter_id=encounter.pk,
            coder=coder,
            diagnoses=diagnoses,
            lines=lines,
            base_version=base_version,
        )
        messages.success(request, f"Saved as a draft (version {version.number}).")
        return _go(request, reverse("coding:workspace", args=[encounter.pk]))
    if action == "revise":
        reason = request.POST.get("reason", "")
        revise_coding(
            encounter_id=encounter.pk,
            coder=coder,
            diagnoses=diagnoses,
            lines=lines,
            reason=reason,
            base_version=base_version,
        )
        messages.success(request, f"{encounter.number} is corrected.")
        return _go(request, reverse("coding:history", args=[encounter.pk]))
    code_encounter(
        encounter_id=encounter.pk,
        coder=coder,
        diagnoses=diagnoses,
        lines=lines,
        base_version=base_version,
    )
    messages.success(request, f"{encounter.number} is coded. Its claim is built next.")
    following = claim_next_encounter(coder=coder, chosen=filter_form(request).chosen())
    kept = kept_filters(request)
    if following is None:
        return _go(request, reverse("coding:home") + kept)
    return _go(request, reverse("coding:workspace", args=[following.pk]) + kept)


def _base_version(request: HttpRequest) -> int | None:
    """The number of the version that stood in the form when it was opened."""
    text = request.POST.get("base_version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if htmx(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _form_again(
    request: HttpRequest, encounter: Encounter, form: CodesForm, refusal: Refused | None
) -> HttpResponse:
    context = _form_context(request, encounter, form) | {"refusal": refusal}
    status = 200 if refusal is None else 409 if refusal.conflict else 422
    if htmx(request):
        return render(request, "coding/_codes_form.html", context, status=status)
    coder = signed_in(request)
    context |= {
        "notes": signed_notes(encounter),
        "version": version_in_work(encounter),
        "hold_form": ReasonForm(),
        "holder": _other_holder(encounter, coder),
    }
    return render(request, "coding/workspace.html", context, status=status)


def _form_context(
    request: HttpRequest, encounter: Encounter, form: CodesForm, book: CodeBook | None = None
) -> dict[str, Any]:
    book = CodeBook() if book is None else book
    assessment = assess_codes(
        encounter=encounter, diagnoses=form.diagnoses, lines=form.inputs(), book=book
    )
    in_work = encounter.status in WAITING and encounter.on_hold_since is None
    return {
        "encounter": encounter,
        "rows": workspace_rows(form, assessment, book),
        "payer": assessment.visit.payer,
        "place": place_words(book, encounter.place_of_service),
        "age": assessment.visit.patient_age,
        "is_open": in_work,
        "is_revisable": encounter.status == EncounterStatus.CODED,
        "is_past": encounter.status in (EncounterStatus.BILLED, EncounterStatus.CLOSED),
        "base_version": _base_version(request),
        "added": _added(request),
        "reason": request.POST.get("reason", ""),
        "filters": kept_filters(request),
        "on_query": f"?on={encounter.service_date:%Y-%m-%d}",
    }


def _added(request: HttpRequest) -> str:
    """Where the next keystroke belongs: into the search that was just used."""
    if request.POST.get("add_code"):
        return "procedure"
    if request.POST.get("add_dx"):
        return "diagnosis"
    return ""


def _other_holder(encounter: Encounter, coder: User) -> User | None:
    item = encounter.coding_item
    if item is None or item.assigned_to is None or item.assigned_to == coder:
        return None
    return item.assigned_to


@requires("coding.work")
@require_POST
def edits(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """The edits panel and the prices for the codes as they are typed; nothing is saved."""
    encounter = _encounter(encounter_id)
    form = CodesForm.from_post(request.POST)
    return render(
        request,
        "coding/_edits.html",
        _form_context(request, encounter, form) | {"is_partial": True},
    )


@requires("coding.work")
@require_POST
def hold(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Put the visit on hold with a reason, or ask the provider, and go back to the list."""
    encounter = _encounter(encounter_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A hold needs its reason. Say why, in a few words.")
        return redirect("coding:workspace", encounter_id)
    reason = form.cleaned_data["reason"]
    if request.POST.get("to") == "provider":
        reason = f"Question to {encounter.provider}: {reason}"
    try:
        hold_encounter(encounter_id=encounter_id, reason=reason, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("coding:workspace", encounter_id)
    messages.success(request, f"{encounter.number} is on hold.")
    return redirect("coding:home")


@requires("coding.work")
@require_POST
def release(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Release a hold and open the visit."""
    try:
        release_encounter(encounter_id=encounter_id, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("coding:workspace", encounter_id)


@requires("coding.view")
def history(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Every version of the codes, with what changed and why."""
    encounter = _encounter(encounter_id)
    record_view(signed_in(request), encounter, patient_id=encounter.patient_id)
    versions = coding_history(encounter_id)
    current = CodingVersion.State.COMPLETE
    return render(
        request,
        "coding/history.html",
        {
            "encounter": encounter,
            "versions": versions,
            "can_code": may(signed_in(request), "coding.work"),
            "in_force": next((one for one in versions if one.version.state == current), None),
        },
    )
