"""Rules about people and organisations: patient, subscriber, payer, providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import x12
from claims.scrub.facts import ClaimFacts
from claims.scrub.registry import Hit, rule
from core.findings import Severity
from core.money import total

STATES = frozenset(
    {
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "AS",
        "GU",
        "MP",
        "PR",
        "VI",
        "AA",
        "AE",
        "AP",
    }
)
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_CLIA = re.compile(r"\d{2}D\d{7}")
_ASK_DESK = "Front desk: complete it on the patient's chart."


@rule("patient-name-missing", "The patient has a last and a first name", where="2010BA/CA NM1")
def _patient_name(claim: ClaimFacts) -> Iterator[Hit]:
    if not claim.patient.last_name.strip() or not claim.patient.first_name.strip():
        yield Hit("patient.name", "The patient's name is not complete.", _ASK_DESK)


@rule(
    "patient-birth-date", "The birth date is there and not after the visit", where="2010BA/CA DMG02"
)
def _patient_birth(claim: ClaimFacts) -> Iterator[Hit]:
    born = claim.patient.birth_date
    if born is None or born > claim.service_date or claim.service_date.year - born.year > 125:
        yield Hit(
            "patient.birth_date",
            "The patient's birth date is missing or cannot be right for this visit.",
            "Front desk: correct the birth date on the chart; payers match it with the member ID.",
        )


@rule("patient-sex-missing", "The payer gets the patient's sex", where="2010BA/CA DMG03")
def _patient_sex(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.patient.sex not in {"F", "M", "U"}:
        yield Hit("patient.sex", "The patient's sex is not recorded.", _ASK_DESK)


@rule("patient-address", "The patient's address is complete", where="2010BA/CA N3, N4")
def _patient_address(claim: ClaimFacts) -> Iterator[Hit]:
    patient = claim.patient
    zip_code = re.sub(r"\D", "", patient.zip_code)
    missing = [
        name
        for name, good in (
            ("street", patient.address.strip()),
            ("city", patient.city.strip()),
            ("state", patient.state in STATES),
            ("ZIP code", len(zip_code) in (5, 9)),
        )
        if not good
    ]
    if missing:
        yield Hit(
            "patient.address",
            f"The patient's address has no valid {' and no valid '.join(missing)}.",
            _ASK_DESK,
        )


@rule("subscriber-number", "The member ID is there and can be one", where="2010BA NM109")
def _subscriber_number(claim: ClaimFacts) -> Iterator[Hit]:
    number = claim.coverage.subscriber_number.strip()
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z -]{1,79}", number):
        yield Hit(
            "coverage.subscriber_number",
            "The member ID is missing or holds characters that no payer uses.",
            "Front desk: copy it again from the insurance card, then check eligibility.",
        )


@rule("medicare-number", "A Medicare number has the form of an MBI", where="2010BA NM109")
def _medicare_number(claim: ClaimFacts) -> Iterator[Hit]:
    # CMS, "Understanding the Medicare Beneficiary Identifier (MBI) Format": no S, L, O, I, B, Z.
    letter, either = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
    shape = rf"[1-9]{letter}{either}\d{letter}{either}\d{letter}{letter}\d\d"
    number = claim.coverage.subscriber_number.replace("-", "").strip().upper()
    if claim.payer.filing_indicator == "MB" and not re.fullmatch(shape, number):
        yield Hit(
            "coverage.subscriber_number",
            "The member ID does not have the form of a Medicare number (MBI, eleven characters).",
            "Front desk: copy the number from the red, white and blue card.",
        )


@rule(
    "subscriber-incomplete",
    "A dependent's subscriber has name and birth date",
    where="2010BA NM1, DMG",
)
def _subscriber(claim: ClaimFacts) -> Iterator[Hit]:
    coverage = claim.coverage
    if coverage.is_dependent and not (
        coverage.subscriber_last_name.strip()
        and coverage.subscriber_first_name.strip()
        and coverage.subscriber_birth_date
    ):
        yield Hit(
            "coverage.subscriber",
            "The patient is insured through somebody else, whose name or birth date is missing.",
            "Front desk: add the subscriber's full name and birth date to the coverage.",
        )


@rule("medicare-dependent", "Medicare knows no dependents", where="2000B SBR02")
def _medicare_dependent(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.coverage.is_dependent and claim.payer.kind in {"medicare", "medicaid"}:
        yield Hit(
            "coverage.relationship",
            f"{claim.payer.name} insures each person under a number of their own; this patient is "
            "recorded as a dependent.",
            'Front desk: set the relationship to "Self" with the patient\'s own number.',
        )


@rule("eligibility-inactive", "The payer did not say that the plan is inactive", where="271 EB01")
def _eligibility(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.coverage.eligibility == "inactive":
        yield Hit(
            "coverage.eligibility",
            "The payer's latest eligibility answer says that this plan is not active.",
            "Ask the patient for the new insurance and change the coverage, or check again.",
            claim.total_charge,
        )
    elif claim.coverage.eligibility == "not_found":
        yield Hit(
            "coverage.eligibility",
            "The payer did not find this member at the latest eligibility check.",
            "Compare member ID, name and birth date with the card; check again before sending.",
            claim.total_charge,
        )


@rule(
    "eligibility-unknown",
    "Eligibility was answered at least once",
    where="270/271",
    severity=Severity.WARNING,
)
def _eligibility_unknown(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.coverage.eligibility in {"", "unknown", "pending"}:
        yield Hit(
            "coverage.eligibility",
            "Nobody knows whether this plan was active: there is no answer from the payer.",
            "Check eligibility for the day of the visit; it takes seconds.",
        )


@rule("payer-id-missing", "The payer has its claim ID", where="2010BB NM109")
def _payer_id(claim: ClaimFacts) -> Iterator[Hit]:
    if not claim.payer.claim_payer_id.strip() or not claim.payer.is_active:
        yield Hit(
            "payer",
            f"{claim.payer.name} has no payer ID for claims, or is no longer billed.",
            "Administrator: set the clearinghouse's payer ID, or choose the payer's successor.",
        )


@rule("payer-policy-missing", "The payer's rules for the day are known", where="payer policy")
def _policy(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.payer.policy is None:
        yield Hit(
            "payer.policy",
            f"No rules of {claim.payer.name} are recorded for the day of the visit.",
            "Administrator: add the payer's policy with its timely filing limit.",
        )


@rule("rendering-npi", "The rendering provider's NPI passes its check digit", where="2310B NM109")
def _rendering_npi(claim: ClaimFacts) -> Iterator[Hit]:
    if not x12.npi_is_valid(claim.provider.npi):
        yield Hit(
            "provider.npi",
            f"The NPI of {claim.provider.first_name} {claim.provider.last_name} is not valid: its "
            "check digit is wrong.",
            "Administrator: correct the provider record (look it up in the NPI registry).",
        )


@rule("billing-npi", "The clinic's NPI passes its check digit", where="2010AA NM109")
def _billing_npi(claim: ClaimFacts) -> Iterator[Hit]:
    if not x12.npi_is_valid(claim.facility.npi):
        yield Hit(
            "facility.npi",
            f"The NPI of {claim.facility.name} is not valid: its check digit is wrong.",
            "Administrator: correct the facility's NPI.",
        )


@rule("billing-zip", "The billing address has ZIP+4", where="2010AA N403")
def _billing_zip(claim: ClaimFacts) -> Iterator[Hit]:
    zip_code = claim.facility.zip_code
    if not re.fullmatch(r"\d{9}", zip_code) or zip_code.endswith("0000"):
        yield Hit(
            "facility.zip_code",
            f"The address of {claim.facility.name} needs the full nine-digit ZIP code.",
            "Administrator: look up the ZIP+4 of the address and save it with the facility.",
        )


@rule("billing-address", "The billing address is a street, not a post box", where="2010AA N3")
def _billing_address(claim: ClaimFacts) -> Iterator[Hit]:
    facility = claim.facility
    boxed = re.match(r"(?i)\s*(p\.?\s*o\.?\s*box|post office box)\b", facility.address)
    if boxed or not facility.address.strip() or not facility.city or facility.state not in STATES:
        yield Hit(
            "facility.address",
            f"The address of {facility.name} is not complete, or is a post office box, which the "
            "837 does not allow for the billing provider.",
            "Administrator: save the street address with the facility.",
        )


@rule("billing-tax-id", "The clinic's tax ID has nine digits", where="2010AA REF*EI")
def _tax_id(claim: ClaimFacts) -> Iterator[Hit]:
    if not re.fullmatch(r"\d{9}", claim.facility.tax_id):
        yield Hit(
            "facility.tax_id",
            f"The tax ID of {claim.facility.name} does not have nine digits.",
            "Administrator: enter it as it is on the enrollment, digits only.",
        )


@rule("taxonomy-missing", "Taxonomy codes where the payer wants them", where="2000A, 2310B PRV03")
def _taxonomy(claim: ClaimFacts) -> Iterator[Hit]:
    policy = claim.payer.policy
    if policy is None or not policy.wants_taxonomy:
        return
    for path, name, taxonomy in (
        ("facility.taxonomy", claim.facility.name, claim.facility.taxonomy),
        (
            "provider.taxonomy",
            f"{claim.provider.first_name} {claim.provider.last_name}",
            claim.provider.taxonomy,
        ),
    ):
        if not _TAXONOMY.fullmatch(taxonomy):
            yield Hit(
                path,
                f"{claim.payer.name} wants the taxonomy of {name}; it is missing or not ten "
                "characters long.",
                "Administrator: save the taxonomy code that the enrollment names.",
            )


@rule("clia-missing", "Laboratory tests carry the clinic's CLIA number", where="2300 REF*X4")
def _clia(claim: ClaimFacts) -> Iterator[Hit]:
    tests = [line for line in claim.lines if line.needs_clia]
    if tests and not _CLIA.fullmatch(claim.facility.clia_number):
        yield Hit(
            "facility.clia_number",
            f"{', '.join(line.code for line in tests)} is a laboratory test, and "
            f"{claim.facility.name} has no valid CLIA number.",
            "Administrator: save the number of the CLIA certificate (like 05D1234567).",
            total(line.charge for line in tests),
        )


@rule("referral-without-provider", "A referral names who referred", where="2310A NM1*DN")
def _referral(claim: ClaimFacts) -> Iterator[Hit]:
    if claim.referral_number and not (
        claim.referring_last_name and x12.npi_is_valid(claim.referring_npi)
    ):
        yield Hit(
            "encounter.referring_provider",
            "The visit has a referral number, but not the name and NPI of who referred.",
            "Add the referring provider below, or remove the referral number.",
        )
