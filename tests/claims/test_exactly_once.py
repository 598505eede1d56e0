"""Several workers at once, and workers that die: every claim leaves exactly once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services import submit_claims
from rcm import x12
from rcm.clearinghouse.models import Transmission
from tests.clearinghouse.fakes import FakeGateway
from tests.factories.claims import queued

pytestmark = pytest.mark.django_db(transaction=True)


def claims_received(gateway: FakeGateway) -> Counter[str]:
    """How often each CLM01 arrived at the other side, counting a repeated file once."""
    found: Counter[str] = Counter()
    for data in dict(gateway.received).values():
        for transaction in x12.read(data).transactions:
            found.update(
                row.claim.patient_control_number for row in transaction.claims837.rows()
            )
    return found


def test_submit_in_four_workers_at_once_sends_each_claim_once():
    for _ in range(8):
        queued()
    gateway = FakeGateway(on_send=lambda name, content: time.sleep(0.02))
    start = threading.Barrier(4)

    def work() -> int:
        try:
            start.wait(5)
            return sum(submit_claims(gateway=gateway).marked for _ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        marked = sum(pool.map(lambda _: work(), range(4)))

    expected = {one.control_number: 1 for one in Submission.objects.all()}
    assert claims_received(gateway) == expected
    assert len(expected) == 8
    assert len({name for name, _ in gateway.received}) == len(gateway.received)
    assert marked == 8
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.SENT}


@pytest.mark.parametrize(
    "moment",
    [
        "claims.services.batching.store_outbound",
        "claims.services.batching._enter",
        "claims.services.submitting.send_pending",
        "claims.services.submitting.mark_sent",
        "claims.services.submitting.mark_locked",
    ],
)
def test_submit_killed_at_any_step_is_finished_by_the_next_turn(moment, monkeypatch):
    for _ in range(3):
        queued()
    gateway = FakeGateway()
    with monkeypatch.context() as patch:
        patch.setattr(moment, _die)
        with pytest.raises(SystemError):
            submit_claims(gateway=gateway)

    submit_claims(gateway=gateway)
    submit_claims(gateway=gateway)

    assert claims_received(gateway) == {one.control_number: 1 for one in Submission.objects.all()}
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.SENT}
    assert Transmission.objects.count() == 1


def _die(*args: object, **kwargs: object) -> None:
    raise SystemError("killed")
