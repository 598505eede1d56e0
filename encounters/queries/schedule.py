"""A day of the clinic: who comes when, and what still has to be done before each visit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from core import clock
from core.ui.formats import local_day
from encounters.enums import AppointmentState
from encounters.models import Appointment, Coverage, EligibilityCheck, Encounter
from encounters.queries.coverage import current_coverages, latest_checks
from encounters.rules.freshness import NO_COVERAGE, CoverageStatus, coverage_status


@dataclass(slots=True)
class Slot:
    """One visit on the schedule with everything its row shows."""

    appointment: Appointment
    coverages: list[Coverage]
    check: EligibilityCheck | None
    coverage: CoverageStatus
    encounter: Encounter | None
    gaps: list[str] = field(default_factory=list)
    """What is missing, in two or three words each."""

    @property
    def is_expected(self) -> bool:
        """Whether the patient still has to come."""
        return self.appointment.state == AppointmentState.SCHEDULED

    @property
    def is_late(self) -> bool:
        """More than a quarter of an hour past the time, and not here."""
        return self.is_expected and self.appointment.starts_at < clock.now() - timedelta(minutes=15)

    @property
    def primary(self) -> Coverage | None:
        """Who pays first."""
        return self.coverages[0] if self.coverages else None


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day at the clinic and of the next."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(day, time.min, tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def appointments_on(day: date, *, provider_id: int | None = None) -> QuerySet[Appointment]:
    """All of a day, cancelled ones too."""
    start, end = day_bounds(day)
    rows = Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end)
    if provider_id is not None:
        rows = rows.filter(provider_id=provider_id)
    return rows.select_related("patient", "provider", "encounter").order_by("starts_at", "pk")


def todays_schedule(day: date, *, provider_id: int | None = None) -> list[Slot]:
    """The schedule of a day, in three queries whatever its length."""
    slots = slots_of(list(appointments_on(day, provider_id=provider_id)), covered_on=day)
    for slot in slots:
        slot.gaps = _gaps(slot)
    return slots


def slots_of(rows: Sequence[Appointment], *, covered_on: date) -> list[Slot]:
    """The appointments with the coverages valid on that day and the last answer of the first.

    Two queries; the rows bring their encounter along.
    """
    coverages = current_coverages({row.patient_id for row in rows}, covered_on)
    firsts = [found[0].pk for found in coverages.values()]
    checks = latest_checks(firsts) if firsts else {}
    now, today = clock.now(), clock.today()
    slots = []
    for row in rows:
        own = coverages.get(row.patient_id, [])
        check = checks.get(own[0].pk) if own else None
        status = NO_COVERAGE
        if own:
            status = coverage_status(check, visit=local_day(row.starts_at), now=now, today=today)
        slots.append(Slot(row, own, check, status, getattr(row, "encounter", None)))
    return slots


def _gaps(slot: Slot) -> list[str]:
    patient = slot.appointment.patient
    gaps = []
    if not patient.phone:
        gaps.append("No phone")
    if slot.primary and slot.primary.payer.kind == "commercial" and not slot.primary.group_number:
        gaps.append("No group number")
    if slot.primary and slot.primary.is_dependent and not slot.primary.subscriber_sex:
        gaps.append("Subscriber's sex missing")
    return gaps


def schedule_counts(slots: list[Slot]) -> dict[str, int]:
    """How many are expected, here, late, and how many need something before their visit."""
    states = Counter(slot.appointment.state for slot in slots)
    return {
        "total": sum(1 for slot in slots if slot.appointment.state != AppointmentState.CANCELLED),
        "expected": states[AppointmentState.SCHEDULED],
        "arrived": states[AppointmentState.ARRIVED],
        "late": sum(slot.is_late for slot in slots),
        "open": sum(1 for slot in slots if slot.is_expected and needs_attention(slot)),
    }


def needs_attention(slot: Slot) -> bool:
    """Whether something is to be done before this visit."""
    return not slot.coverage.is_ready or bool(slot.gaps)


def clashes(
    *, provider_id: int, starts_at: datetime, minutes: int, but: int | None = None
) -> list[Appointment]:
    """Visits of the provider that overlap this time."""
    end = starts_at + timedelta(minutes=minutes)
    near = Appointment.objects.filter(
        provider_id=provider_id,
        state__in=[AppointmentState.SCHEDULED, AppointmentState.ARRIVED],
        starts_at__lt=end,
        starts_at__gt=starts_at - timedelta(hours=8),
    ).select_related("patient")
    return [
        row
        for row in near.order_by("starts_at")
        if row.pk != but and row.starts_at + timedelta(minutes=row.minutes) > starts_at
    ]
