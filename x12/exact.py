"""Sums of amounts that are never rounded.

Python's own sums of ``Decimal`` keep 28 digits (or whatever the calling program has set), and two
amounts of 18 digits, one of them behind the point, need 36: a sum that does not hold would look as
if it did.  Amounts are at most 63 characters long (:mod:`x12.scalars`), so that 400 digits are
room for any file.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Final

ZERO: Final = Decimal(0)

_EXACT: Final = Context(prec=400)

add: Final = _EXACT.add
"""``add(a, b)``: a + b."""

subtract: Final = _EXACT.subtract
"""``subtract(a, b)``: a - b."""


def total(amounts: Iterable[Decimal]) -> Decimal:
    """All of them together; ``NaN`` when one is unreadable."""
    found = ZERO
    for amount in amounts:
        found = add(found, amount)
    return found
