"""What a coding edit or a scrub rule has to say. Pure Python, no Django.

Rules are pure functions that return findings; nothing is raised and nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.money import ZERO


class Severity(StrEnum):
    """ERROR stops the work, WARNING asks a person for a decision."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """0 for the most serious, for sorting."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful.

    `code` is the rule's stable name (`modifier-25-missing`), `path` the place in the form or
    the claim (`lines[1].modifiers`), counted from 1 as people count. `message` says what is
    wrong, `fix` what to do next, both in plain words and without patient data. `at_stake` is
    the money in US dollars that is lost when it is left as it is: expected payment with the
    fix minus expected payment without; zero when it has no price.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str
    at_stake: Decimal = ZERO

    @property
    def is_error(self) -> bool:
        """Whether it stops the work."""
        return self.severity is Severity.ERROR


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by the money at stake, then by place."""
    return sorted(findings, key=lambda one: (one.severity.rank, -one.at_stake, one.path))
