"""Where something on a claim is fixed, for the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from claims.models import Claim
from core.access.models import User
from core.access.permissions import may


@dataclass(frozen=True, slots=True)
class FixLink:
    """What to open to fix a finding; without an address it says who does it."""

    label: str
    href: str = ""
    ask_payer: str = ""
    """Address that asks the payer about the coverage (a POST), when that helps."""


def address(name: str, *args: object, query: str = "") -> str:
    """An address, or nothing while its page is not installed."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


def fix_link(path: str, claim: Claim, user: User) -> FixLink:
    """The page on which this part of the claim is corrected."""
    area = path.split(".", 1)[0].split("[", 1)[0]
    if area in {"diagnoses", "lines", "coding"}:
        return coding_link(claim)
    if area == "coverage":
        coverage = claim.encounter.primary_coverage_id or claim.coverage_id
        ask = address("front_desk:verify", coverage) if may(user, "eligibility.check") else ""
        if may(user, "coverage.edit"):
            change = address("front_desk:change_coverage", coverage) or chart(claim)
            return FixLink("Change the coverage", change, ask)
        return FixLink("Open the chart", chart(claim), ask)
    if area in {"patient", "service_date"}:
        return FixLink("Open the patient's chart", chart(claim))
    if area in {"encounter", "claim", "original_reference"}:
        return FixLink("Authorization and referral", "#visit-details")
    if area in {"facility", "provider", "payer", "setup"}:
        return FixLink("Administrator sets this up")
    return FixLink("")


def chart(claim: Claim) -> str:
    """The patient's chart."""
    return address("front_desk:patient", claim.encounter.patient_id)


def coding_link(claim: Claim) -> FixLink:
    """The coding of the visit, for reading: only a coder changes it."""
    return FixLink("See the coding", address("coding:history", claim.encounter_id))
