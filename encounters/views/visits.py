"""A visit: its status, and holding it back from billing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access.guards import requires, signed_in
from core.audit.services import record_view
from core.errors import Refused
from encounters.forms import HoldForm
from encounters.models import Encounter
from encounters.queries import encounter_page
from encounters.queries.chart import age_on, words_of
from encounters.rules import status
from encounters.services import hold_encounter, release_encounter
from encounters.views.base import abilities, back_with, next_url

MAY_HOLD = ("encounter.check_in", "note.write", "coding.work", "claim.work")


@requires("encounter.view")
@require_GET
def encounter(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """The visit's facts, its way to being paid, and its note for those who may read it."""
    try:
        row = encounter_page(encounter_id)
    except Encounter.DoesNotExist as error:
        raise Http404 from error
    record_view(signed_in(request), row, patient_id=row.patient_id)
    can = abilities(request)
    context = {
        "encounter": row,
        "patient": row.patient,
        "age": age_on(row.patient.birth_date, row.service_date),
        "words": words_of(row),
        "steps": status.steps(row.status, on_hold=row.on_hold_since is not None),
        "may_hold": status.may_hold(row.status) and bool(can & set(MAY_HOLD)),
        "form": HoldForm(),
        "notes": list(row.notes.all()) if "note.view" in can else [],
        "can": can,
    }
    return render(request, "encounters/encounter.html", context)


@requires(*MAY_HOLD)
@require_POST
def hold(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Keep it from being billed, with the reason."""
    row = get_object_or_404(Encounter, pk=encounter_id)
    back = next_url(request, reverse("front_desk:encounter", args=[row.pk]))
    try:
        hold_encounter(
            encounter_id=row.pk, reason=request.POST.get("reason", ""), by=signed_in(request)
        )
    except Refused as refusal:
        return back_with(request, refusal, back)
    messages.success(request, f"{row.number} is on hold.")
    return redirect(back)


@requires(*MAY_HOLD)
@require_POST
def release(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """It goes on."""
    row = get_object_or_404(Encounter, pk=encounter_id)
    back = next_url(request, reverse("front_desk:encounter", args=[row.pk]))
    try:
        release_encounter(encounter_id=row.pk, by=signed_in(request))
    except Refused as refusal:
        return back_with(request, refusal, back)
    messages.success(request, f"{row.number} goes on.")
    return redirect(back)
