"""Plain values that the coding rules work on. No database, no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class CodeFact:
    """A code during a period."""

    system: str
    code: str
    description: str
    billable: bool
    valid_from: date
    valid_to: date | None
    category: str = ""
    attributes: dict[str, Any] = field(default_factory=dict, hash=False)

    def covers(self, on: date) -> bool:
        """Whether it is valid on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PtpFact:
    """An NCCI pair during a period: column 1 pays, column 2 denies."""

    column1: str
    column2: str
    indicator: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class MueFact:
    """The most units of a code; `mai` 1 per line, 2 per day, 3 per day and appealable."""

    units: int
    mai: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class RvuFact:
    """RVUs and payment indicators of a code (and 26, TC) during a period."""

    status: str
    work: Decimal
    nonfacility_pe: Decimal
    facility_pe: Decimal
    malpractice: Decimal
    pc_tc: str
    global_days: str
    multiple: str
    bilateral: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class GpciFact:
    """Geographic indices of a Medicare locality during a period."""

    work: Decimal
    practice_expense: Decimal
    malpractice: Decimal
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class FactorFact:
    """US dollars per relative value unit during a period."""

    kind: str
    amount: Decimal
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class ContractFact:
    """A contract row: a price for one unit, or a per cent of Medicare's price."""

    code: str
    modifier: str
    amount: Decimal | None
    percent: Decimal | None
    version: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """What the rules need to know about who pays first. `None` kind = the patient pays."""

    payer_id: int | None = None
    name: str = ""
    kind: str = ""
    requires_qw: bool = True
    telehealth_modifier: str = ""

    @property
    def is_medicare(self) -> bool:
        """Whether Medicare's own rules apply."""
        return self.kind == "medicare"


@dataclass(frozen=True, slots=True)
class CodedLine:
    """A service as coded; pointers are positions of diagnoses from 1; charge is for all units."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] = ()
    charge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GlobalPeriod:
    """A procedure whose follow-up period may still run on the day of the visit."""

    code: str
    performed_on: date
    days: int


@dataclass(frozen=True, slots=True)
class CodedVisit:
    """An encounter's codes with the surroundings that the edits need."""

    service_date: date
    place_of_service: str
    diagnoses: tuple[str, ...]
    lines: tuple[CodedLine, ...]
    payer: PayerTerms = PayerTerms()
    locality: str = ""
    clia_number: str = ""
    patient_age: int | None = None
    seen_before_on: date | None = None
    history_known: bool = False
    global_periods: tuple[GlobalPeriod, ...] = ()
    rendering_percent: Decimal = Decimal(100)


OFFICE_VISITS_NEW = frozenset({"99202", "99203", "99204", "99205"})
OFFICE_VISITS_KNOWN = frozenset({"99211", "99212", "99213", "99214", "99215"})
OFFICE_VISITS = OFFICE_VISITS_NEW | OFFICE_VISITS_KNOWN


def is_visit(code: str) -> bool:
    """Whether the code is an evaluation and management service (992xx–994xx, wellness G codes)."""
    return code in OFFICE_VISITS or ("99221" <= code <= "99499" and code not in _NOT_VISITS)


# Counselling and other services in the 99xxx range that modifier 25 is not about.
_NOT_VISITS = frozenset({"99406", "99407", "99408", "99409"})


def established_equivalent(code: str) -> str:
    """The established-patient code of the same complexity: 99203 → 99213."""
    return f"9921{code[-1]}"
