"""The simulator's values: a payer, a claim as it came, and what was decided about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from core.money import ZERO, total
from x12 import Delimiters


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer with its plan and rules, from `data/payers.toml`. Money in dollars."""

    id: str
    """NM109 of 2010BB and of the 270's source."""
    name: str
    kind: str
    """medicare, medicaid or commercial."""
    plan: str
    insurance_type: str
    """EB04."""
    remittance_type: str
    """CLP06."""
    tax_id: str
    address: str
    city: str
    state: str
    postal_code: str
    phone: str
    member_pattern: str
    group_number: str
    factor: dict[str, Decimal]
    percent_of_charge: Decimal
    deductible: Decimal
    coinsurance: Decimal
    visit_copay: Decimal
    out_of_pocket: Decimal
    sequestration: Decimal
    timely_days: int
    payment_days: tuple[int, int]
    accepts_replacement: bool
    wants_taxonomy: bool
    requires_qw: bool
    extender_percent: Decimal
    laterality: frozenset[str]
    telehealth_modifier: str
    authorization: frozenset[str]
    excluded: frozenset[str]
    exclusion: tuple[str, str, str]
    documentation: frozenset[str]
    takeback: str
    """now: a recovery lowers the payment that shows it; later: the one after (PLB WO)."""


class Address(NamedTuple):
    """Between whom a file goes, as the other side wrote it in its ISA."""

    submitter: str
    """ISA06 of the files that come; ISA08 of those that go."""
    clearinghouse: str
    usage: str
    delimiters: Delimiters = Delimiters()
    """What the other side writes with: nothing that it sent can contain them."""


class Person(NamedTuple):
    """A patient or subscriber, as written on the claim."""

    last: str = ""
    first: str = ""
    middle: str = ""
    id: str = ""
    """Member ID, for the subscriber; a rendering provider's NPI."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """Loop 2400 of an 837P."""

    number: int
    reference: str
    """REF*6R."""
    code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    units: Decimal
    date: dt.date
    end: dt.date | None
    place: str
    pointers: tuple[int, ...]
    diagnoses: tuple[str, ...]
    """The codes that the pointers name."""
    rendering: str
    authorization: str
    clia: str
    other_paid: Decimal = ZERO
    """SVD02 of 2430: what the payer before paid on this line."""
    other_adjustments: tuple[tuple[str, str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """A claim of an 837P, with the levels above it."""

    payer_id: str
    account: str
    """CLM01."""
    charge: Decimal
    place: str
    frequency: str
    original: str
    """REF*F8."""
    subscriber: Person
    patient: Person
    patient_is_subscriber: bool
    birth_date: dt.date | None
    sequence: str
    """SBR01."""
    filing: str
    billing_npi: str
    billing_name: str
    billing_tax_id: str
    billing_taxonomy: str
    billing_zip: str
    rendering: Person
    rendering_taxonomy: str
    referral: str
    referring_npi: str
    authorization: str
    clia: str
    diagnoses: tuple[str, ...]
    lines: tuple[BillLine, ...]
    has_other_payer: bool
    """The claim carries an earlier payer's decision (loops 2320 and 2430)."""

    @property
    def first_day(self) -> dt.date:
        """Earliest date of service."""
        return min(line.date for line in self.lines)

    @property
    def last_day(self) -> dt.date:
        """Latest date of service."""
        return max(line.end or line.date for line in self.lines)

    @property
    def member(self) -> str:
        """The number that the payer knows the person by."""
        return self.subscriber.id


class Cut(NamedTuple):
    """One adjustment: why this much is not paid."""

    group: str
    reason: str
    amount: Decimal


