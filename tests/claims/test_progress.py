"""A sweep that is handed the same claims again ends with an error; it never runs forever."""

from __future__ import annotations

import pytest

from claims.enums import ClaimState
from claims.models import Claim
from claims.services import (
    acknowledging,
    batch_queued,
    batching,
    mark_sent,
    process_acknowledgements,
    submit_claims,
    submitting,
)
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.progress import NoProgress, Progress
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories import TransmissionFactory
from tests.factories.claims import queued

pytestmark = pytest.mark.django_db


def test_loop_goes_on_while_each_turn_brings_something_new():
    progress = Progress("Sweeping")
    progress.check([1, 2])
    progress.check([2, 3])
    with pytest.raises(NoProgress, match=r"Sweeping: the same 2 row\(s\)"):
        progress.check([1, 3])


def test_batching_that_takes_claims_in_a_file_again_ends(monkeypatch):
    queued()
    monkeypatch.setattr(
        batching, "_take", lambda: list(Claim.objects.filter(state=ClaimState.QUEUED))
    )
    with pytest.raises(NoProgress, match="Batching"):
        batch_queued()


def test_batching_that_writes_no_file_ends(monkeypatch):
    queued()
    monkeypatch.setattr(batching, "_write_file", lambda submissions, result: None)
    with pytest.raises(NoProgress, match="Batching"):
        batch_queued()


def test_noting_sent_claims_that_moves_none_ends(monkeypatch):
    queued()
    monkeypatch.setattr(submitting, "mark_locked", lambda claims: None)
    with pytest.raises(NoProgress, match="Noting"):
        submit_claims(gateway=FakeGateway())
    monkeypatch.undo()
    assert mark_sent() == 1


def test_reading_acknowledgements_that_leaves_a_file_as_it_was_ends(monkeypatch):
    TransmissionFactory(
        direction=Direction.INBOUND,
        kind=FileKind.FUNCTIONAL_ACK,
        state=TransmissionState.RECEIVED,
    )
    monkeypatch.setattr(acknowledging, "_process", lambda file, result: None)
    with pytest.raises(NoProgress, match="acknowledgements"):
        process_acknowledgements()
