"""Check-in on one page: who it is, who pays, what the payer says, and in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core import clock
from core.access.guards import requires, signed_in
from core.audit.services import record_view
from core.errors import Refused
from encounters.enums import AppointmentState
from encounters.forms import CheckInForm, show_refusal
from encounters.models import Appointment, Encounter
from encounters.queries import current_coverages
from encounters.queries.chart import age_on
from encounters.services import check_in as check_in_patient
from encounters.views.base import abilities
from encounters.views.eligibility import answer_panels, check_in_steps


@requires("encounter.check_in")
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Confirm demographics and coverage, ask the payer, check in."""
    row = get_object_or_404(
        Appointment.objects.select_related("patient", "provider", "facility"), pk=appointment_id
    )
    day = timezone.localtime(row.starts_at).date()
    coverages = current_coverages([row.patient_id], day).get(row.patient_id, [])
    form = CheckInForm(request.POST or None, coverages=coverages)
    if request.method == "POST" and form.is_valid():
        try:
            encounter = check_in_patient(
                appointment_id=row.pk,
                by=signed_in(request),
                coverage_ids=form.coverage_ids(),
                prior_authorization=form.cleaned_data["prior_authorization"],
                referral_number=form.cleaned_data["referral_number"],
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, f"{row.patient.name} is checked in and on {row.provider}’s list."
            )
            return redirect(f"{reverse('front_desk:home')}?day={encounter.service_date}")
    elif request.method == "GET":
        record_view(signed_in(request), row, patient_id=row.patient_id)
    here = reverse("front_desk:check_in", args=[row.pk])
    panels = answer_panels(coverages, visit=day, back=here, request=request)
    context = {
        "appointment": row,
        "patient": row.patient,
        "age": age_on(row.patient.birth_date, clock.today()),
        "day": day,
        "is_today": day == clock.today(),
        "is_open": row.state == AppointmentState.SCHEDULED and day <= clock.today(),
        "encounter": Encounter.objects.filter(appointment=row).first(),
        "panels": panels,
        "here": here,
        "form": form,
        "steps": check_in_steps(panels, is_done=row.state == AppointmentState.ARRIVED),
        "can": abilities(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/check_in.html", context, status=status)
