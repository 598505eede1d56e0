"""A patient's chart and a visit's page, each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from core import clock
from encounters.models import (
    Appointment,
    ClinicalNote,
    Coverage,
    EligibilityCheck,
    Encounter,
    Patient,
)
from encounters.queries.coverage import latest_checks
from encounters.rules import status
from encounters.rules.freshness import CoverageStatus, coverage_status


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A coverage on the chart with what the payer last said of it."""

    coverage: Coverage
    check: EligibilityCheck | None
    status: CoverageStatus | None
    """None for a row that no longer counts."""

    @property
    def is_current(self) -> bool:
        """Whether it counts today or later."""
        row = self.coverage
        return row.superseded_at is None and (
            row.effective_to is None or row.effective_to >= clock.today()
        )

    @property
    def history_note(self) -> str:
        """Why a former row no longer counts."""
        if self.coverage.superseded_at is not None:
            return "Corrected: it was never right"
        return self.coverage.end_reason or "Ended"


@dataclass(frozen=True, slots=True)
class Visit:
    """An encounter with its status in plain words."""

    encounter: Encounter
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the chart shows of one patient."""

    patient: Patient
    current: list[CoverageRow]
    former: list[CoverageRow]
    upcoming: list[Appointment]
    past: list[Appointment]
    visits: list[Visit]
    checks: list[EligibilityCheck]

    @property
    def age(self) -> int:
        """In whole years today."""
        return age_on(self.patient.birth_date, clock.today())


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def coverage_rows(patient_id: int) -> list[CoverageRow]:
    """Every coverage the patient ever had, the one that counts first."""
    rows = list(
        Coverage.objects.filter(patient_id=patient_id)
        .select_related("payer", "patient")
        .order_by("priority", "-effective_from", "-pk")
    )
    checks = latest_checks([row.pk for row in rows]) if rows else {}
    now, today = clock.now(), clock.today()
    found = []
    for row in rows:
        check = checks.get(row.pk)
        counts = row.superseded_at is None and not (
            row.effective_to is not None and row.effective_to < today
        )
        state = coverage_status(check, visit=today, now=now, today=today) if counts else None
        found.append(CoverageRow(row, check, state))
    return found


def chart(patient_id: int) -> Chart:
    """The chart. Raises ``Patient.DoesNotExist``."""
    patient = Patient.objects.get(pk=patient_id)
    rows = coverage_rows(patient_id)
    appointments = list(
        Appointment.objects.filter(patient=patient)
        .select_related("provider", "encounter")
        .order_by("-starts_at")[:40]
    )
    today = clock.today()
    return Chart(
        patient=patient,
        current=[row for row in rows if row.is_current],
        former=[row for row in rows if not row.is_current],
        upcoming=[row for row in reversed(appointments) if _is_ahead(row, today)],
        past=[row for row in appointments if not _is_ahead(row, today)],
        visits=visits_of(patient_id),
        checks=list(
            EligibilityCheck.objects.filter(coverage__patient=patient)
            .select_related("coverage__payer", "requested_by")
            .order_by("-requested_at", "-pk")[:20]
        ),
    )


def _is_ahead(row: Appointment, today: date) -> bool:
    return row.state == "scheduled" and timezone.localtime(row.starts_at).date() >= today


def visits_of(patient_id: int, limit: int = 50) -> list[Visit]:
    """The patient's encounters, newest first."""
    rows = (
        Encounter.objects.filter(patient_id=patient_id)
        .select_related("provider", "primary_coverage__payer")
        .order_by("-service_date", "-pk")[:limit]
    )
    return [Visit(row, words_of(row)) for row in rows]


def words_of(encounter: Encounter) -> str:
    """The status of the visit in plain words."""
    return status.words(
        encounter.status,
        hold_reason=encounter.hold_reason,
        is_self_pay=encounter.primary_coverage_id is None,
    )


def encounter_page(encounter_id: int) -> Encounter:
    """A visit with what its page shows. Raises ``Encounter.DoesNotExist``."""
    notes = ClinicalNote.objects.select_related("author", "signed_by").prefetch_related(
        "diagnoses", "services"
    )
    return (
        Encounter.objects.select_related(
            "patient",
            "provider",
            "facility",
            "appointment",
            "checked_in_by",
            "primary_coverage__payer",
            "secondary_coverage__payer",
        )
        .prefetch_related(Prefetch("notes", notes))
        .get(pk=encounter_id)
    )
