"""Our side against a sandbox in a process of its own: real HTTP, and it dies in between."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import x12
from core import clock
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateways.http import HttpGateway
from core.clearinghouse.models import TradingPartner, Transmission
from core.clearinghouse.services import (
    inquire,
    next_control_numbers,
    receive_files,
    send_pending,
    store_outbound,
)
from tests.any_state import put
from tests.factories.clearinghouse import TradingPartnerFactory
from tests.simulator.sandbox.building import claim, file_of, inquiry, line, row

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


class Sandbox:
    """`manage.py sandbox`, to be started and killed."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> HttpGateway:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "manage.py",
                "sandbox",
                "--state",
                str(self.state),
                "--port",
                str(self.port),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "rcm.settings"},
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline()
        found = re.search(r"http://127.0.0.1:(\d+)", words)
        assert found, words
        self.port = int(found.group(1))
        return HttpGateway(found.group())

    def kill(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(60)
            self.process.stdout.close()
        self.process = None


@pytest.fixture
def sandbox(tmp_path) -> Iterator[Sandbox]:
    found = Sandbox(tmp_path)
    yield found
    found.kill()


@pytest.fixture
def partner(db) -> TradingPartner:
    found: Any = TradingPartnerFactory()
    return found  # type: ignore[no-any-return]


def stored(partner: TradingPartner, account: str = "C1-1"):
    number = next_control_numbers()[0]
    today = clock.today()
    body = claim(account, line("99213", on=today), line("87880", "QW", on=today))
    return store_outbound(
        partner=partner,
        kind=FileKind.CLAIMS,
        name=f"837P-{number:09d}.x12",
        control_number=f"{number:09d}",
        group_control_number=str(number),
        content=file_of([row("BEACN", body)], control=number, reference=f"{number:09d}"),
    )


def test_claims_go_out_and_answers_come_back(sandbox, partner):
    gateway = sandbox.start()
    sent = stored(partner)
    assert send_pending(gateway=gateway).sent == [sent.pk]
    new = receive_files(gateway=gateway)
    assert [file.kind for file in new] == ["999", "277CA", "835"]
    assert [file.in_reply_to for file in new] == [sent, sent, None]
    assert receive_files(gateway=gateway) == []


def test_sandbox_that_dies_and_comes_back_counts_every_file_once(sandbox, partner):
    gateway = sandbox.start()
    first, second = stored(partner, "C1-1"), stored(partner, "C2-1")
    assert send_pending(limit=1, gateway=gateway).sent == [first.pk]
    sandbox.kill()
    assert send_pending(gateway=gateway).waiting == [second.pk]
    with pytest.raises(Exception, match="cannot be reached"):
        receive_files(gateway=gateway)

    gateway = sandbox.start()
    # What we sent just before it died, and do not remember having sent, goes out once more.
    put(
        Transmission.objects.filter(pk=first.pk),
        state=TransmissionState.PENDING,
        next_attempt_at=None,
        sent_at=None,
    )
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert send_pending(gateway=gateway).sent == [first.pk, second.pk]
    new = receive_files(gateway=gateway)
    accounts = [
        payment.patient_control_number
        for file in new
        for transaction in x12.read(bytes(file.content)).find("835")
        for payment in transaction.remittance.claims
    ]
    assert sorted(accounts) == ["C1-1", "C2-1"]


def test_question_is_answered_over_the_wire(sandbox, partner):
    gateway = sandbox.start()
    number = next_control_numbers()[0]
    found = inquire(
        partner=partner,
        name=f"{number}.270",
        control_number=f"{number:09d}",
        content=inquiry("BEACN", control=number),
        gateway=gateway,
    )
    assert found.answer is not None
    assert found.answer.kind == FileKind.ELIGIBILITY_ANSWER
    sandbox.kill()
    number = next_control_numbers()[0]
    found = inquire(
        partner=partner,
        name=f"{number}.270",
        control_number=f"{number:09d}",
        content=inquiry("BEACN", control=number),
        gateway=gateway,
    )
    assert found.answer is None
    assert "unknown" in found.problem
