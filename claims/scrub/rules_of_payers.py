"""Rules that differ by payer: corrected claims, authorizations."""

from __future__ import annotations

from collections.abc import Iterator

from claims.scrub.facts import ClaimFacts
from claims.scrub.registry import Hit, rule
from core.findings import Severity
from core.money import total


@rule("frequency-not-accepted", "The payer takes frequency 7 and 8", where="2300 CLM05-3")
def _frequency(claim: ClaimFacts) -> Iterator[Hit]:
    policy = claim.payer.policy
    if claim.frequency in {"7", "8"} and policy is not None and not policy.accepts_frequency_7:
        yield Hit(
            "frequency",
            f"{claim.payer.name} does not take replacements (frequency {claim.frequency}).",
            "Send the corrected claim as a new original (frequency 1).",
            claim.total_charge,
        )


@rule(
    "original-reference-missing", "A replacement names the claim it replaces", where="2300 REF*F8"
)
def _reference(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.frequency in {"7", "8"} and not claim.original_reference.strip():
        yield Hit(
            "original_reference",
            "The corrected claim does not name the payer's claim number of the original.",
            "Take the number from the remittance (CLP07) or the 277CA, and correct it again.",
        )


@rule(
    "authorization-missing",
    "Services that need it carry a prior authorization",
    where="2300 REF*G1",
    severity=Severity.WARNING,
)
def _authorization(claim: ClaimFacts) -> Iterator[Hit]:
    policy = claim.payer.policy
    if policy is None or claim.prior_authorization.strip():
        return
    lines = [line for line in claim.lines if line.code in policy.authorization_codes]
    if lines:
        yield Hit(
            "encounter.prior_authorization",
            f"{claim.payer.name} wants a prior authorization for "
            f"{', '.join(line.code for line in lines)}, and the visit has none.",
            "Add the number below; without it the line is denied (CO-197).",
            total(line.charge for line in lines),
        )


@rule(
    "authorization-asked",
    "The eligibility answer asked for no authorization",
    where="271 EB11",
    severity=Severity.WARNING,
)
def _asked(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.coverage.authorization_asked and not claim.prior_authorization.strip():
        yield Hit(
            "encounter.prior_authorization",
            "The payer's eligibility answer says that a service of this visit's kind may need an "
            "authorization, and the visit has none.",
            "Ask the payer, and add the number below when there is one.",
        )