@dataclass(slots=True)
class LineResult:
    """Loop 2110 of the 835 to come."""

    reference: str
    code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    units: Decimal
    date: dt.date
    end: dt.date | None
    allowed: Decimal = ZERO
    paid: Decimal = ZERO
    cuts: list[Cut] = field(default_factory=list)
    remarks: tuple[str, ...] = ()
    paid_code: str = ""
    """SVC01 when the payer changed the procedure; the submitted one then goes into SVC06."""
    paid_modifiers: tuple[str, ...] | None = None
    denied: bool = False

    def deny(self, group: str, reason: str, *remarks: str) -> None:
        """Nothing is paid, for this reason alone."""
        self.allowed = self.paid = ZERO
        self.cuts = [Cut(group, reason, self.charge)]
        self.remarks = tuple(remark for remark in remarks if remark)
        self.denied = True


@dataclass(slots=True)
class AdjudicationResult:
    """Loop 2100 of the 835 to come: everything the remittance says about one claim."""

    account: str
    payer_id: str
    number: str
    """CLP07, the payer's own number of the claim."""
    status: str
    charge: Decimal
    place: str
    frequency: str
    filing: str
    received: dt.date
    first_day: dt.date
    last_day: dt.date
    subscriber: Person
    patient: Person
    patient_is_subscriber: bool
    rendering: Person
    payee_npi: str
    payee_name: str
    payee_tax_id: str
    lines: list[LineResult] = field(default_factory=list)
    remarks: tuple[str, ...] = ()
    """Claim level RARCs (MOA)."""
    original: str = ""
    """The payer's number of the claim that this one replaces or voids."""

    @property
    def paid(self) -> Decimal:
        """CLP04."""
        return total(line.paid for line in self.lines)

    @property
    def patient_owes(self) -> Decimal:
        """CLP05: the sum of all PR adjustments."""
        return total(cut.amount for line in self.lines for cut in line.cuts if cut.group == "PR")

    def reversed(self) -> AdjudicationResult:
        """The reversal of this claim: status 22, the original groups, every amount negated."""
        lines = [
            LineResult(
                reference=line.reference,
                code=line.code,
                modifiers=line.modifiers,
                charge=-line.charge,
                units=line.units,
                date=line.date,
                end=line.end,
                allowed=-line.allowed,
                paid=-line.paid,
                cuts=[Cut(cut.group, cut.reason, -cut.amount) for cut in line.cuts],
                remarks=line.remarks,
                paid_code=line.paid_code,
                paid_modifiers=line.paid_modifiers,
            )
            for line in self.lines
        ]
        values = {name: getattr(self, name) for name in AdjudicationResult.__slots__}
        return AdjudicationResult(
            **{**values, "status": "22", "charge": -self.charge, "lines": lines}
        )


def to_json(result: AdjudicationResult) -> dict[str, Any]:
    """Plain values; money and dates as text."""
    return {name: _plain(getattr(result, name)) for name in AdjudicationResult.__slots__}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | dt.date):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, LineResult):
        return {name: _plain(getattr(value, name)) for name in LineResult.__slots__}
    return value


def from_json(data: dict[str, Any]) -> AdjudicationResult:
    """The result again, exactly."""
    lines = [_line(line) for line in data["lines"]]
    people = {name: Person(*data[name]) for name in ("subscriber", "patient", "rendering")}
    days = {n: dt.date.fromisoformat(data[n]) for n in ("received", "first_day", "last_day")}
    rest = {"charge": Decimal(data["charge"]), "remarks": tuple(data["remarks"]), "lines": lines}
    return AdjudicationResult(**{**data, **people, **days, **rest})


def _line(data: dict[str, Any]) -> LineResult:
    changed = {
        "modifiers": tuple(data["modifiers"]),
        "charge": Decimal(data["charge"]),
        "units": Decimal(data["units"]),
        "date": dt.date.fromisoformat(data["date"]),
        "end": dt.date.fromisoformat(data["end"]) if data["end"] else None,
        "allowed": Decimal(data["allowed"]),
        "paid": Decimal(data["paid"]),
        "cuts": [Cut(group, reason, Decimal(amount)) for group, reason, amount in data["cuts"]],
        "remarks": tuple(data["remarks"]),
        "paid_modifiers": None if data["paid_modifiers"] is None else tuple(data["paid_modifiers"]),
    }
    return LineResult(**{**data, **changed})
