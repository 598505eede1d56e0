"""The list of all scrub rules. A rule that is not in `docs/claims.md` fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from claims.scrub.facts import ClaimFacts
from core.findings import Finding, Severity, sorted_findings
from core.money import ZERO


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule found something: where, what, what to do, and the money at stake."""

    path: str
    message: str
    fix: str
    at_stake: Decimal = ZERO


Check = Callable[[ClaimFacts], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. ERROR holds the claim, WARNING is shown and lets it go."""

    code: str
    severity: Severity
    title: str
    where: str
    """Its place in the 837P: loop and segment."""
    check: Check

    def findings(self, claim: ClaimFacts) -> Iterator[Finding]:
        """What the rule says about the claim."""
        for hit in self.check(claim):
            yield Finding(self.code, self.severity, hit.path, hit.message, hit.fix, hit.at_stake)


RULES: Final[dict[str, Rule]] = {}


def rule(
    code: str, title: str, *, where: str, severity: Severity = Severity.ERROR
) -> Callable[[Check], Check]:
    """Register a check under its code. Two rules of one name are a programming error."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two scrub rules are named {code}")
        RULES[code] = Rule(code, severity, title, where, check)
        return check

    return register


def scrub(claim: ClaimFacts) -> list[Finding]:
    """Everything the rules find, errors first."""
    return sorted_findings([finding for each in RULES.values() for finding in each.findings(claim)])
