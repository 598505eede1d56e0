"""The scrub rules: pure, each one known to fire and to keep quiet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from claims.scrub import RULES, ClaimFacts, scrub
from claims.scrub.facts import (
    CoverageFact,
    EarlierService,
    FacilityFact,
    LineFact,
    PayerFact,
    PersonFact,
    PolicyFact,
    ProviderFact,
)
from core.findings import Severity

TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 20)


def line(position: int = 1, code: str = "99213", **values: Any) -> LineFact:
    fields: dict[str, Any] = {
        "modifiers": (),
        "units": 1,
        "charge": Decimal("125.00"),
        "pointers": (1,),
        "service_date": DAY,
        "place_of_service": "11",
    } | values
    return LineFact(position, code, **fields)


GOOD = ClaimFacts(
    number="C00000001-1",
    today=TODAY,
    service_date=DAY,
    filing_deadline=DAY + timedelta(days=180),
    frequency="1",
    original_reference="",
    total_charge=Decimal("155.00"),
    patient=PersonFact(
        "Quist", "Ada", date(1980, 2, 1), "F", "5 Main St", "Springfield", "IL", "62704"
    ),
    coverage=CoverageFact(
        "W123456700", "BHP4400", "18", "", "", None, date(2020, 1, 1), None, "active"
    ),
    payer=PayerFact(
        "Beacon Health Plan",
        "commercial",
        "BEACN",
        "CI",
        True,
        PolicyFact(180, 180, True, True, frozenset({"70551"})),
    ),
    provider=ProviderFact("Okafor", "Grace", "1234567893", "207Q00000X"),
    facility=FacilityFact(
        "Clinic",
        "1234567893",
        "261QP2300X",
        "371234567",
        "22 Clinic Way",
        "Springfield",
        "IL",
        "627010001",
        "14D1234567",
    ),
    diagnoses=("J02.9",),
    lines=(line(), line(2, "87880", modifiers=("QW",), charge=Decimal("30.00"), needs_clia=True)),
)


def with_(part: str, **values: Any) -> ClaimFacts:
    """The good claim with some fields of one of its parts changed."""
    return replace(GOOD, **{part: replace(getattr(GOOD, part), **values)})


def policy(**values: Any) -> ClaimFacts:
    assert GOOD.payer.policy is not None
    return with_("payer", policy=replace(GOOD.payer.policy, **values))


def first_line(**values) -> ClaimFacts:
    return replace(GOOD, lines=(replace(GOOD.lines[0], **values), GOOD.lines[1]))


CORRECTION = replace(
    GOOD,
    number="C00000001-2",
    frequency="7",
    original_reference="PCN1",
    answered_on=date(2026, 11, 1),
)
EARLIER = EarlierService("C00000009", "99213", (), DAY)

# Each rule, and claims on which it must speak, each with the path it must name.
CASES: list[tuple[str, ClaimFacts, str]] = [
    ("patient-name-missing", with_("patient", first_name=" "), "patient.name"),
    ("patient-birth-date", with_("patient", birth_date=None), "patient.birth_date"),
    (
        "patient-birth-date",
        with_("patient", birth_date=DAY + timedelta(days=1)),
        "patient.birth_date",
    ),
    ("patient-birth-date", with_("patient", birth_date=date(1890, 1, 1)), "patient.birth_date"),
    ("patient-sex-missing", with_("patient", sex=""), "patient.sex"),
    ("patient-address", with_("patient", zip_code="627"), "patient.address"),
    ("patient-address", with_("patient", state="XX"), "patient.address"),
    ("subscriber-number", with_("coverage", subscriber_number="?"), "coverage.subscriber_number"),
    (
        "medicare-number",
        replace(GOOD, payer=replace(GOOD.payer, filing_indicator="MB")),
        "coverage.subscriber_number",
    ),
    ("subscriber-incomplete", with_("coverage", relationship="19"), "coverage.subscriber"),
    (
        "medicare-dependent",
        replace(
            with_(
                "coverage",
                relationship="01",
                subscriber_last_name="Quist",
                subscriber_first_name="Bo",
                subscriber_birth_date=date(1970, 1, 1),
            ),
            payer=replace(GOOD.payer, kind="medicare"),
        ),
        "coverage.relationship",
    ),
    ("eligibility-inactive", with_("coverage", eligibility="inactive"), "coverage.eligibility"),
    ("eligibility-inactive", with_("coverage", eligibility="not_found"), "coverage.eligibility"),
    ("eligibility-unknown", with_("coverage", eligibility=""), "coverage.eligibility"),
    ("eligibility-unknown", with_("coverage", eligibility="unknown"), "coverage.eligibility"),
    ("payer-id-missing", with_("payer", claim_payer_id=""), "payer"),
    ("payer-id-missing", with_("payer", is_active=False), "payer"),
    ("payer-policy-missing", with_("payer", policy=None), "payer.policy"),
    ("rendering-npi", with_("provider", npi="1234567890"), "provider.npi"),
    ("billing-npi", with_("facility", npi="123456789"), "facility.npi"),
    ("billing-zip", with_("facility", zip_code="62701"), "facility.zip_code"),
    ("billing-zip", with_("facility", zip_code="627010000"), "facility.zip_code"),
    ("billing-address", with_("facility", address="P.O. Box 12"), "facility.address"),
    ("billing-tax-id", with_("facility", tax_id="37-1234567"), "facility.tax_id"),
    ("taxonomy-missing", with_("facility", taxonomy=""), "facility.taxonomy"),
    ("taxonomy-missing", with_("provider", taxonomy="207Q"), "provider.taxonomy"),
    ("clia-missing", with_("facility", clia_number=""), "facility.clia_number"),
    (
        "referral-without-provider",
        replace(GOOD, referral_number="R1"),
        "encounter.referring_provider",
    ),
    (
        "referral-without-provider",
        replace(
            GOOD, referral_number="R1", referring_last_name="Marsh", referring_npi="1234567890"
        ),
        "encounter.referring_provider",
    ),
    (
        "service-date-future",
        first_line(service_date=TODAY + timedelta(days=1)),
        "lines[1].service_date",
    ),
    ("service-before-birth", with_("patient", birth_date=DAY + timedelta(days=2)), "service_date"),
    (
        "coverage-not-yet",
        with_("coverage", effective_from=DAY + timedelta(days=1)),
        "coverage.effective_from",
    ),
    (
        "coverage-ended",
        with_("coverage", effective_to=DAY - timedelta(days=1)),
        "coverage.effective_to",
    ),
    (
        "filing-limit-passed",
        replace(GOOD, filing_deadline=TODAY - timedelta(days=1)),
        "filing_deadline",
    ),
    (
        "filing-limit-close",
        replace(GOOD, filing_deadline=TODAY + timedelta(days=14)),
        "filing_deadline",
    ),
    ("filing-limit-close", replace(GOOD, filing_deadline=TODAY), "filing_deadline"),
    (
        "correction-limit-passed",
        replace(CORRECTION, answered_on=TODAY - timedelta(days=181)),
        "frequency",
    ),
    ("diagnosis-none", replace(GOOD, diagnoses=()), "diagnoses"),
    (
        "diagnosis-limit",
        replace(GOOD, diagnoses=tuple(f"J{n:02d}.9" for n in range(13))),
        "diagnoses",
    ),
    ("diagnosis-limit", replace(GOOD, diagnoses=("J02.9", "J02.9")), "diagnoses"),
    ("diagnosis-form", replace(GOOD, diagnoses=("029.J",)), "diagnoses[1]"),
    ("line-none", replace(GOOD, lines=(), total_charge=Decimal(0)), "lines"),
    ("line-limit", replace(GOOD, lines=tuple(line(n) for n in range(1, 52))), "lines"),
    ("procedure-form", first_line(code="992"), "lines[1].code"),
    ("pointer-invalid", first_line(pointers=()), "lines[1].pointers"),
    ("pointer-invalid", first_line(pointers=(2,)), "lines[1].pointers"),
    (
        "pointer-invalid",
        replace(
            GOOD,
            diagnoses=tuple(f"J{n:02d}.9" for n in range(5)),
            lines=(line(pointers=(1, 2, 3, 4, 5)), GOOD.lines[1]),
        ),
        "lines[1].pointers",
    ),
    ("modifier-form", first_line(modifiers=("2",)), "lines[1].modifiers"),
    ("modifier-form", first_line(modifiers=("25", "59", "76", "77", "RT")), "lines[1].modifiers"),
    ("charge-not-positive", first_line(charge=Decimal(0)), "lines[1].charge"),
    ("charge-not-positive", first_line(units=0), "lines[1].charge"),
    ("charge-sum", replace(GOOD, total_charge=Decimal("155.01")), "total_charge"),
    ("place-of-service", first_line(place_of_service=""), "lines[1].place_of_service"),
    ("line-twice", replace(GOOD, lines=(line(), line(2)), total_charge=Decimal(250)), "lines[2]"),
    ("duplicate-service", replace(GOOD, earlier=(EARLIER,)), "lines[1]"),
    (
        "frequency-not-accepted",
        replace(policy(accepts_frequency_7=False), frequency="7", original_reference="PCN1"),
        "frequency",
    ),
    (
        "original-reference-missing",
        replace(CORRECTION, original_reference=" "),
        "original_reference",
    ),
    ("authorization-missing", first_line(code="70551"), "encounter.prior_authorization"),
    (
        "authorization-asked",
        with_("coverage", authorization_asked=True),
        "encounter.prior_authorization",
    ),
]


def test_scrub_of_a_good_claim_finds_nothing():
    assert scrub(GOOD) == []
    assert scrub(CORRECTION) == []


@pytest.mark.parametrize(
    ("code", "claim", "path"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_scrub_rule_speaks(code, claim, path):
    found = [finding for finding in scrub(claim) if finding.code == code]

    assert [finding.path for finding in found] == [path]
    assert found[0].message.endswith((".", "!"))
    assert len(found[0].fix) > 10
    assert found[0].severity is RULES[code].severity


def test_every_rule_has_a_case_on_which_it_speaks():
    assert {code for code, _, _ in CASES} == set(RULES)


@pytest.mark.parametrize(
    "claim",
    [
        replace(GOOD, earlier=(replace(EARLIER, modifiers=("76",)),)),
        replace(GOOD, earlier=(replace(EARLIER, service_date=DAY - timedelta(days=1)),)),
        replace(first_line(modifiers=("76",)), earlier=(EARLIER,)),
        replace(GOOD, lines=(line(), line(2, modifiers=("76",))), total_charge=Decimal(250)),
        replace(first_line(code="70551"), prior_authorization="AUTH1"),
        replace(GOOD, referral_number="R1", referring_last_name="M", referring_npi="1234567893"),
        replace(CORRECTION, filing_deadline=DAY),
        replace(
            with_("coverage", subscriber_number="1EG4-TE5-MK73"),
            payer=replace(GOOD.payer, filing_indicator="MB", kind="medicare"),
        ),
        with_(
            "coverage",
            relationship="19",
            subscriber_last_name="Quist",
            subscriber_first_name="Bo",
            subscriber_birth_date=date(1970, 1, 1),
        ),
        policy(wants_taxonomy=True),
        replace(policy(wants_taxonomy=False), provider=replace(GOOD.provider, taxonomy="")),
    ],
)
def test_scrub_keeps_quiet_where_nothing_is_wrong(claim):
    assert scrub(claim) == []


def test_findings_name_no_patient():
    names = re.compile(r"Quist|Ada|1980|W1234567")
    for _, claim, _ in CASES:
        for finding in scrub(claim):
            assert not names.search(finding.message + finding.fix), finding


def test_errors_come_before_warnings():
    found = scrub(replace(with_("coverage", eligibility=""), total_charge=Decimal(1)))

    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING]


def test_every_scrub_rule_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "claims.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \|", text, re.MULTILINE))
    known = {rule.code: rule.severity.value for rule in RULES.values()}

    assert rows == known | {"cannot-be-written": "error"}
