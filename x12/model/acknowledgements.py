"""TA1 and 999: what a receiver says of an interchange and of a functional group."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from x12.model.values import Unrecognised


@dataclass(slots=True)
class TA1:
    """Interchange acknowledgement. It answers the ISA with this control number, date and time."""

    control_number: str
    date: dt.date | None
    time: str
    status: str
    """A accepted, E accepted with errors, R rejected."""
    note: str = "000"
    """TA105: 000 no error, 001 control numbers differ, 021 number of groups, 025 duplicate, ..."""
    position: int = field(default=0, compare=False)


class ElementError(NamedTuple):
    """IK4: an element (and component, and repetition) of the segment above."""

    position: int
    component: int | None
    repetition: int | None
    reference: str
    """IK402: data element number."""
    code: str
    """IK403: 1 required missing, 5 too long, 6 invalid character, 7 invalid code, 8 date, I9 ..."""
    value: str = ""


class ErrorContext(NamedTuple):
    """CTX: where a situational rule was triggered, or the business unit (CLM01 of the claim)."""

    name: str
    value: str = ""
    segment: str = ""
    position: int | None = None
    loop: str = ""
    element: str = ""
    reference: str = ""


@dataclass(slots=True)
class SegmentError:
    """Loop 2100 (IK3)."""

    segment: str
    position: int
    """Counted from ST = 1 in the transaction set that was received."""
    loop: str
    code: str
    """IK304: 3 required segment missing, 5 exceeds maximum use, 8 has element errors, ..."""
    contexts: list[ErrorContext] = field(default_factory=list)
    elements: list[ElementError] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)


@dataclass(slots=True)
class AcknowledgedTransaction:
    """Loop 2000 (AK2 to IK5): one transaction set of the acknowledged group."""

    kind: str
    """AK201: 837, 835, ..."""
    control_number: str
    """AK202 = ST02."""
    version: str = ""
    status: str = "A"
    """IK501: A accepted, E accepted with errors, R rejected, M, W, X."""
    codes: tuple[str, ...] = ()
    """IK502 to 06: 3 control numbers differ, 4 segment count, 5 segments in error, I5, ..."""
    errors: list[SegmentError] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        """Whether the receiver goes on with this transaction set."""
        return self.status in {"A", "E"}


@dataclass(slots=True)
class Acknowledgement999:
    """005010X231A1: one functional group acknowledged."""

    functional_id: str
    """AK101 = GS01 (HC for claims)."""
    group_control_number: str
    """AK102 = GS06."""
    version: str = ""
    """AK103 = GS08."""
    transactions: list[AcknowledgedTransaction] = field(default_factory=list)
    status: str = "A"
    """AK901: A accepted, E accepted with errors, P partially accepted, R rejected."""
    included: int = 0
    received: int = 0
    accepted: int = 0
    codes: tuple[str, ...] = ()
    """AK905 to 09: 4 control numbers differ, 5 number of sets, ..."""
    unrecognised: list[Unrecognised] = field(default_factory=list)
