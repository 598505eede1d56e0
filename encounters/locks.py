"""Locks of the front desk and the clinic, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from core.locks import locked
from encounters.models import (
    Appointment,
    ClinicalNote,
    Coverage,
    EligibilityCheck,
    Encounter,
    Facility,
    Patient,
    Provider,
)


def patients(ids: Iterable[int]) -> list[Patient]:
    """One writer at a time per patient: two desks must not both add a primary coverage."""
    return list(locked(Patient.objects.filter(pk__in=set(ids))))


def patient(patient_id: int) -> Patient:
    """The patient, whose details are about to change."""
    return locked(Patient.objects.all()).get(pk=patient_id)


def coverage(coverage_id: int) -> Coverage:
    """A coverage, after its patient."""
    patients(Coverage.objects.filter(pk=coverage_id).values_list("patient_id", flat=True))
    return locked(Coverage.objects.all()).get(pk=coverage_id)


def appointment(appointment_id: int) -> Appointment:
    """An appointment that is about to change."""
    return locked(Appointment.objects.all()).get(pk=appointment_id)


def appointments(ids: Iterable[int]) -> dict[int, Appointment]:
    """Appointments by id, with their place of care."""
    rows = Appointment.objects.filter(pk__in=set(ids)).select_related("facility")
    return {row.pk: row for row in locked(rows)}


def check(check_id: int) -> EligibilityCheck:
    """A question to a payer, about to get its answer."""
    return locked(EligibilityCheck.objects.all()).get(pk=check_id)


def free_check(rows: QuerySet[EligibilityCheck]) -> EligibilityCheck | None:
    """The first of these questions that no other worker has in hand."""
    return locked(rows, skip_locked=True).first()


def checks(rows: QuerySet[EligibilityCheck]) -> list[EligibilityCheck]:
    """These questions."""
    return list(locked(rows))


def encounter(encounter_id: int) -> Encounter:
    """A visit that is about to change."""
    return locked(Encounter.objects.all()).get(pk=encounter_id)


def encounters(
    rows: QuerySet[Encounter], *, skip_locked: bool = False, most: int | None = None
) -> list[Encounter]:
    """These visits, or the first `most` of them; what they are joined with is not locked."""
    return list(locked(rows, skip_locked=skip_locked)[:most])


def note(note_id: int) -> tuple[Encounter, ClinicalNote]:
    """A note after its visit."""
    of = ClinicalNote.objects.values_list("encounter_id", flat=True).get(pk=note_id)
    return encounter(of), locked(ClinicalNote.objects.all()).get(pk=note_id)


def provider(provider_id: int) -> Provider:
    """A provider whose details are about to change."""
    return locked(Provider.objects.all()).get(pk=provider_id)


def facility(facility_id: int) -> Facility:
    """A place of care whose details are about to change."""
    return locked(Facility.objects.all()).get(pk=facility_id)
