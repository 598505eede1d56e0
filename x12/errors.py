"""What is wrong with a file, where, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Snip(IntEnum):
    """WEDI SNIP levels of validation."""

    INTEGRITY = 1
    GUIDE = 2
    BALANCE = 3
    SITUATION = 4
    CODE_SET = 5
    PAYER = 7


@dataclass(slots=True)
class X12Error:
    """One finding with its full position. All that is not known or does not apply is empty."""

    code: str
    """Short stable name: ``element-missing``, ``segment-count``, ``line-balance``, ..."""
    level: Snip
    message: str
    """In words that a biller understands."""
    file: str = ""
    interchange: str = ""
    """ISA13."""
    group: str = ""
    """GS06."""
    transaction: str = ""
    """ST02."""
    kind: str = ""
    """837P, 835, ..."""
    segment: int = 0
    """Number of the segment in the file; the first ISA is 1."""
    transaction_segment: int = 0
    """Number of the segment in its transaction set; ST is 1 (as in IK302)."""
    segment_id: str = ""
    element: str = ""
    """``CLM05-3``: segment, element, component."""
    loop: str = ""
    """``2000A/2000B/2300``."""
    value: str = ""
    """What stands there. May be patient data: keep it out of logs."""
    expected: str = ""
    claim: str = ""
    """CLM01/CLP01/TRN02 of the claim it lies in."""
    ack: str = ""
    """Code of this error in a 999 (IK304, IK403, IK502, AK905) or TA1 (TA105)."""
    repetition: int = 0
    element_number: str = field(default="", compare=False)
    """X12 data element number, for IK402."""
    fatal: bool = True
    """False for what is worth telling but no reason to refuse (an unknown optional segment)."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON: everything that is not empty."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["level"] = int(self.level)
        return {k: v for k, v in found.items() if v not in ("", 0) or k == "level"}

    def __str__(self) -> str:
        where = [f"segment {self.segment}" if self.segment else "", self.loop, self.element]
        return f"{', '.join(w for w in where if w)}: {self.message}"


class WriteError(ValueError):
    """A typed object cannot be written: a value is missing, too long or holds a delimiter."""

    def __init__(self, message: str, *, errors: list[X12Error] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or []
