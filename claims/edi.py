"""A claim of ours as the typed 837P (005010X222A1). Pure: rows in memory in, X12 objects out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

import x12
from claims.models import ClaimLine, Submission
from core.clearinghouse.models import TradingPartner
from encounters.enums import Relationship
from encounters.models import Coverage, Facility, Patient, Payer, Provider

_RESPONSIBILITY = {1: "P", 2: "S", 3: "T"}


def batch_837p(
    partner: TradingPartner, submissions: Sequence[Submission], *, reference: str, at: datetime
) -> x12.Claims837P:
    """One transaction with these claims. Each billing provider and subscriber is written once.

    The submissions come with everything that `claims.queries.batching` prefetches. `reference`
    is BHT03, which a 277CA gives back; `at` is the clinic's local time.
    """
    batch = x12.Claims837P(
        reference=reference,
        created=at.date(),
        time=f"{at:%H%M%S}",
        submitter=x12.Party(
            "41",
            name=text(partner.submitter_name, 60),
            id_qualifier="46",
            id=partner.submitter_id,
            contacts=[
                x12.Contact("IC", text(partner.contact_name, 60), (("TE", partner.contact_phone),))
            ],
        ),
        receiver=x12.Party(
            "40", name=text(partner.name, 60), id_qualifier="46", id=partner.receiver_id
        ),
    )
    for billing, subscriber, patient, submission in _levels(submissions):
        batch.add(claim_837p(submission), billing=billing, subscriber=subscriber, patient=patient)
    return batch


def order_in_file(submission: Submission) -> tuple[int, int, int, int]:
    """Claims of one clinic together, and of one coverage and patient below it."""
    claim = submission.claim
    return claim.facility_id, claim.payer_id, submission.coverage_id, submission.pk


def _levels(
    submissions: Sequence[Submission],
) -> Iterator[tuple[x12.BillingLevel, x12.SubscriberLevel, x12.PatientLevel | None, Submission]]:
    ordered = sorted(submissions, key=order_in_file)
    for _, in_facility in groupby(ordered, key=lambda one: one.claim.facility_id):
        rows = list(in_facility)
        billing = _billing(rows[0].claim.facility)
        for _, of_coverage in groupby(rows, key=lambda one: (one.claim.payer_id, one.coverage_id)):
            group = list(of_coverage)
            first = group[0]
            patient = first.claim.encounter.patient
            subscriber = _subscriber(first, first.coverage, patient)
            level = _patient(first.coverage, patient)
            for submission in group:
                yield billing, subscriber, level, submission


def _billing(facility: Facility) -> x12.BillingLevel:
    return x12.BillingLevel(
        taxonomy=facility.taxonomy,
        provider=x12.Party(
            "85",
            name=text(facility.name, 60),
            id_qualifier="XX",
            id=facility.npi,
            address1=text(facility.address, 55),
            city=text(facility.city, 30),
            state=facility.state,
            postal_code=facility.zip_code,
            references=[x12.Reference("EI", facility.tax_id)],
        ),
    )


def _subscriber(
    submission: Submission, coverage: Coverage, patient: Patient
) -> x12.SubscriberLevel:
    claim = submission.claim
    is_self = coverage.relationship == Relationship.SELF
    return x12.SubscriberLevel(
        responsibility=_RESPONSIBILITY[claim.payer_sequence],
        relationship="18" if is_self else "",
        group_number=text(coverage.group_number, 50),
        group_name="" if coverage.group_number else text(coverage.plan_name, 60),
        filing_indicator=claim.payer.filing_indicator,
        subscriber=_person("IL", patient, coverage) if is_self else _holder(coverage),
        payer=_payer(claim.payer),
    )


def _person(entity: str, patient: Patient, coverage: Coverage | None = None) -> x12.Party:
    return x12.Party(
        entity,
        "1",
        text(patient.last_name, 60),
        text(patient.first_name, 35),
        text(patient.middle_name, 25),
        id_qualifier="MI" if coverage else "",
        id=member_id(coverage) if coverage else "",
        address1=text(patient.address, 55),
        city=text(patient.city, 30),
        state=patient.state,
        postal_code=re.sub(r"\D", "", patient.zip_code),
        birth_date=patient.birth_date,
        gender=patient.sex,
    )


def _named(
    entity: str, last_name: str, first_name: str, *, qualifier: str, number: str, **more: str
) -> x12.Party:
    """A person of whom name and number are enough."""
    return x12.Party(
        entity,
        "1",
        text(last_name, 60),
        text(first_name, 35),
        id_qualifier=qualifier,
        id=number,
        **more,  # type: ignore[arg-type]  # names of text fields
    )


def _holder(coverage: Coverage) -> x12.Party:
    """A subscriber who is not the patient (2010BA)."""
    return _named(
        "IL",
        coverage.subscriber_last_name,
        coverage.subscriber_first_name,
        qualifier="MI",
        number=member_id(coverage),
    )


def _patient(coverage: Coverage, patient: Patient) -> x12.PatientLevel | None:
    if coverage.relationship == Relationship.SELF:
        return None
    return x12.PatientLevel(relationship=coverage.relationship, patient=_person("QC", patient))


def _payer(payer: Payer) -> x12.Party:
    return x12.Party("PR", name=text(payer.name, 60), id_qualifier="PI", id=payer.claim_payer_id)


def claim_837p(submission: Submission) -> x12.Claim:
    """Loop 2300 and below."""
    encounter = submission.claim.encounter
    lines = list(submission.lines.all())
    diagnoses = [one.code for one in submission.coding_version.diagnoses.all()]
    return x12.Claim(
        submission.control_number,
        submission.total_charge,
        facility_code=encounter.place_of_service,
        frequency=submission.frequency,
        provider_signature="Y",
        references=_references(submission, lines),
        codes=[
            x12.HealthCode("ABK" if position == 0 else "ABF", code.replace(".", ""))
            for position, code in enumerate(diagnoses)
        ],
        referring=_referring(submission),
        rendering=_rendering(encounter.provider),
        lines=[_line(line, place=encounter.place_of_service) for line in lines],
    )


def _references(submission: Submission, lines: Sequence[ClaimLine]) -> list[x12.Reference]:
    encounter, facility = submission.claim.encounter, submission.claim.facility
    found = []
    if submission.original_reference:
        found.append(x12.Reference("F8", submission.original_reference))
    if encounter.referral_number:
        found.append(x12.Reference("9F", encounter.referral_number))
    if encounter.prior_authorization:
        found.append(x12.Reference("G1", encounter.prior_authorization))
    if facility.clia_number and any(_is_laboratory(line) for line in lines):
        found.append(x12.Reference("X4", facility.clia_number))
    found.append(x12.Reference("EA", encounter.number))
    return found


def _is_laboratory(line: ClaimLine) -> bool:
    """A waived test, or one of CPT's laboratory range 80047 to 89398."""
    return "QW" in line.modifiers or ("80047" <= line.code <= "89398" and len(line.code) == 5)


