"""What callers hand in to deepen validation: code sets (SNIP 5) and payer rules (SNIP 7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from x12.errors import Snip
from x12.rules.problems import Problem

Lookup = Callable[[str, dt.date | None], bool]
"""Whether this code is valid on this date (the date of service, when it is known)."""

PayerRule = Callable[[Any], Sequence[Problem]]
"""Gets a ClaimRow, a ClaimPayment, ...; returns what is wrong with it."""


@dataclass(slots=True)
class Checks:
    """How deep to look. ``Checks()`` looks at SNIP 1 to 5 with what the codec knows itself."""

    levels: frozenset[Snip] = frozenset(
        {Snip.INTEGRITY, Snip.GUIDE, Snip.BALANCE, Snip.SITUATION, Snip.CODE_SET}
    )
    icd10: Lookup | None = None
    hcpcs: Lookup | None = None
    """CPT and HCPCS codes."""
    modifier: Lookup | None = None
    place_of_service: Lookup | None = None
    """Used instead of the built-in list."""
    taxonomy: Lookup | None = None
    carc: Lookup | None = None
    rarc: Lookup | None = None
    revenue: Lookup | None = None
    payer_rules: Sequence[PayerRule] = field(default_factory=tuple)
    strict: bool = False
    """Whether an NPI with a wrong check digit, a diagnosis pointer to nothing, a ZIP code without
    its +4, an unknown place of service or state is a reason to refuse, and not only told."""


SYNTAX_ONLY = Checks(levels=frozenset({Snip.INTEGRITY, Snip.GUIDE}))
UP_TO_BALANCE = Checks(levels=frozenset({Snip.INTEGRITY, Snip.GUIDE, Snip.BALANCE}))


def npi_is_valid(npi: str) -> bool:
    """Ten digits, first 1 or 2, and the Luhn check digit over ``80840`` + NPI (45 CFR 162.406)."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit() or npi[0] not in "12":
        return False
    total = 24  # what the prefix 80840 adds
    for index, digit in enumerate(npi):
        value = int(digit)
        if index % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0
