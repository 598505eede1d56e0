"""837P and 837I: claims as a tree of billing provider, subscriber, patient, claim, line.

The tree is what stands in the file. :meth:`Claims837.rows` reads it flat, one row a claim with all
that is above it; :meth:`Claims837.add` builds it from such rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from x12.model.claim_parts import (
    Ambulance,
    Drug,
    Form,
    Inpatient,
    LinePayment,
    Outpatient,
    Repricing,
    ServiceLine,
    Spinal,
    first_reference,
)
from x12.model.party import Party
from x12.model.values import (
    Adjustment,
    Amount,
    Attachment,
    Condition,
    Contract,
    Dated,
    HealthCode,
    Note,
    Quantity,
    Reference,
    Remark,
    Unrecognised,
)


@dataclass(slots=True)
class OtherPayer:
    """Loop 2320 with 2330: another payer of the same claim and what it decided."""

    responsibility: str
    """SBR01: P primary, S secondary, T tertiary, A to H fourth to eleventh, U unknown."""
    relationship: str = ""
    """SBR02: 18 self, 01 spouse, 19 child, ..."""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = ""
    adjustments: list[Adjustment] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    """D paid by this payer, A8 non-covered, EAF remaining patient liability."""
    birth_date: dt.date | None = None
    gender: str = ""
    benefits_assigned: str = ""
    """OI03."""
    patient_signature: str = ""
    """OI04."""
    release: str = ""
    """OI06."""
    inpatient: Inpatient | None = None
    outpatient: Outpatient | None = None
    subscriber: Party | None = None
    payer: Party | None = None
    providers: list[Party] = field(default_factory=list)
    """Loops 2330C and on: the other payer's provider identifiers."""
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)

    @property
    def paid(self) -> Decimal | None:
        """AMT*D: what this payer paid on the claim."""
        return next((a.amount for a in self.amounts if a.qualifier == "D"), None)


@dataclass(slots=True)
class Claim:
    """Loop 2300."""

    patient_control_number: str
    """CLM01: the provider's own number of the claim; comes back in CLP01."""
    charge: Decimal
    facility_code: str = ""
    """CLM05-1: place of service (837P) or first two digits of the bill type (837I)."""
    frequency: str = "1"
    """CLM05-3: 1 original, 7 replacement, 8 void; 7 and 8 need reference F8."""
    facility_qualifier: str = "B"
    """CLM05-2: B for the 837P, A for the 837I."""
    provider_signature: str = ""
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    patient_signature: str = ""
    related_causes: tuple[str, ...] = ()
    """CLM11-1 to -3: AA auto accident, EM employment, OA other accident."""
    accident_state: str = ""
    accident_country: str = ""
    special_program: str = ""
    delay_reason: str = ""
    dates: list[Dated] = field(default_factory=list)
    admission_type: str = ""
    admission_source: str = ""
    patient_status: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    contract: Contract | None = None
    amounts: list[Amount] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    fixed_information: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    ambulance: Ambulance | None = None
    spinal: Spinal | None = None
    conditions: list[Condition] = field(default_factory=list)
    codes: list[HealthCode] = field(default_factory=list)
    """All HI codes in order; :attr:`diagnoses` picks those that pointers count. They are written
    kind by kind in the order of the guide, whatever the order of the HI segments that were read."""
    quantities: list[Quantity] = field(default_factory=list)
    repricing: Repricing | None = None
    referring: list[Party] = field(default_factory=list)
    """2310A: DN referring, P3 primary care."""
    rendering: Party | None = None
    facility: Party | None = None
    supervising: Party | None = None
    pickup: Party | None = None
    dropoff: Party | None = None
    attending: Party | None = None
    operating: Party | None = None
    other_operating: Party | None = None
    other_payers: list[OtherPayer] = field(default_factory=list)
    lines: list[ServiceLine] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)
    """Number of the CLM segment in its file, counted from 1."""
    last_position: int = field(default=0, compare=False)
    """Number of the claim's last segment in its file."""

    @property
    def diagnoses(self) -> list[HealthCode]:
        """The diagnoses that line pointers count, in order: principal first."""
        return [c for c in self.codes if c.qualifier in {"ABK", "BK", "ABF", "BF"}]

    def ref(self, qualifier: str) -> str:
        """First reference: F8 payer claim number, G1 prior authorization, 9F referral, X4 CLIA,
        D9 clearinghouse number, EA medical record number."""
        return first_reference(self.references, qualifier)


