"""What a payer remembers of earlier claims, and what counts as the same service again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Protocol

DISTINCT = frozenset(
    {
        "26",
        "50",
        "59",
        "62",
        "76",
        "77",
        "78",
        "79",
        "80",
        "82",
        "91",
        "AS",
        "LT",
        "RT",
        "TC",
        "XE",
        "XP",
        "XS",
        "XU",
        "E1",
        "E2",
        "E3",
        "E4",
        "FA",
        "TA",
        *(f"F{n}" for n in range(1, 10)),
        *(f"T{n}" for n in range(1, 10)),
    }
)
"""Modifiers that make a second line of the same code another service."""


def duplicate_key(code: str, modifiers: tuple[str, ...]) -> str:
    """The same key on the same day = the same service. QW or 25 make nothing distinct."""
    return ":".join([code, *sorted(DISTINCT.intersection(modifiers))])


class Memory(Protocol):
    """The questions that adjudication asks about a payer's earlier decisions."""

    def is_duplicate(
        self, payer: str, member: str, npi: str, day: dt.date, key: str, ignore: str
    ) -> bool:
        """Whether another claim (not `ignore`) has this service already."""

    def deductible_used(self, payer: str, member: str, year: int) -> Decimal:
        """What claims of this year have taken from the deductible."""

    def in_global_period(
        self, payer: str, member: str, npi: str, day: dt.date, ignore: str
    ) -> bool:
        """Whether an earlier procedure's package still covers visits on this day."""
