"""The schedule: put visits on it, move them, take them off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from core.errors import Refused
from encounters import locks
from encounters.enums import AppointmentState
from encounters.models import Appointment, Facility
from encounters.rules.details import NewAppointment, day_problem
from encounters.services.refusals import refuse_problems
from encounters.states import APPOINTMENT


def schedule_appointment(*, details: NewAppointment, by: User | None) -> Appointment:
    """Put one visit on the schedule. A day that has passed is refused."""
    return schedule_appointments(entries=[details], by=by)[0]


@transaction.atomic
def schedule_appointments(
    *, entries: Sequence[NewAppointment], by: User | None
) -> list[Appointment]:
    """Put many visits on the schedule; all or none."""
    for entry in entries:
        _refuse_bad(entry.starts_at, entry.minutes, entry.reason)
    rows = Appointment.objects.bulk_create(
        Appointment(
            patient_id=entry.patient_id,
            provider_id=entry.provider_id,
            facility_id=entry.facility_id,
            starts_at=entry.starts_at,
            minutes=entry.minutes,
            reason=entry.reason.strip(),
        )
        for entry in entries
    )
    record_many(
        [
            EventData(
                actor=by, action="appointment.scheduled", subject=row, patient_id=row.patient_id
            )
            for row in rows
        ]
    )
    return rows


@transaction.atomic
def move_appointment(
    *,
    appointment_id: int,
    starts_at: datetime,
    provider_id: int,
    minutes: int,
    reason: str,
    by: User,
) -> Appointment:
    """Another time, provider or reason for a visit that has not begun."""
    row = _scheduled(appointment_id)
    _refuse_bad(starts_at, minutes, reason)
    row.starts_at, row.provider_id, row.minutes = starts_at, provider_id, minutes
    row.reason = reason.strip()
    row.save(update_fields=["starts_at", "provider", "minutes", "reason"])
    record(actor=by, action="appointment.moved", subject=row, patient_id=row.patient_id)
    return row


@transaction.atomic
def cancel_appointment(*, appointment_id: int, by: User, reason: str = "") -> Appointment:
    """The visit will not happen."""
    return _take_off(appointment_id, AppointmentState.CANCELLED, by, reason)


@transaction.atomic
def mark_no_show(*, appointment_id: int, by: User) -> Appointment:
    """The patient did not come. Refused before the visit's time."""
    row = _scheduled(appointment_id)
    if row.starts_at > clock.now():
        raise Refused(
            "The visit has not begun yet. Cancel it if the patient will not come.", conflict=True
        )
    return _take_off(appointment_id, AppointmentState.NO_SHOW, by, "")


def default_facility() -> Facility:
    """The clinic, while there is one place of care; the first one otherwise."""
    facility = Facility.objects.order_by("pk").first()
    if facility is None:
        raise Refused(
            "No place of care is set up yet. An administrator adds the clinic first.",
            code="no_facility",
        )
    return facility


def _scheduled(appointment_id: int) -> Appointment:
    row = locks.appointment(appointment_id)
    if row.state != AppointmentState.SCHEDULED:
        raise Refused(
            f"This visit is {row.get_state_display().lower()}: it can no longer be changed.",
            conflict=True,
        )
    return row


def _take_off(appointment_id: int, state: AppointmentState, by: User, reason: str) -> Appointment:
    row = _scheduled(appointment_id)
    APPOINTMENT.move(row, state)
    record(
        actor=by,
        action=f"appointment.{state}",
        subject=row,
        patient_id=row.patient_id,
        reason=reason,
    )
    return row


def _refuse_bad(starts_at: datetime, minutes: int, reason: str) -> None:
    problems = {}
    if problem := day_problem(timezone.localtime(starts_at).date(), clock.today()):
        problems["day"] = problem
    if not 5 <= minutes <= 480:
        problems["minutes"] = "A visit takes 5 to 480 minutes."
    if not reason.strip():
        problems["reason"] = "Enter why the patient comes, such as “sore throat”."
    refuse_problems(problems)
