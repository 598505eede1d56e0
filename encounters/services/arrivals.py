"""Patients who arrive become encounters; encounters can be held back and released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from core.errors import Refused
from encounters import locks
from encounters.enums import AppointmentState
from encounters.models import Appointment, Coverage, Encounter, Facility
from encounters.rules import status
from encounters.rules.details import Arrival
from encounters.services.numbers import next_encounter_numbers
from encounters.states import APPOINTMENT


def check_in(
    *,
    appointment_id: int,
    by: User | None,
    coverage_ids: Sequence[int] | None = None,
    prior_authorization: str = "",
    referral_number: str = "",
) -> Encounter:
    """The patient is here: the appointment becomes an encounter.

    ``coverage_ids`` names who pays first, second; None takes the coverage in force that day, an
    empty list is self-pay. Refused when the patient is checked in already, the visit is off the
    schedule or planned for a later day, or a coverage is not valid that day.
    """
    arrival = Arrival(
        appointment_id,
        None if coverage_ids is None else tuple(coverage_ids),
        prior_authorization,
        referral_number,
    )
    return check_in_many(arrivals=[arrival], by=by)[0]


@transaction.atomic
def check_in_many(*, arrivals: Sequence[Arrival], by: User | None) -> list[Encounter]:
    """Check in many at once; all or none. In the order of ``arrivals``."""
    rows = locks.appointments(arrival.appointment_id for arrival in arrivals)
    for row in rows.values():
        _refuse_not_expected(row)
    in_force = _coverages({row.patient_id for row in rows.values()})
    now = clock.now()
    encounters = []
    for number, arrival in zip(next_encounter_numbers(len(arrivals)), arrivals, strict=True):
        row = rows[arrival.appointment_id]
        day = timezone.localtime(row.starts_at).date()
        first, second = _who_pays(in_force.get(row.patient_id, []), arrival.coverage_ids, day)
        encounters.append(
            Encounter(
                number=number,
                patient_id=row.patient_id,
                provider_id=row.provider_id,
                facility=row.facility,
                appointment=row,
                service_date=day,
                place_of_service=row.facility.place_of_service,
                reason=row.reason,
                primary_coverage=first,
                secondary_coverage=second,
                prior_authorization=arrival.prior_authorization.strip(),
                referral_number=arrival.referral_number.strip(),
                checked_in_at=now,
                checked_in_by=by,
            )
        )
    Encounter.objects.bulk_create(encounters)
    APPOINTMENT.move_all((row, AppointmentState.ARRIVED) for row in rows.values())
    record_many(_checked_in(encounters, by))
    return encounters


@transaction.atomic
def open_encounter(
    *,
    patient_id: int,
    provider_id: int,
    facility_id: int,
    by: User | None,
    reason: str = "",
    service_date: date | None = None,
    coverage_ids: Sequence[int] | None = None,
    prior_authorization: str = "",
    referral_number: str = "",
) -> Encounter:
    """A visit without an appointment: a walk-in, or one that comes from another system."""
    day = service_date or clock.today()
    if day > clock.today():
        raise Refused("A visit cannot have happened in the future. Check the date.", code="invalid")
    facility = Facility.objects.get(pk=facility_id)
    first, second = _who_pays(
        _coverages({patient_id}).get(patient_id, []),
        None if coverage_ids is None else tuple(coverage_ids),
        day,
    )
    encounter = Encounter.objects.create(
        number=next_encounter_numbers(1)[0],
        patient_id=patient_id,
        provider_id=provider_id,
        facility=facility,
        service_date=day,
        place_of_service=facility.place_of_service,
        reason=reason.strip()[:120],
        primary_coverage=first,
        secondary_coverage=second,
        prior_authorization=prior_authorization.strip(),
        referral_number=referral_number.strip(),
        checked_in_at=clock.now(),
        checked_in_by=by,
    )
    record_many(_checked_in([encounter], by))
    return encounter


@transaction.atomic
def hold_encounter(*, encounter_id: int, reason: str, by: User) -> Encounter:
    """Keep the visit from being billed until somebody releases it."""
    row = locks.encounter(encounter_id)
    text = " ".join(reason.split())[:255]
    if not text:
        message = "Say why the visit is held, so that somebody else can release it."
        raise Refused(message, code="invalid", fields={"reason": message})
    if not status.may_hold(row.status):
        raise Refused(
            "This visit is already billed: its claim is worked by the billers.", conflict=True
        )
    if row.on_hold_since is not None:
        raise Refused(f"This visit is already on hold: {row.hold_reason}", conflict=True)
    row.on_hold_since, row.hold_reason = clock.now(), text
    row.save(update_fields=["on_hold_since", "hold_reason"])
    record(actor=by, action="encounter.held", subject=row, patient_id=row.patient_id, reason=text)
    return row


@transaction.atomic
def release_encounter(*, encounter_id: int, by: User) -> Encounter:
    """The visit goes on from where it was held."""
    row = locks.encounter(encounter_id)
    if row.on_hold_since is None:
        raise Refused("This visit is not on hold (any more).", conflict=True)
    reason = row.hold_reason
    row.on_hold_since, row.hold_reason = None, ""
    row.save(update_fields=["on_hold_since", "hold_reason"])
    record(
        actor=by,
        action="encounter.released",
        subject=row,
        patient_id=row.patient_id,
        reason=reason,
    )
    return row


def _refuse_not_expected(row: Appointment) -> None:
    if row.state == AppointmentState.ARRIVED:
        raise Refused("This patient is already checked in.", code="checked_in", conflict=True)
    if row.state != AppointmentState.SCHEDULED:
        raise Refused(
            f"This visit is off the schedule ({row.get_state_display().lower()}). Start a walk-in "
            "visit if the patient is here.",
            conflict=True,
        )
    day = timezone.localtime(row.starts_at).date()
    if day > clock.today():
        raise Refused(
            f"This visit is planned for {day:%b %-d, %Y}. Move it to today first.", conflict=True
        )


def _coverages(patient_ids: set[int]) -> dict[int, list[Coverage]]:
    found: dict[int, list[Coverage]] = {}
    rows = Coverage.objects.filter(Q(patient_id__in=patient_ids), superseded_at=None)
    for row in rows.order_by("priority", "pk"):
        found.setdefault(row.patient_id, []).append(row)
    return found


def _who_pays(
    rows: list[Coverage], chosen: tuple[int, ...] | None, day: date
) -> tuple[Coverage | None, Coverage | None]:
    valid = {row.pk: row for row in rows if row.is_in_force(day)}
    if chosen is None:
        picked = list(valid.values())
    else:
        picked = []
        for coverage_id in chosen:
            if coverage_id not in valid:
                raise Refused(
                    f"The chosen coverage is not valid on {day:%b %-d, %Y}. Choose another one, "
                    "or self-pay.",
                    code="coverage",
                )
            picked.append(valid[coverage_id])
        if len(set(chosen)) < len(chosen):
            raise Refused("The same coverage cannot pay first and second.", code="coverage")
    return (picked[0] if picked else None, picked[1] if len(picked) > 1 else None)


def _checked_in(encounters: Iterable[Encounter], by: User | None) -> Iterable[EventData]:
    return [
        EventData(
            actor=by,
            action="encounter.checked_in",
            subject=row,
            patient_id=row.patient_id,
            detail={"coverage": row.primary_coverage_id},
        )
        for row in encounters
    ]
