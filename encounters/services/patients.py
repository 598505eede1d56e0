"""Register and change patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from encounters import locks
from encounters.models import Patient
from encounters.rules.details import Demographics, changed
from encounters.services.numbers import next_mrns
from encounters.services.refusals import refuse_problems


def register_patient(*, details: Demographics, by: User | None) -> Patient:
    """A new patient with a number of their own. Refused when a field cannot stand.

    Whether the person is already known is a question for a person: see
    `encounters.queries.possible_duplicates`.
    """
    return register_patients(details=[details], by=by)[0]


@transaction.atomic
def register_patients(*, details: Sequence[Demographics], by: User | None) -> list[Patient]:
    """Register many at once; all or none."""
    now, today = clock.now(), clock.today()
    cleaned = []
    for entry in details:
        values, problems = entry.look(today=today)
        refuse_problems(problems)
        cleaned.append(values)
    patients = Patient.objects.bulk_create(
        Patient(mrn=mrn, created_at=now, updated_at=now, **asdict(values))
        for mrn, values in zip(next_mrns(len(cleaned)), cleaned, strict=True)
    )
    record_many(
        [
            EventData(actor=by, action="patient.registered", subject=patient, patient_id=patient.pk)
            for patient in patients
        ]
    )
    return patients


@transaction.atomic
def change_patient(
    *, patient_id: int, details: Demographics, by: User, reason: str = ""
) -> Patient:
    """Correct a patient's demographics. Nothing is written when nothing differs."""
    patient = locks.patient(patient_id)
    values, problems = details.look(today=clock.today())
    refuse_problems(problems)
    fields = changed(values, patient)
    if not fields:
        return patient
    for name in fields:
        setattr(patient, name, getattr(values, name))
    patient.updated_at = clock.now()
    patient.save(update_fields=[*fields, "updated_at"])
    record(
        actor=by,
        action="patient.changed",
        subject=patient,
        patient_id=patient.pk,
        reason=reason,
        detail={"fields": fields},
    )
    return patient
