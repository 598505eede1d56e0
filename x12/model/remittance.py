"""835: what a payer paid, what it did not pay, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from x12.model.claims import Inpatient, Outpatient
from x12.model.party import Party
from x12.model.values import (
    Adjustment,
    Amount,
    Contact,
    Dated,
    Procedure,
    ProviderAdjustment,
    Quantity,
    Reference,
    Remark,
    Unrecognised,
)


@dataclass(slots=True)
class ServicePayment:
    """Loop 2110: one service line as the payer adjudicated it."""

    procedure: Procedure
    """SVC01: what was paid for; may differ from what was billed (``original``)."""
    charge: Decimal
    paid: Decimal
    revenue_code: str = ""
    units: Decimal | None = None
    """SVC05: units paid; absent means one."""
    original: Procedure | None = None
    """SVC06: the procedure as submitted, when the payer changed it."""
    original_units: Decimal | None = None
    dates: list[Dated] = field(default_factory=list)
    """472 service date; 150 and 151 begin and end."""
    adjustments: list[Adjustment] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    """B6 allowed amount, KH late filing reduction, ..."""
    quantities: list[Quantity] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)

    @property
    def control_number(self) -> str:
        """REF*6R: the provider's own number of the line; match lines by it first."""
        return next((r.value for r in self.references if r.qualifier == "6R"), "")

    @property
    def service_date(self) -> dt.date | None:
        """DTM*472, or the begin of the period (150)."""
        days = {d.qualifier: d.start for d in self.dates}
        return days.get("472") or days.get("150")

    @property
    def allowed(self) -> Decimal | None:
        """AMT*B6 when the payer sent it."""
        return next((a.amount for a in self.amounts if a.qualifier == "B6"), None)


@dataclass(slots=True)
class ClaimPayment:
    """Loop 2100: one claim as the payer adjudicated it."""

    patient_control_number: str
    """CLP01 = CLM01 of the claim."""
    status: str
    """CLP02: 1/2/3 processed as primary/secondary/tertiary, 4 denied (patient not recognised),
    19/20/21 the same and forwarded, 22 reversal, 23 not ours and forwarded, 25 predetermination."""
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None = None
    filing_indicator: str = ""
    payer_control_number: str = ""
    """CLP07: goes into REF*F8 of a corrected claim."""
    facility_code: str = ""
    frequency: str = ""
    drg: str = ""
    drg_weight: Decimal | None = None
    discharge_fraction: Decimal | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    patient: Party | None = None
    subscriber: Party | None = None
    corrected: Party | None = None
    """NM1*74: the corrected patient or insured."""
    rendering: Party | None = None
    crossover: Party | None = None
    """NM1*TT: the payer to whom the claim was forwarded."""
    corrected_payer: Party | None = None
    other_subscriber: Party | None = None
    inpatient: Inpatient | None = None
    outpatient: Outpatient | None = None
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    """232/233 statement from and to, 036 expiration, 050 received."""
    contacts: list[Contact] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    lines: list[ServicePayment] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)
    """Number of the CLP segment in its file, counted from 1."""
    last_position: int = field(default=0, compare=False)

    @property
    def is_reversal(self) -> bool:
        """CLP02 = 22: every amount is negated, the group codes are the original ones."""
        return self.status == "22"

    @property
    def inpatient_remarks(self) -> tuple[str, ...]:
        """MIA05 and MIA20 to 23."""
        return (self.inpatient.remark, *self.inpatient.remarks) if self.inpatient else ()

    @property
    def remark_codes(self) -> tuple[str, ...]:
        """Claim level RARCs of MIA and MOA."""
        outpatient = self.outpatient.remarks if self.outpatient else ()
        return tuple(code for code in (*self.inpatient_remarks, *outpatient) if code)

    def ref(self, qualifier: str) -> str:
        """First claim level reference with this qualifier, or an empty text."""
        return next((r.value for r in self.references if r.qualifier == qualifier), "")


@dataclass(slots=True)
class PaymentGroup:
    """Loop 2000 (LX): a run of claims; a payer may send its totals with it (TS3, TS2)."""

    number: str = "1"
    summary: tuple[str, ...] = ()
    """TS3, element by element as sent."""
    supplemental: tuple[str, ...] = ()
    """TS2, element by element as sent."""
    claims: list[ClaimPayment] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class Remittance835:
    """005010X221A1: one payment (one BPR and one TRN) and the claims that it pays."""

    handling: str
    """BPR01: I remittance only, H notification only, C payment with remittance, D, P, U, X."""
    amount: Decimal
    """BPR02 = sum of CLP04 minus sum of PLB."""
    credit_debit: str
    method: str
    """BPR04: ACH, CHK, FWT, BOP, NON."""
    payment_date: dt.date | None
    """BPR16."""
    trace_number: str
    """TRN02: equals the EFT trace number or the check number."""
    payer_id: str
    """TRN03: originating company identifier, 1 + tax ID."""
    payment_format: str = ""
    sender_bank: tuple[str, str, str, str] | None = None
    """BPR06 to 09: bank qualifier, bank, account qualifier, account."""
    originator_id: str = ""
    originator_code: str = ""
    receiver_bank: tuple[str, str, str, str] | None = None
    """BPR12 to 15."""
    originator_division: str = ""
    """TRN04."""
    trace_type: str = "1"
    currency: tuple[str, ...] = ()
    """CUR, element by element as sent."""
    references: list[Reference] = field(default_factory=list)
    """EV receiver, F2 version."""
    dates: list[Dated] = field(default_factory=list)
    """405 production date."""
    payer: Party | None = None
    payee: Party | None = None
    """1000B: name, NPI (``XX``) or tax ID (``FI``), REF*TJ tax ID."""
    groups: list[PaymentGroup] = field(default_factory=list)
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)
    """Number of the BPR segment in its file."""

    @property
    def claims(self) -> Iterator[ClaimPayment]:
        """Every claim in file order."""
        for group in self.groups:
            yield from group.claims

    def add(self, claim: ClaimPayment) -> None:
        """Append a claim to the last group (one is made when there is none)."""
        if not self.groups:
            self.groups.append(PaymentGroup())
        self.groups[-1].claims.append(claim)
