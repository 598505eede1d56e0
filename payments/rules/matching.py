"""Which claim line a payer's line answers. Pure: values in, positions out.

A payer may change the code, drop a modifier, bundle or split lines: the line item control
number (REF*6R) comes first, what was submitted (SVC06) before what was paid for (SVC01).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from payments.enums import LineMatchedBy


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as we sent it."""

    id: int
    position: int
    control_number: str
    code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    service_date: dt.date


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line as the payer answered it; amounts of a reversal are negative."""

    control_number: str
    code: str
    submitted_code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    service_date: dt.date | None

    @property
    def billed_code(self) -> str:
        """The code that was submitted, as far as the payer says it."""
        return self.submitted_code or self.code


@dataclass(frozen=True, slots=True)
class LineMatch:
    """The billed line's id (None: no single line) and how it was found."""

    billed_id: int | None
    by: LineMatchedBy


NO_LINE = LineMatch(None, LineMatchedBy.NONE)

Test = Callable[[PaidLine, BilledLine], bool]


def _code(paid: PaidLine, billed: BilledLine) -> bool:
    return paid.billed_code == billed.code


def _modifiers(paid: PaidLine, billed: BilledLine) -> bool:
    return sorted(paid.modifiers) == sorted(billed.modifiers)


def _charge(paid: PaidLine, billed: BilledLine) -> bool:
    return abs(paid.charge) == billed.charge


def _date(paid: PaidLine, billed: BilledLine) -> bool:
    return paid.service_date is None or paid.service_date == billed.service_date


# Surest first. A modifier that the payer dropped must not keep a line from its match.
_LADDER: tuple[tuple[Test, ...], ...] = (
    (_code, _modifiers, _charge, _date),
    (_code, _charge, _date),
    (_code, _modifiers, _date),
    (_code, _charge),
    (_code, _date),
    (_code,),
    (_charge, _date),
)


def match_lines(paid: Sequence[PaidLine], billed: Sequence[BilledLine]) -> list[LineMatch]:
    """One match for each paid line, in order.

    6R matches may share a billed line (a payer that splits a line repeats its number).
    What 6R does not decide is matched by code, modifiers, charge and date from the surest
    to the least sure test, each billed line once, and only where a test leaves exactly one
    choice or equal choices in file order. One line left on each side belong together.
    Everything else answers no single line.
    """
    found: dict[int, LineMatch] = {}
    by_number = {line.control_number: line.id for line in billed if line.control_number}
    used: set[int] = set()
    for index, line in enumerate(paid):
        if line.control_number and line.control_number in by_number:
            billed_id = by_number[line.control_number]
            found[index] = LineMatch(billed_id, LineMatchedBy.CONTROL_NUMBER)
            used.add(billed_id)
    for tests in _LADDER:
        for index, line in enumerate(paid):
            if index in found:
                continue
            choices = [
                candidate
                for candidate in billed
                if candidate.id not in used and all(test(line, candidate) for test in tests)
            ]
            # Twins (same code, modifiers, charge, date) are interchangeable: file order.
            if len({(c.code, c.modifiers, c.charge, c.service_date) for c in choices}) == 1:
                found[index] = LineMatch(choices[0].id, LineMatchedBy.CODE)
                used.add(choices[0].id)
    left_paid = [index for index in range(len(paid)) if index not in found]
    left_billed = [line for line in billed if line.id not in used]
    if len(left_paid) == 1 and len(left_billed) == 1:
        found[left_paid[0]] = LineMatch(left_billed[0].id, LineMatchedBy.REMAINING)
    return [found.get(index, NO_LINE) for index in range(len(paid))]
