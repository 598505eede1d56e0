"""Our 837P before an independent judge (pyx12), and before our own full validation."""

from __future__ import annotations

import pytest

import x12
from claims.models import Claim
from claims.services import create_corrected_submission, mark_adjudicated, submit_claims
from tests.factories.claims import biller, code, coded, insured, queued
from tests.simulator.sandbox.test_judges import judged

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def test_file_with_every_kind_of_claim_stands_before_the_judges(spy):
    first = queued()
    submit_claims(gateway=spy)
    Claim.objects.filter(pk=first.pk).update(payer_claim_number="PCN77")
    mark_adjudicated([first.pk])
    version = code(first.encounter, lines=[("99214", ("25",), "180.00")])
    create_corrected_submission(claim_id=first.pk, coding_version_id=version.pk, by=biller())
    queued(
        coded(
            insured(
                relationship="19",
                subscriber_last_name="O'Neil *Sr",
                group_number="",
                subscriber_first_name="Bo",
                subscriber_birth_date="1970-05-05",
                plan_name="Gold ~ 500: a plan",
            )
        )
    )
    queued(
        coded(
            insured(),
            diagnoses=["J02.9", "R05.9"],
            prior_authorization="AUTH7",
            referral_number="REF9",
            referring_last_name="Marsh",
            referring_first_name="Ida",
            referring_npi="1234567893",
        )
    )
    submit_claims(gateway=spy)

    content = spy.received[-1][1]

    assert judged(content) == []
    document = x12.read(content)
    assert document.errors == []
    assert len(list(document.transactions[0].claims837.rows())) == 3
