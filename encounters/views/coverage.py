"""A patient's insurance: add, change, end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core import clock
from core.access.guards import requires, signed_in
from core.errors import Refused
from encounters.forms import ChangeCoverageForm, CoverageForm, EndCoverageForm, show_refusal
from encounters.models import Coverage, Patient
from encounters.services import add_coverage, change_coverage, end_coverage
from encounters.views.base import next_url


@requires("coverage.edit")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Another insurance card."""
    patient = get_object_or_404(Patient, pk=patient_id)
    back = next_url(request, reverse("front_desk:patient", args=[patient.pk]))
    taken = set(
        Coverage.objects.filter(patient=patient, superseded_at=None, effective_to=None).values_list(
            "priority", flat=True
        )
    )
    free = next((number for number in (1, 2, 3) if number not in taken), 1)
    form = CoverageForm(request.POST or None, initial=None if request.POST else {"priority": free})
    if request.method == "POST" and form.is_valid():
        try:
            row = add_coverage(patient_id=patient.pk, details=form.details(), by=signed_in(request))
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{row.payer.name} is added. Ask whether it is valid.")
            return redirect(back)
    context = {"form": form, "patient": patient, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/coverage_form.html", context, status=status)


def _current(coverage_id: int) -> Coverage:
    return get_object_or_404(
        Coverage.objects.select_related("patient", "payer"), pk=coverage_id, superseded_at=None
    )


@requires("coverage.edit")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, coverage_id: int) -> HttpResponse:
    """Put a coverage right, or put a new plan in its place."""
    row = _current(coverage_id)
    back = next_url(request, reverse("front_desk:patient", args=[row.patient_id]))
    form = ChangeCoverageForm(request.POST or None, coverage=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_coverage(
                coverage_id=row.pk,
                details=form.details(),
                by=signed_in(request),
                from_day=form.since(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The coverage is saved; what stood there is in its history.")
            return redirect(back)
    context = {"form": form, "patient": row.patient, "coverage": row, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/coverage_form.html", context, status=status)


@requires("coverage.edit")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, coverage_id: int) -> HttpResponse:
    """The coverage is over."""
    row = _current(coverage_id)
    back = next_url(request, reverse("front_desk:patient", args=[row.patient_id]))
    form = EndCoverageForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            end_coverage(
                coverage_id=row.pk,
                last_day=form.cleaned_data["last_day"],
                by=signed_in(request),
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The coverage has ended.")
            return redirect(back)
    context = {"form": form, "patient": row.patient, "coverage": row, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/coverage_end.html", context, status=status)
