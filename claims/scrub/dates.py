"""Rules about days: coverage, service, timely filing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from claims.scrub.facts import ClaimFacts
from claims.scrub.registry import Hit, rule
from core.findings import Severity

CLOSE_DAYS = 14
"""A filing limit nearer than this is worth a warning."""


@rule("service-date-future", "No service lies in the future", where="2400 DTP*472")
def _future(claim: ClaimFacts) -> Iterator[Hit]:
    for line in claim.lines:
        if line.service_date > claim.today:
            yield Hit(
                f"lines[{line.position}].service_date",
                f"{line.code} is dated {line.service_date:%b %-d, %Y}, which is still to come.",
                "Correct the date of the visit, or wait until it has happened.",
            )


@rule("service-before-birth", "No service lies before the patient's birth", where="2400 DTP*472")
def _before_birth(claim: ClaimFacts) -> Iterator[Hit]:
    born = claim.patient.birth_date
    if born and any(line.service_date < born for line in claim.lines):
        yield Hit(
            "service_date",
            "A service is dated before the patient was born.",
            "Front desk: compare the birth date and the date of the visit.",
        )


@rule("coverage-not-yet", "The coverage had begun on the day", where="2000B")
def _not_yet(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.coverage.effective_from > claim.service_date:
        yield Hit(
            "coverage.effective_from",
            f"The coverage begins on {claim.coverage.effective_from:%b %-d, %Y}, after the visit.",
            "Bill the insurance of that day, or correct the coverage's first day.",
            claim.total_charge,
        )


@rule("coverage-ended", "The coverage had not ended on the day", where="2000B")
def _ended(claim: ClaimFacts) -> Iterator[Hit]:
    end = claim.coverage.effective_to
    if end is not None and end < claim.service_date:
        yield Hit(
            "coverage.effective_to",
            f"The coverage ended on {end:%b %-d, %Y}, before the visit.",
            "Front desk: find the insurance that was valid on the day of the visit.",
            claim.total_charge,
        )


@rule("filing-limit-passed", "The filing limit has not passed", where="payer policy")
def _passed(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.frequency != "1" or claim.answered_on is not None:
        return  # the limit for corrections has a rule of its own
    if claim.today > claim.filing_deadline:
        yield Hit(
            "filing_deadline",
            f"The last day on which {claim.payer.name} took this visit was "
            f"{claim.filing_deadline:%b %-d, %Y}.",
            "Find a 277CA that proves an earlier submission and appeal with it; the patient must "
            "not be billed for it.",
            claim.total_charge,
        )


@rule(
    "filing-limit-close",
    "The filing limit is not close",
    where="payer policy",
    severity=Severity.WARNING,
)
def _close(claim: ClaimFacts) -> Iterator[Hit]:
    days = (claim.filing_deadline - claim.today).days
    if claim.frequency == "1" and claim.answered_on is None and 0 <= days <= CLOSE_DAYS:
        when = "today is the last day" if days == 0 else f"{days} days are left"
        yield Hit(
            "filing_deadline",
            f"The filing limit is near: {when} (until {claim.filing_deadline:%b %-d, %Y}).",
            "Send it today.",
            claim.total_charge,
        )


@rule(
    "correction-limit-passed", "A corrected claim is sent in the payer's time", where="2300 CLM05-3"
)
def _correction(claim: ClaimFacts) -> Iterator[Hit]:
    policy = claim.payer.policy
    if policy is None or claim.answered_on is None:
        return
    last = claim.answered_on + timedelta(days=policy.corrected_claim_days)
    if claim.today > last:
        yield Hit(
            "frequency",
            f"{claim.payer.name} takes corrections until {policy.corrected_claim_days} days after "
            f"its answer: the last day was {last:%b %-d, %Y}.",
            "Appeal instead of sending a corrected claim.",
            claim.total_charge,
        )
