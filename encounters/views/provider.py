"""The provider's day and the notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.access.guards import requires, signed_in
from core.audit.services import record_view
from core.errors import Refused
from core.ui.views import refused
from encounters.models import ClinicalNote, Encounter
from encounters.queries import common_services, note_of, provider_day
from encounters.queries.chart import age_on
from encounters.queries.notes import common_diagnoses, provider_of
from encounters.rules.details import Sections
from encounters.services import add_addendum, sign_note, write_note
from encounters.views.base import abilities, day_of
from encounters.views.note_rows import NoteRows, rows_of_note, rows_of_post


@requires("note.write")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """My patients today, notes to write and to sign."""
    today = clock.today()
    day = day_of(request, today)
    provider = provider_of(signed_in(request))
    context: dict[str, Any] = {
        "day": day,
        "is_today": day == today,
        "previous": day - timedelta(days=1),
        "following": day + timedelta(days=1),
        "provider": provider,
        "page": provider_day(provider, day) if provider else None,
        "today": today,
    }
    return render(request, "encounters/provider_home.html", context)


@requires("note.write")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Write the note of a visit; save it as a draft or sign it."""
    encounter = get_object_or_404(
        Encounter.objects.select_related("patient", "provider", "appointment"), pk=encounter_id
    )
    provider = provider_of(signed_in(request))
    if provider is None or encounter.provider_id != provider.pk:
        return refused(
            request, "This visit belongs to another provider, who writes its note.", status=409
        )
    row = note_of(encounter.pk)
    if row is not None and row.is_signed:
        return redirect("provider:signed", encounter.pk)
    problems: Mapping[str, str] = {}
    refusal: Refused | None = None
    is_saved = False
    if request.method == "POST":
        rows = rows_of_post(request.POST)
        try:
            row = _save(request, encounter, rows)
            is_saved = True
            if request.POST.get("action") == "sign":
                sign_note(note_id=row.pk, by=signed_in(request))
                messages.success(request, f"Signed. {encounter.number} is with the coders now.")
                return redirect("provider:home")
            messages.success(request, "The draft is saved.")
            return redirect("provider:note", encounter.pk)
        except Refused as error:
            refusal, problems = error, error.context.get("fields", {})
    else:
        rows = rows_of_note(row)
        record_view(signed_in(request), encounter, patient_id=encounter.patient_id)
    context = {
        "encounter": encounter,
        "patient": encounter.patient,
        "age": age_on(encounter.patient.birth_date, encounter.service_date),
        "note": row,
        "rows": rows.with_problems(problems).padded(),
        "refusal": refusal,
        "is_saved": is_saved,
        "services": common_services(provider),
        "diagnoses": common_diagnoses(provider),
        "before": _earlier(encounter),
    }
    return render(request, "encounters/note_form.html", context, status=422 if refusal else 200)


def _save(request: HttpRequest, encounter: Encounter, rows: NoteRows) -> ClinicalNote:
    return write_note(
        encounter_id=encounter.pk,
        by=signed_in(request),
        sections=rows.sections,
        diagnoses=rows.diagnosis_texts(),
        services=rows.service_texts(),
    )


def _earlier(encounter: Encounter) -> list[ClinicalNote]:
    """The patient's last three signed notes: what was known before."""
    return list(
        ClinicalNote.objects.filter(
            encounter__patient_id=encounter.patient_id, number=1, signed_at__isnull=False
        )
        .exclude(encounter=encounter)
        .select_related("encounter", "author")
        .prefetch_related("diagnoses")
        .order_by("-encounter__service_date", "-pk")[:3]
    )


@requires("note.write")
@require_GET
def note_row(request: HttpRequest, kind: str) -> HttpResponse:
    """One more empty row for the note's table of diagnoses or services."""
    template = {"diagnosis": "_diagnosis_row", "service": "_service_row"}[kind]
    key = request.GET.get("after", "0")
    number = int(key) + 1 if key.isascii() and key.isdigit() and len(key) < 6 else 1
    blank = rows_of_post({}).padded(first_key=number)
    row = blank.diagnoses[0] if kind == "diagnosis" else blank.services[0]
    return render(request, f"encounters/{template}.html", {"row": row, "is_new": True})


@requires("note.view")
@require_GET
def signed(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """The signed note with its addenda."""
    encounter = get_object_or_404(
        Encounter.objects.select_related("patient", "provider"), pk=encounter_id
    )
    notes = list(
        ClinicalNote.objects.filter(encounter=encounter, signed_at__isnull=False)
        .select_related("author", "signed_by")
        .prefetch_related("diagnoses", "services")
        .order_by("number")
    )
    if not notes:
        return refused(
            request, "This note is not signed yet. Its provider finishes it first.", status=409
        )
    record_view(signed_in(request), encounter, patient_id=encounter.patient_id)
    provider = provider_of(signed_in(request))
    context = {
        "encounter": encounter,
        "patient": encounter.patient,
        "age": age_on(encounter.patient.birth_date, encounter.service_date),
        "notes": notes,
        "is_mine": provider is not None and provider.pk == encounter.provider_id,
        "can": abilities(request),
    }
    return render(request, "encounters/note.html", context)


@requires("note.write")
@require_POST
def addendum(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Add to a signed note."""
    get_object_or_404(Encounter, pk=encounter_id)
    text = request.POST.get("text", "").strip()
    try:
        add_addendum(
            encounter_id=encounter_id,
            by=signed_in(request),
            sections=Sections(assessment=text),
            release_hold=request.POST.get("release") == "1",
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = "The addendum is signed and shown below the note."
        if request.POST.get("release") == "1":
            done = "The addendum is signed, and the visit is back with the coders."
        messages.success(request, done)
    return redirect(reverse("provider:signed", args=[encounter_id]))
