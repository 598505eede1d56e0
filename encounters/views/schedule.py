"""Put visits on the schedule, move them, take them off; walk-ins."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.access.guards import requires, signed_in
from core.errors import Refused
from core.ui.formats import when
from encounters.forms import AppointmentForm, MoveForm, WalkInForm, show_refusal
from encounters.models import Appointment, Patient
from encounters.rules.details import NewAppointment
from encounters.services import (
    cancel_appointment,
    mark_no_show,
    move_appointment,
    schedule_appointment,
)
from encounters.services.schedule import default_facility
from encounters.views.base import back_with, next_url


@requires("schedule.edit")
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A visit for a patient."""
    patient = get_object_or_404(Patient, pk=patient_id)
    form = AppointmentForm(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            row = schedule_appointment(
                details=form.details(patient.pk, default_facility().pk), by=signed_in(request)
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{patient.name} is booked for {when(row.starts_at)}.")
            return redirect("front_desk:patient", patient.pk)
    context = {"form": form, "patient": patient, "title": "Book a visit", "verb": "Book visit"}
    context["back"] = reverse("front_desk:patient", args=[patient.pk])
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/appointment_form.html", context, status=status)


@requires("schedule.edit")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Another time, provider or reason."""
    row = get_object_or_404(Appointment.objects.select_related("patient"), pk=appointment_id)
    at = timezone.localtime(row.starts_at)
    form = MoveForm(
        request.POST or None,
        initial={
            "provider": row.provider_id,
            "day": at.date(),
            "time": at.time(),
            "minutes": row.minutes,
            "reason": row.reason,
        },
    )
    form.moved = row.pk
    back = next_url(request, _day_page(row))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = move_appointment(
                appointment_id=row.pk,
                starts_at=form.starts_at(),
                provider_id=data["provider"].pk,
                minutes=data["minutes"],
                reason=data["reason"],
                by=signed_in(request),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"The visit is now on {when(row.starts_at)}.")
            return redirect(_day_page(row))
    context = {"form": form, "patient": row.patient, "title": "Change the visit", "back": back}
    context |= {"verb": "Save visit", "appointment": row}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/appointment_form.html", context, status=status)


@requires("schedule.edit")
@require_POST
def cancel(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The visit will not happen."""
    return _give_up(request, appointment_id, cancel_appointment, "The visit is cancelled.")


@requires("schedule.edit")
@require_POST
def no_show(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The patient did not come."""
    return _give_up(request, appointment_id, mark_no_show, "Noted: the patient did not come.")


def _give_up(
    request: HttpRequest, appointment_id: int, service: Callable[..., object], done: str
) -> HttpResponse:
    row = get_object_or_404(Appointment, pk=appointment_id)
    back = next_url(request, _day_page(row))
    try:
        service(appointment_id=row.pk, by=signed_in(request))
    except Refused as refusal:
        return back_with(request, refusal, back)
    messages.success(request, done)
    return redirect(back)


@requires("encounter.check_in")
@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient is here without an appointment: onto today's schedule and to check-in."""
    patient = get_object_or_404(Patient, pk=patient_id)
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = schedule_appointment(
                details=NewAppointment(
                    patient_id=patient.pk,
                    provider_id=form.cleaned_data["provider"].pk,
                    facility_id=default_facility().pk,
                    starts_at=clock.now().replace(second=0, microsecond=0),
                    reason=form.cleaned_data["reason"],
                ),
                by=signed_in(request),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("front_desk:check_in", row.pk)
    context = {"form": form, "patient": patient, "title": "Walk-in visit", "verb": "Go to check-in"}
    context |= {"back": reverse("front_desk:patient", args=[patient.pk]), "is_walk_in": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/appointment_form.html", context, status=status)


def _day_page(row: Appointment) -> str:
    day = timezone.localtime(row.starts_at).date()
    return f"{reverse('front_desk:home')}?day={day.isoformat()}"
