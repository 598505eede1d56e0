"""Parts of an 837 claim below the claim itself: transport, repricing, adjudication, lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from x12.model.party import Party
from x12.model.values import (
    Adjustment,
    Amount,
    Attachment,
    Condition,
    Contract,
    Dated,
    Measurement,
    Note,
    Procedure,
    Quantity,
    Reference,
    Unrecognised,
)


def first_reference(references: list[Reference], qualifier: str) -> str:
    return next((r.value for r in references if r.qualifier == qualifier), "")


def _day(dates: list[Dated], qualifier: str) -> dt.date | None:
    return next((d.start for d in dates if d.qualifier == qualifier), None)


class Ambulance(NamedTuple):
    """CR1: patient weight in pounds, reason, distance in miles, purposes."""

    weight: Decimal | None = None
    reason: str = ""
    miles: Decimal | None = None
    round_trip_purpose: str = ""
    stretcher_purpose: str = ""


class Spinal(NamedTuple):
    """CR2: spinal manipulation: nature of the condition and two descriptions."""

    nature: str = ""
    description: str = ""
    description2: str = ""


class Repricing(NamedTuple):
    """HCP: the methodology and amounts of a repricer, for a claim or a line."""

    methodology: str = ""
    allowed: Decimal | None = None
    savings: Decimal | None = None
    organization: str = ""
    rate: Decimal | None = None
    group_code: str = ""
    group_amount: Decimal | None = None
    revenue_code: str = ""
    product_qualifier: str = ""
    procedure_code: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    reject_reason: str = ""
    policy_compliance: str = ""
    exception: str = ""


class Outpatient(NamedTuple):
    """MOA: Medicare outpatient adjudication; ``remarks`` are claim level RARCs."""

    reimbursement_rate: Decimal | None = None
    hcpcs_payable: Decimal | None = None
    remarks: tuple[str, ...] = ()
    esrd_payment: Decimal | None = None
    nonpayable_professional: Decimal | None = None


class Inpatient(NamedTuple):
    """MIA: Medicare inpatient adjudication; ``remarks`` are claim level RARCs."""

    covered_days: Decimal | None = None
    pps_outlier: Decimal | None = None
    lifetime_days: Decimal | None = None
    drg_amount: Decimal | None = None
    remark: str = ""
    disproportionate_share: Decimal | None = None
    msp_pass_through: Decimal | None = None
    pps_capital: Decimal | None = None
    capital_fsp_drg: Decimal | None = None
    capital_hsp_drg: Decimal | None = None
    capital_dsh_drg: Decimal | None = None
    old_capital: Decimal | None = None
    indirect_teaching: Decimal | None = None
    hospital_specific_drg: Decimal | None = None
    cost_report_days: Decimal | None = None
    federal_specific_drg: Decimal | None = None
    capital_outlier: Decimal | None = None
    capital_indirect_teaching: Decimal | None = None
    nonpayable_professional: Decimal | None = None
    remarks: tuple[str, ...] = ()
    capital_exception: Decimal | None = None


@dataclass(slots=True)
class Drug:
    """Loop 2410: the drug behind a line (LIN, CTP, REF)."""

    ndc: str
    """LIN03: 11 digits, no hyphens."""
    quantity: Decimal | None = None
    unit: str = ""
    """CTP05-1: F2, GR, ME, ML or UN."""
    qualifier: str = "N4"
    references: list[Reference] = field(default_factory=list)
    """XZ prescription number, VY link sequence number."""
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class LinePayment:
    """Loop 2430: how another payer adjudicated this line (SVD, CAS, DTP*573, AMT*EAF)."""

    payer_id: str
    """SVD01: the id of the other payer's 2330B loop."""
    paid: Decimal
    procedure: Procedure | None = None
    revenue_code: str = ""
    quantity: Decimal | None = None
    bundled_line: int | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class Form:
    """Loop 2440: a form (LQ) and its answers (FRM: question, yes/no, text, date, percent)."""

    qualifier: str
    code: str
    answers: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class ServiceLine:
    """Loop 2400: one service. 837P fills it from SV1, 837I from SV2 (``revenue_code``)."""

    number: int
    """LX01, from 1 without gaps."""
    procedure: Procedure | None = None
    charge: Decimal = Decimal(0)
    unit: str = "UN"
    """UN units, MJ minutes (anesthesia), DA days."""
    quantity: Decimal | None = None
    place_of_service: str = ""
    pointers: tuple[int, ...] = ()
    """Positions (1 to 12) in the claim's diagnoses, one to four of them."""
    emergency: str = ""
    epsdt: str = ""
    family_planning: str = ""
    copay_exempt: str = ""
    revenue_code: str = ""
    noncovered: Decimal | None = None
    dme: tuple[str, ...] = ()
    """SV5, element by element as sent."""
    attachments: list[Attachment] = field(default_factory=list)
    ambulance: Ambulance | None = None
    dme_certification: tuple[str, str, str] | None = None
    """CR3: type, unit, months."""
    conditions: list[Condition] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    contract: Contract | None = None
    references: list[Reference] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    fixed_information: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    purchased: tuple[str, Decimal] | None = None
    """PS1: purchased service provider's id and charge."""
    repricing: Repricing | None = None
    drug: Drug | None = None
    rendering: Party | None = None
    purchased_provider: Party | None = None
    facility: Party | None = None
    supervising: Party | None = None
    ordering: Party | None = None
    referring: list[Party] = field(default_factory=list)
    pickup: Party | None = None
    dropoff: Party | None = None
    operating: Party | None = None
    other_operating: Party | None = None
    payments: list[LinePayment] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)

    @property
    def control_number(self) -> str:
        """REF*6R: the provider's own number of this line."""
        return first_reference(self.references, "6R")

    @property
    def service_date(self) -> dt.date | None:
        """First day of DTP*472."""
        return _day(self.dates, "472")
