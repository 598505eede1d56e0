"""Corrected claims: a new submission, the old one in the history."""

from __future__ import annotations

from decimal import Decimal

import pytest

import x12
from claims.enums import ClaimState, SubmissionEnd
from claims.models import Claim
from claims.services import (
    change_visit_details,
    create_corrected_submission,
    mark_adjudicated,
    submit_claims,
)
from claims.states import CLAIM
from core.errors import Refused
from encounters.models import Encounter
from tests.factories.claims import biller, code, coded, insured, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(spy):
    """A claim that its payer answered."""
    claim = queued(coded(lines=[("99213", (), "125.00"), ("87880", (), "30.00")]))
    submit_claims(gateway=spy)
    Claim.objects.filter(pk=claim.pk).update(payer_claim_number="PCN77")
    mark_adjudicated([claim.pk])
    claim.refresh_from_db()
    CLAIM.move(claim, ClaimState.DENIED)
    return claim


def correct(claim, **values):
    version = values.pop("version", None) or code(claim.encounter)
    return create_corrected_submission(
        claim_id=claim.pk, coding_version_id=version.pk, by=biller(), **values
    )


def test_correction_replaces_the_claim_under_the_payers_number(answered, spy):
    submission = correct(answered)

    first, second = answered.submissions.order_by("number")
    assert (first.is_current, first.end) == (False, SubmissionEnd.REPLACED)
    assert second == submission
    assert (second.frequency, second.original_reference) == ("7", "PCN77")
    assert second.control_number == f"{answered.number}-2"
    answered.refresh_from_db()
    assert answered.state == ClaimState.QUEUED

    submit_claims(gateway=spy)
    [row] = x12.read(spy.received[-1][1]).transactions[0].claims837.rows()
    assert (row.claim.frequency, row.claim.ref("F8")) == ("7", "PCN77")
    assert row.claim.lines[1].procedure.modifiers == ("QW",)


def test_correction_for_a_payer_without_replacements_is_refused(spy):
    claim = queued(coded(insured(policy={"accepts_frequency_7": False})))
    submit_claims(gateway=spy)
    mark_adjudicated([claim.pk])

    with pytest.raises(Refused) as refusal:
        correct(claim, original_reference="PCN1")

    assert refusal.value.code == "frequency-not-accepted"
    assert "new original" in str(refusal.value)
    assert claim.submissions.count() == 1


def test_correction_as_a_new_original_names_no_other_claim(answered):
    submission = correct(answered, frequency="1")

    assert (submission.frequency, submission.original_reference) == ("1", "")


def test_replacement_without_a_number_is_refused(answered):
    Claim.objects.filter(pk=answered.pk).update(payer_claim_number="")

    with pytest.raises(Refused) as refusal:
        correct(answered)

    assert refusal.value.code == "original-reference-missing"
    answered.refresh_from_db()
    assert answered.state == ClaimState.DENIED


def test_correction_before_the_answer_is_refused(spy):
    claim = queued()
    submit_claims(gateway=spy)

    with pytest.raises(Refused) as refusal:
        correct(claim)

    assert refusal.value.code == "not-answered"


def test_correction_with_the_coding_of_another_visit_is_refused(answered):
    other = code(coded())

    with pytest.raises(Refused, match="not of the visit"):
        correct(answered, version=other)

    assert answered.submissions.count() == 1


def test_correction_with_findings_is_held(answered):
    correct(answered, version=code(answered.encounter, diagnoses=["J99.99"]))

    answered.refresh_from_db()
    assert answered.state == ClaimState.HELD
    assert answered.total_charge == Decimal("155.00")


def test_visit_details_are_kept_with_the_visit(answered):
    change_visit_details(
        claim_id=answered.pk,
        by=biller(),
        prior_authorization=" A-1 ",
        referral_number="R1",
        referring_last_name="Marsh",
        referring_npi="1234567893",
    )

    encounter = Encounter.objects.get(pk=answered.encounter_id)
    assert (encounter.prior_authorization, encounter.referring_npi) == ("A-1", "1234567893")


@pytest.mark.parametrize(
    ("values", "code_"),
    [
        ({"referring_npi": "1234567890"}, "npi-invalid"),
        ({"referral_number": "R1"}, "referring-provider-missing"),
    ],
)
def test_visit_details_that_no_payer_takes_are_refused(answered, values, code_):
    with pytest.raises(Refused) as refusal:
        change_visit_details(claim_id=answered.pk, by=biller(), **values)

    assert refusal.value.code == code_
    assert Encounter.objects.get(pk=answered.encounter_id).referral_number == ""
