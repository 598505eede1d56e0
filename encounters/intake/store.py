"""Put what a file says into the database: one file at a time, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q

from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from encounters.intake.incoming import (
    Incoming,
    IncomingCoverage,
    IncomingPatient,
    IncomingVisit,
    Name,
)
from encounters.models import (
    ClinicalNote,
    Coverage,
    Encounter,
    ExternalId,
    Patient,
    Payer,
    Provider,
)
from encounters.rules import demographics as d
from encounters.rules.details import CoverageDetails, Demographics, NoteText, missing_for_signature
from encounters.services import add_coverage, open_encounter, register_patient, write_and_sign
from encounters.services.notes import keep_draft
from encounters.services.schedule import default_facility


@dataclass(slots=True)
class IntakeResult:
    """What one file brought."""

    patients_new: int = 0
    patients_known: int = 0
    coverages_new: int = 0
    visits_new: int = 0
    visits_known: int = 0
    visits_to_coding: int = 0
    notes_to_sign: int = 0
    warnings: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        """Something that was left out, once."""
        if text not in self.warnings:
            self.warnings.append(text)


@transaction.atomic
def take_in(
    *,
    incoming: Sequence[Incoming],
    fallback: Provider | None = None,
    since: date | None = None,
    by: User | None = None,
) -> IntakeResult:
    """Patients, coverage and visits of one file.

    What is known by the other system's identifier is not made again. Visits whose provider is not
    set up here go to ``fallback``; without one the file is refused. A documented visit whose note
    is complete goes to coding, the others wait for their provider to finish and sign.
    """
    result = IntakeResult()
    for entry in incoming:
        patient = _patient(entry.patient, result, by)
        for coverage in entry.coverages:
            _coverage(patient, coverage, result, by)
        for visit in sorted(entry.visits, key=lambda v: v.service_date):
            if since is None or visit.service_date >= since:
                _visit(patient, visit, fallback, result, by)
    return result


def _patient(incoming: IncomingPatient, result: IntakeResult, by: User | None) -> Patient:
    known = (
        ExternalId.objects.filter(system=incoming.id.system[:120], value=incoming.id.value[:120])
        .exclude(patient=None)
        .select_related("patient")
        .first()
    )
    if known is not None and known.patient is not None:
        result.patients_known += 1
        return known.patient
    same = Patient.objects.filter(
        last_name__iexact=incoming.last_name,
        first_name__iexact=incoming.first_name,
        birth_date=incoming.birth_date,
    )[:2]
    if len(same) == 1:
        patient = same[0]
        result.patients_known += 1
    else:
        patient = register_patient(details=_demographics(incoming, result), by=by)
        result.patients_new += 1
    _remember(incoming.id, patient=patient)
    return patient


def _remember(
    name: Name, *, patient: Patient | None = None, encounter: Encounter | None = None
) -> None:
    ExternalId.objects.create(
        system=name.system[:120],
        value=name.value[:120],
        patient=patient,
        encounter=encounter,
        created_at=clock.now(),
    )


def _demographics(incoming: IncomingPatient, result: IntakeResult) -> Demographics:
    """What a claim does not need is left out when it is malformed; the rest has to be right."""
    phone = incoming.phone
    try:
        d.phone(phone)
    except d.Invalid:
        result.warn("A phone number without ten digits was left out.")
        phone = ""
    return Demographics(
        last_name=incoming.last_name,
        first_name=incoming.first_name[:35],
        middle_name=incoming.middle_name[:25],
        birth_date=incoming.birth_date,
        sex=incoming.sex,
        address=incoming.address[:55],
        city=incoming.city[:30],
        state=incoming.state,
        zip_code=incoming.zip_code,
        phone=phone,
        email=incoming.email[:254],
    )


def _coverage(
    patient: Patient, incoming: IncomingCoverage, result: IntakeResult, by: User | None
) -> None:
    payer = Payer.objects.filter(
        Q(name__iexact=incoming.payer_name)
        | Q(claim_payer_id=incoming.payer_id or "-")
        | Q(eligibility_payer_id=incoming.payer_id or "-"),
        is_active=True,
    ).first()
    if payer is None:
        result.warn(f"Coverage left out: the payer {incoming.payer_name!r} is not set up here.")
        return
    if not incoming.subscriber_number:
        result.warn(f"Coverage left out: no subscriber number for {payer.name}.")
        return
    number = incoming.subscriber_number.replace("-", "").replace(" ", "").upper()
    rows = list(
        Coverage.objects.filter(patient=patient, superseded_at=None).select_related("payer")
    )
    if any(row.payer_id == payer.pk and row.subscriber_number == number for row in rows):
        return
    taken = {row.priority for row in rows if row.effective_to is None}
    priority = next((n for n in (1, 2, 3) if n not in taken), None)
    if priority is None:
        result.warn(f"Coverage left out: the patient already has three ({payer.name}).")
        return
    details = CoverageDetails(
        payer_id=payer.pk,
        subscriber_number=number,
        priority=priority,
        effective_from=incoming.effective_from or clock.today().replace(month=1, day=1),
        effective_to=incoming.effective_to,
        plan_name=incoming.plan_name[:60],
        group_number=incoming.group_number[:50],
        relationship=incoming.relationship,
        subscriber_last_name=incoming.subscriber_last_name,
        subscriber_first_name=incoming.subscriber_first_name,
        subscriber_birth_date=incoming.subscriber_birth_date,
        subscriber_sex=incoming.subscriber_sex,
    )
    try:
        with transaction.atomic():
            add_coverage(patient_id=patient.pk, details=details, by=by)
    except Refused as refusal:
        result.warn(f"Coverage left out ({payer.name}): {refusal}")
    else:
        result.coverages_new += 1


def _visit(
    patient: Patient,
    incoming: IncomingVisit,
    fallback: Provider | None,
    result: IntakeResult,
    by: User | None,
) -> None:
    known = ExternalId.objects.filter(
        system=incoming.id.system[:120], value=incoming.id.value[:120], patient=None
    )
    if known.exists():
        result.visits_known += 1
        return
    provider = _provider(incoming, fallback)
    encounter = open_encounter(
        patient_id=patient.pk,
        provider_id=provider.pk,
        facility_id=default_facility().pk,
        by=by,
        reason=incoming.reason,
        service_date=incoming.service_date,
        prior_authorization=incoming.prior_authorization[:50],
    )
    _remember(incoming.id, encounter=encounter)
    result.visits_new += 1
    note = NoteText(encounter.pk, incoming.sections, incoming.diagnoses, incoming.services)
    if note.sections.is_empty and not note.diagnoses and not note.services:
        return
    if not missing_for_signature(note) and provider.user_id is not None:
        write_and_sign(notes=[note], by=by)
        result.visits_to_coding += 1
    else:
        draft: ClinicalNote = keep_draft(encounter=encounter, text=note)
        record(actor=by, action="note.received", subject=draft, patient_id=encounter.patient_id)
        result.notes_to_sign += 1


def _provider(incoming: IncomingVisit, fallback: Provider | None) -> Provider:
    found = Provider.objects.filter(npi=incoming.provider_npi or "-", is_active=True).first()
    if found is None and fallback is None:
        who = incoming.provider_name or "of a visit"
        raise Refused(
            f"The provider {who} (NPI {incoming.provider_npi or 'not given'}) is not set up here.",
            fix="Add the provider, or name one of ours with --provider NPI.",
            code="provider",
        )
    provider = found or fallback
    assert provider is not None
    return provider
