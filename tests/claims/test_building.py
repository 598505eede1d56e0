"""Coded visits become claims."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services import build_claims
from coding.models import CodingVersion
from core import clock
from core.audit.models import AuditEvent
from encounters.enums import EncounterStatus
from tests.any_state import put
from tests.factories import PayerPolicyFactory
from tests.factories.claims import biller, coded, insured

pytestmark = pytest.mark.django_db


def test_build_makes_a_claim_with_its_submission_and_lines():
    encounter, user = coded(), biller()

    result = build_claims(by=user)

    claim = Claim.objects.get()
    assert result.claim_ids == [claim.pk]
    assert (result.encounters, result.problems) == (1, {})
    assert claim.number[0] == "C"
    assert len(claim.number) == 9
    assert (claim.encounter, claim.state, claim.part) == (encounter, ClaimState.DRAFT, 1)
    assert claim.total_charge == Decimal("155.00")
    assert claim.coverage == encounter.primary_coverage
    submission = claim.submissions.get()
    assert submission.control_number == f"{claim.number}-1"
    assert (submission.frequency, submission.is_current) == ("1", True)
    assert submission.coding_version == CodingVersion.objects.get()
    assert [
        (line.position, line.control_number, line.code, line.modifiers, line.charge)
        for line in submission.lines.all()
    ] == [
        (1, f"{claim.number}-1-1", "99213", [], Decimal("125.00")),
        (2, f"{claim.number}-1-2", "87880", ["QW"], Decimal("30.00")),
    ]
    event = AuditEvent.objects.get(action="claim.built")
    assert (event.actor, event.subject_id, event.patient_id) == (
        user,
        claim.pk,
        encounter.patient_id,
    )


def test_build_again_changes_nothing():
    coded()
    build_claims(by=None)

    again = build_claims(by=None)

    assert again.claim_ids == []
    assert Claim.objects.count() == Submission.objects.count() == 1


def test_build_gives_a_self_pay_visit_no_claim():
    coded(primary_coverage=None)

    result = build_claims(by=None)

    assert (result.claim_ids, result.self_pay) == ([], 1)
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"status": EncounterStatus.CODING},
        {"on_hold_since": timezone.make_aware(datetime(2026, 1, 5)), "hold_reason": "Ask"},
    ],
)
def test_build_leaves_a_visit_that_is_not_ready(values):
    encounter = coded()
    put(type(encounter).objects.filter(pk=encounter.pk), **values)

    assert build_claims(by=None).claim_ids == []


def test_build_splits_a_visit_at_fifty_lines():
    lines = [("99213", (), "10.00")] * 101

    build_claims(encounter_ids=[coded(lines=lines).pk], by=None)

    claims = Claim.objects.order_by("part")
    assert [
        (one.part, one.submissions.get().lines.count(), one.total_charge) for one in claims
    ] == [
        (1, 50, Decimal("500.00")),
        (2, 50, Decimal("500.00")),
        (3, 1, Decimal("10.00")),
    ]
    last = claims[2].submissions.get().lines.get()
    assert (last.position, last.charge_line.position) == (1, 101)
    assert len({one.number for one in claims}) == 3


def test_build_takes_the_filing_limit_of_the_policy_of_the_day():
    day = date(2026, 3, 1)
    coverage = insured(policy={"timely_filing_days": 90, "effective_to": date(2026, 2, 28)})
    PayerPolicyFactory(
        payer=coverage.payer, effective_from=date(2026, 3, 1), timely_filing_days=120
    )
    build_claims(encounter_ids=[coded(coverage, service_date=day).pk], by=None)

    assert Claim.objects.get().filing_deadline == day + timedelta(days=120)


def test_build_names_a_visit_whose_payer_has_no_rules():
    coverage = insured()
    coverage.payer.policies.all().delete()
    encounter = coded(coverage)

    result = build_claims(by=None)

    assert list(result.problems) == [encounter.number]
    assert coverage.payer.name in result.problems[encounter.number]
    assert "Administrator" in result.problems[encounter.number]
    assert not Claim.objects.exists()


def test_build_needs_the_same_number_of_queries_for_many(django_assert_max_num_queries):
    for _ in range(12):
        coded()
    with django_assert_max_num_queries(18):
        result = build_claims(by=None)
    assert len(result.claim_ids) == 12
    assert clock.today() - Claim.objects.first().service_date == timedelta(days=2)
