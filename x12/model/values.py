"""Small immutable values that appear in many transactions: references, dates, amounts, codes.

They are named tuples: cheap to make by the hundred thousand, hashable, and safe to share.
An absent text is ``""``; an absent number or date is ``None``.  A number that could not be read is
``Decimal("NaN")`` (and an error was reported): it poisons every sum instead of falsifying it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple


class Reference(NamedTuple):
    """REF: an identifier of the kind that ``qualifier`` (REF01) names."""

    qualifier: str
    value: str
    description: str = ""
    related: tuple[str, ...] = ()
    """REF04, a composite: 2U and a payer id with a line's prior authorization."""


class Dated(NamedTuple):
    """DTP or DTM: a date, a period or a date and time.

    ``start`` alone is a day (D8); with ``end`` it is a period (RD8); ``time`` is HHMM as sent.
    ``text`` keeps what is none of these (it is written back as it was), ``format`` a format
    qualifier other than the one that follows from the values.
    """

    qualifier: str
    start: dt.date | None = None
    end: dt.date | None = None
    time: str = ""
    text: str = ""
    format: str = ""


class Amount(NamedTuple):
    """AMT: money in US dollars of the kind that ``qualifier`` (AMT01) names."""

    qualifier: str
    amount: Decimal


class Quantity(NamedTuple):
    """QTY: a count of the kind that ``qualifier`` (QTY01) names."""

    qualifier: str
    quantity: Decimal


class Adjustment(NamedTuple):
    """One trio of a CAS segment. A positive amount lowers the payment."""

    group: str
    """CAS01: CO contractual, PR patient responsibility, OA other, PI payer initiated."""
    reason: str
    """Claim adjustment reason code (CARC)."""
    amount: Decimal
    quantity: Decimal | None = None


class Remark(NamedTuple):
    """LQ: a remark code; ``HE`` is a RARC, ``RX`` a pharmacy reject code."""

    qualifier: str
    code: str


class Procedure(NamedTuple):
    """C003: a procedure with up to four modifiers (SV101, SV202, SVC01, SVC06, SVD03, EB13)."""

    qualifier: str
    """HC for CPT and HCPCS, N4 for a drug, HP for a HIPPS rate code, AD for CDT."""
    code: str
    modifiers: tuple[str, ...] = ()
    description: str = ""
    end_code: str = ""


class HealthCode(NamedTuple):
    """C022, one composite of HI: a diagnosis, procedure, condition, occurrence, value or DRG code.

    ABK principal diagnosis, ABF other diagnosis, ABJ admitting, APR reason for visit, ABN external
    cause, BBR/BBQ procedures, BG condition, BH occurrence, BI occurrence span, BE value, DR DRG,
    BP/BO anesthesia related procedure.  Diagnosis codes carry no decimal point.
    """

    qualifier: str
    code: str
    start: dt.date | None = None
    end: dt.date | None = None
    amount: Decimal | None = None
    quantity: Decimal | None = None
    version: str = ""
    end_code: str = ""
    present_on_admission: str = ""
    date_text: str = ""
    """The date as sent when it is not a day (D8) or a period (RD8)."""


class Note(NamedTuple):
    """NTE: free text with its code (ADD additional information, TPO third party notes, ...)."""

    code: str
    text: str


class Contact(NamedTuple):
    """PER: whom to call. ``numbers`` are (qualifier, number): TE phone, EM e-mail, FX, UR, EX."""

    function: str
    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


class Attachment(NamedTuple):
    """PWK: what is attached, how it is sent, and the control number that finds it again."""

    report_type: str
    transmission: str
    control_qualifier: str = ""
    control_number: str = ""


class Condition(NamedTuple):
    """CRC: a category, yes or no, and up to five condition codes."""

    category: str
    response: str
    codes: tuple[str, ...] = ()


class Measurement(NamedTuple):
    """MEA: a test result (TR/OG height, hemoglobin, hematocrit, ...)."""

    reference: str
    qualifier: str
    value: Decimal | None


class Contract(NamedTuple):
    """CN1: contract type, amount, percentage, code, terms discount, version."""

    type: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    code: str = ""
    discount_percent: Decimal | None = None
    version: str = ""


class Trace(NamedTuple):
    """TRN: the number that ties an answer to its question."""

    type: str
    """TRN01: 1 made by the sender of this file, 2 given back."""
    number: str
    originator: str = ""
    additional: str = ""


class StatusCode(NamedTuple):
    """C043 in STC01, STC10 and STC11: category (A1, A7, F1, ...), status (21, 562, ...), entity."""

    category: str
    code: str
    entity: str = ""
    code_list: str = ""

    @property
    def rejected(self) -> bool:
        """Whether this category says that the claim goes no further (277CA)."""
        return self.category in {"A3", "A4", "A6", "A7", "A8"}


class Status(NamedTuple):
    """STC: one status of a claim or a service line (277 and 277CA)."""

    codes: tuple[StatusCode, ...]
    """One to three: STC01, STC10, STC11."""
    effective: dt.date | None = None
    action: str = ""
    """STC03 of the 277CA: WQ accept, U reject."""
    charge: Decimal | None = None
    paid: Decimal | None = None
    paid_on: dt.date | None = None
    """STC06: adjudication or payment date."""
    method: str = ""
    """STC07: not used by the guides."""
    check_date: dt.date | None = None
    check_number: str = ""
    message: str = ""


class Rejection(NamedTuple):
    """AAA: why an eligibility request was not answered (42 payer down, 72 invalid ID, ...)."""

    valid: str
    """AAA01: Y the request was valid but could not be processed, N it was not valid."""
    reason: str
    follow_up: str
    """AAA04: C correct and resend, N do not resend, R resend allowed, P resend later, ..."""


class ProviderAdjustment(NamedTuple):
    """One adjustment of a PLB segment. A positive amount lowers the payment."""

    provider_id: str
    fiscal_period_end: dt.date | None
    reason: str
    """PLB03-1: WO recoupment, FB balance forward, L6 interest, 72 refund, CS, J1, IR, ..."""
    reference: str
    amount: Decimal


class Unrecognised(NamedTuple):
    """A segment that the guide does not have at this place: kept as it came, and reported."""

    segment: int
    """Its number in the file."""
    elements: tuple[str, ...]
    """``elements[0]`` is the segment's name."""
    component: str = ":"
    """What divides components in these elements."""

    @property
    def text(self) -> str:
        """The segment with the usual separators."""
        return "*".join(element.replace(self.component, ":") for element in self.elements)