@dataclass(slots=True)
class PatientLevel:
    """Loop 2000C: a patient who is not the subscriber."""

    relationship: str
    """PAT01: 01 spouse, 19 child, 20 employee, 21 unknown, 39, 40, 53, G8."""
    patient: Party | None = None
    death_date: dt.date | None = None
    weight: Decimal | None = None
    pregnant: str = ""
    claims: list[Claim] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class SubscriberLevel:
    """Loop 2000B: the subscriber, the payer that is billed, and the claims."""

    responsibility: str = "P"
    """SBR01: P primary, S secondary, T tertiary, ..."""
    relationship: str = "18"
    """SBR02: 18 when the subscriber is the patient, else empty."""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    """SBR05, for Medicare as secondary: 12, 13, 14, 15, 16, 41, 42, 43 or 47."""
    filing_indicator: str = ""
    """SBR09: MB Medicare B, MC Medicaid, CI commercial, BL Blue Cross, HM HMO, 12 PPO, ..."""
    subscriber: Party | None = None
    payer: Party | None = None
    death_date: dt.date | None = None
    weight: Decimal | None = None
    pregnant: str = ""
    claims: list[Claim] = field(default_factory=list)
    patients: list[PatientLevel] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class BillingLevel:
    """Loop 2000A: the billing provider."""

    provider: Party | None = None
    """2010AA: name, NPI, address with ZIP+4, REF*EI or SY tax ID."""
    taxonomy: str = ""
    """PRV03."""
    currency: str = ""
    pay_to: Party | None = None
    """2010AB: the pay-to address, when it differs."""
    pay_to_plan: Party | None = None
    subscribers: list[SubscriberLevel] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


class ClaimRow(NamedTuple):
    """A claim with all that stands above it in the file."""

    billing: BillingLevel
    subscriber: SubscriberLevel
    patient: PatientLevel | None
    """``None`` when the subscriber is the patient."""
    claim: Claim


@dataclass(slots=True)
class Claims837:
    """What the 837P and the 837I share."""

    reference: str
    """BHT03: the batch's number, the sender's own."""
    created: dt.date | None
    time: str
    """BHT05: HHMM or HHMMSS."""
    submitter: Party | None = None
    receiver: Party | None = None
    billing: list[BillingLevel] = field(default_factory=list)
    purpose: str = "00"
    """BHT02: 00 original, 18 reissue."""
    type: str = "CH"
    """BHT06: CH chargeable, RP encounter, 31 subrogation."""
    unrecognised: list[Unrecognised] = field(default_factory=list)

    def rows(self) -> Iterator[ClaimRow]:
        """Every claim in file order with its billing provider, subscriber and patient."""
        for billing in self.billing:
            for subscriber in billing.subscribers:
                for claim in subscriber.claims:
                    yield ClaimRow(billing, subscriber, None, claim)
                for patient in subscriber.patients:
                    for claim in patient.claims:
                        yield ClaimRow(billing, subscriber, patient, claim)

    def add(
        self,
        claim: Claim,
        *,
        billing: BillingLevel,
        subscriber: SubscriberLevel,
        patient: PatientLevel | None = None,
    ) -> None:
        """Append a claim below these levels.

        A level that is the very object of the claim before is shared (one HL); any other opens a
        new HL. Give all claims of a subscriber, and all of a billing provider, in one go.
        """
        if not self.billing or self.billing[-1] is not billing:
            self.billing.append(billing)
        if not billing.subscribers or billing.subscribers[-1] is not subscriber:
            billing.subscribers.append(subscriber)
        if patient is None:
            subscriber.claims.append(claim)
            return
        if not subscriber.patients or subscriber.patients[-1] is not patient:
            subscriber.patients.append(patient)
        patient.claims.append(claim)


@dataclass(slots=True)
class Claims837P(Claims837):
    """005010X222A1, professional claims."""


@dataclass(slots=True)
class Claims837I(Claims837):
    """005010X223A2, institutional claims."""


__all__ = [
    "Ambulance",
    "BillingLevel",
    "Claim",
    "ClaimRow",
    "Claims837",
    "Claims837I",
    "Claims837P",
    "Drug",
    "Form",
    "Inpatient",
    "LinePayment",
    "OtherPayer",
    "Outpatient",
    "PatientLevel",
    "Remark",
    "Repricing",
    "ServiceLine",
    "Spinal",
    "SubscriberLevel",
]
