"""Find, register and change patients; the chart."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.access.guards import requires, signed_in
from core.audit.services import record_view
from core.errors import Refused
from core.ui.formats import day as written
from encounters.forms import CoverageForm, PatientForm, show_refusal
from encounters.models import Patient
from encounters.queries import chart, current_coverages, patient_search, possible_duplicates
from encounters.queries.chart import age_on
from encounters.services import add_coverage, change_patient, register_patient
from encounters.views.base import abilities, next_url

PER_PAGE = 25


@requires("patient.view")
@require_GET
def patients(request: HttpRequest) -> HttpResponse:
    """Find a patient."""
    text = request.GET.get("q", "").strip()[:100]
    page = Paginator(patient_search(text), PER_PAGE).get_page(request.GET.get("page"))
    coverages = current_coverages([row.pk for row in page], clock.today())
    rows = [(row, coverages.get(row.pk, []), age_on(row.birth_date, clock.today())) for row in page]
    context = {"q": text, "page": page, "rows": rows, "can": abilities(request)}
    return render(request, "encounters/patients.html", context)


@requires("patient.view")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Options for the find box: the best eight."""
    text = request.GET.get("q", "").strip()[:100]
    found = list(patient_search(text)[:8]) if text else []
    options = [
        {
            "value": row.pk,
            "label": row.name,
            "code": row.mrn,
            "text": row.name,
            "meta": f"born {written(row.birth_date)}",
            "href": reverse("front_desk:patient", args=[row.pk]),
        }
        for row in found
    ]
    note = "Nobody found. Check the spelling, or try the birth date (2/1/1980)."
    return render(
        request, "_components/options.html", {"options": options, "note": note, "query": text}
    )


@requires("patient.edit")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new patient, with their insurance when it is at hand. Warns of likely duplicates first."""
    data = request.POST or None
    start = {name: request.GET[name] for name in ("last_name", "first_name") if name in request.GET}
    form = PatientForm(data, initial=start or None)
    coverage = CoverageForm(data, prefix="coverage", optional=True)
    duplicates: list[Patient] = []
    if data is not None and all([form.is_valid(), coverage.is_valid()]):
        number = coverage.cleaned_data.get("subscriber_number", "")
        duplicates = possible_duplicates(form.details(), subscriber_number=number)
        if not duplicates or request.POST.get("different") == _keys(duplicates):
            patient = _register(request, form, coverage)
            if patient is not None:
                messages.success(request, f"{patient.name} is registered as {patient.mrn}.")
                return redirect(_after_registering(request, patient))
    context = {
        "form": form,
        "coverage": coverage,
        "duplicates": duplicates,
        "duplicate_ids": _keys(duplicates),
        "can": abilities(request),
    }
    status = 422 if data is not None else 200
    return render(request, "encounters/register.html", context, status=status)


def _keys(rows: Sequence[Patient]) -> str:
    return ",".join(str(row.pk) for row in rows)


def _register(request: HttpRequest, form: PatientForm, coverage: CoverageForm) -> Patient | None:
    user = signed_in(request)
    try:
        with transaction.atomic():
            patient = register_patient(details=form.details(), by=user)
            if not coverage.is_left_out:
                add_coverage(patient_id=patient.pk, details=coverage.details(), by=user)
    except Refused as refusal:
        fields = refusal.context.get("fields", {})
        at_coverage = any(name in coverage.fields for name in fields)
        show_refusal(coverage if at_coverage else form, refusal)
        return None
    return patient


def _after_registering(request: HttpRequest, patient: Patient) -> str:
    step = request.POST.get("then", "")
    if step == "walk_in":
        return reverse("front_desk:walk_in", args=[patient.pk])
    if step == "schedule":
        return reverse("front_desk:schedule", args=[patient.pk])
    return reverse("front_desk:patient", args=[patient.pk])


@requires("patient.view")
@require_GET
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The chart: who it is, who pays, what was and what comes."""
    get_object_or_404(Patient, pk=patient_id)
    page = chart(patient_id)
    record_view(signed_in(request), page.patient, patient_id=patient_id)
    context = {"chart": page, "patient": page.patient, "can": abilities(request)}
    return render(request, "encounters/chart.html", context)


@requires("patient.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Correct the demographics."""
    row = get_object_or_404(Patient, pk=patient_id)
    back = next_url(request, reverse("front_desk:patient", args=[row.pk]))
    form = PatientForm(request.POST or None, patient=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_patient(patient_id=row.pk, details=form.details(), by=signed_in(request))
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The demographics are saved.")
            return redirect(back)
    context = {"form": form, "patient": row, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/patient_form.html", context, status=status)
