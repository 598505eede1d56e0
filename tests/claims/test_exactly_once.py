"""Several workers at once, and workers that die: every claim leaves exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

import x12
from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services import process_acknowledgements, submit_claims
from core import clock
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import receive_files
from core.clearinghouse.services.outbound import LEASE
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories import PayerFactory, PayerPolicyFactory
from tests.factories.claims import coded, insured, queued
from tests.factories.money import corrected_meanwhile
from tests.racing import Racer

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


def claims_received(gateway: FakeGateway) -> Counter[str]:
    """How often each CLM01 arrived at the other side."""
    return claims_in(gateway.received)


def claims_in(files: list[tuple[str, bytes]]) -> Counter[str]:
    """How often each CLM01 stands in these files, a repeated file counted once."""
    found: Counter[str] = Counter()
    for data in dict(files).values():
        for one in x12.read(data).transactions:
            found.update(row.claim.patient_control_number for row in one.claims837.rows())
    return found


def test_submit_in_four_workers_at_once_sends_each_claim_once():
    for _ in range(8):
        queued()
    gateway = FakeGateway(on_send=lambda name, content: time.sleep(0.02))
    start = threading.Barrier(4)

    def work() -> int:
        try:
            start.wait(60)
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


@pytest.mark.parametrize("step", ["batch", "delivery", "send"])
def test_worker_process_killed_in_the_middle_loses_and_doubles_nothing(step, tmp_path):
    for _ in range(3):
        queued()
    log = tmp_path / "sent"
    process = subprocess.run(
        [sys.executable, "-m", "tests.claims.dying", connection.settings_dict["NAME"], step, log],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.QUEUED}

    gateway = FakeGateway()
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        submit_claims(gateway=gateway)

    before = [line.split(b"|", 1) for line in log.read_bytes().splitlines()] if log.exists() else []
    arrived = [(name.decode(), data) for name, data in before] + gateway.received
    assert len({name for name, _ in arrived}) == len(set(arrived)) == 1  # a repeat is the same file
    assert claims_in(arrived) == {one.control_number: 1 for one in Submission.objects.all()}
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.SENT}


def _die(*args: object, **kwargs: object) -> None:
    raise SystemError("killed")


def test_an_answer_about_a_claim_that_is_corrected_meanwhile_moves_the_correction_nowhere():
    payer = PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")
    PayerPolicyFactory(payer=payer)
    claim = queued(coded(insured(payer=payer)))
    gateway = LoopbackGateway(memory_sandbox())
    submit_claims(gateway=gateway)
    receive_files(gateway=gateway)
    with transaction.atomic():
        Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
        racer = Racer(process_acknowledgements)
        racer.until_blocked()
        corrected_meanwhile(claim)
    assert racer.finish().failed == []
    claim.refresh_from_db()
    assert claim.state == ClaimState.QUEUED
    assert claim.submissions.get(is_current=True).sent_at is None
