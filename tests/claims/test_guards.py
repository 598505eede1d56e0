"""What the database itself refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from claims.models import Acknowledgement, Claim, ClaimLine, Submission
from claims.services import batch_queued
from core.clearinghouse.models import Transmission
from tests.factories.claims import built, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def batched():
    """A submission that is in a file."""
    claim = queued()
    batch_queued()
    return claim.submissions.get()


@pytest.mark.parametrize(
    "values",
    [
        {"total_charge": Decimal(1)},
        {"segment_first": 5},
        {"transmission": None},
        {"frequency": "8", "original_reference": "X"},
        {"control_number": "C1-9"},
    ],
)
def test_submission_in_a_file_never_changes(batched, values):
    with pytest.raises(DatabaseError, match="new submission"), transaction.atomic():
        Submission.objects.filter(pk=batched.pk).update(**values)


def test_lines_in_a_file_never_change(batched):
    lines = ClaimLine.objects.filter(submission=batched)
    with pytest.raises(DatabaseError, match="is in a file"), transaction.atomic():
        lines.update(charge=Decimal(1))
    with pytest.raises(DatabaseError, match="is in a file"), transaction.atomic():
        lines.delete()
    assert lines.count() == 2


def test_acknowledgement_is_kept(batched):
    row = Acknowledgement.objects.create(
        submission=batched,
        transmission=Transmission.objects.get(),
        kind="277CA",
        accepted=True,
        category_code="A2",
        message="Accepted.",
    )
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        Acknowledgement.objects.filter(pk=row.pk).update(accepted=False)


def test_claim_has_one_current_submission():
    claim = built()
    before = claim.submissions.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(
            claim=claim,
            number=2,
            control_number="X-2",
            coding_version=before.coding_version,
            coverage=before.coverage,
            total_charge=before.total_charge,
        )


def test_sent_submission_names_its_file():
    claim = built()
    with pytest.raises(IntegrityError), transaction.atomic():
        claim.submissions.update(sent_at=claim.created_at)


def test_visit_has_one_claim_of_a_kind_payer_and_part():
    copy = Claim.objects.get(pk=built().pk)
    copy.pk, copy.number = None, "C99999998"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