def _referring(submission: Submission) -> list[x12.Party]:
    visit = submission.claim.encounter
    if not visit.referring_last_name:
        return []
    names = visit.referring_last_name, visit.referring_first_name
    return [_named("DN", *names, qualifier="XX", number=visit.referring_npi)]


def _rendering(provider: Provider) -> x12.Party:
    return _named(
        "82",
        provider.last_name,
        provider.first_name,
        qualifier="XX",
        number=provider.npi,
        provider_role="PE",
        taxonomy=provider.taxonomy,
    )


def _line(line: ClaimLine, *, place: str) -> x12.ServiceLine:
    return x12.ServiceLine(
        line.position,
        x12.Procedure("HC", line.code, tuple(line.modifiers)),
        line.charge,
        quantity=Decimal(line.units),
        # SV105 only where it differs from the claim's (TR3 X222, 2400 SV105).
        place_of_service="" if line.place_of_service == place else line.place_of_service,
        pointers=tuple(line.pointers),
        dates=[x12.Dated("472", line.service_date)],
        references=[x12.Reference("6R", line.control_number)],
    )


def member_id(coverage: Coverage) -> str:
    """NM109 of the subscriber: as the payer prints it, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", coverage.subscriber_number)


def text(value: str, longest: int) -> str:
    """A name or address as X12 takes it: one line, no delimiters, not longer than allowed."""
    return re.sub(r"\s+", " ", re.sub(r"[*:~^|>\\]", " ", value)).strip()[:longest].rstrip()
