from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateway import GatewayDown, GatewayRefused
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import (
    mark_acknowledged,
    mark_refused,
    next_control_numbers,
    send_pending,
    store_outbound,
)
from core.clearinghouse.services.lost import LOST, LOST_AFTER
from core.clearinghouse.services.outbound import INTERRUPTED, LEASE, pause_after
from core.errors import Refused
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.clearinghouse import TradingPartnerFactory, TransmissionFactory

pytestmark = pytest.mark.django_db


def pending(name: str = "a.837", content: bytes = b"ISA*a~") -> Any:
    number = f"{next_control_numbers()[0]:09d}"
    partner: Any = TradingPartnerFactory()
    return store_outbound(
        partner=partner,
        kind=FileKind.CLAIMS,
        name=name,
        control_number=number,
        group_control_number=number,
        content=content,
    )


def attempts(row: Transmission) -> list[tuple[bool | None, str]]:
    return list(row.attempts.values_list("succeeded", "detail"))


# --- numbers and names


def test_control_numbers_are_never_given_twice():
    numbers = next_control_numbers(3) + next_control_numbers() + next_control_numbers(2)
    assert len(set(numbers)) == 6
    assert all(0 < number <= 999_999_999 for number in numbers)


def test_same_name_with_same_bytes_is_the_same_row():
    first = pending()
    assert pending() == first
    assert Transmission.objects.count() == 1


def test_same_name_with_other_bytes_is_refused():
    first = pending()
    with pytest.raises(Refused, match="other content"):
        pending(content=b"ISA*b~")
    first.refresh_from_db()
    assert bytes(first.content) == b"ISA*a~"


# --- sending


def test_pending_file_is_sent_once_with_its_bytes():
    row = pending()
    gateway = FakeGateway()
    result = send_pending(gateway=gateway)
    assert result.sent == [row.pk]
    assert gateway.received == [("a.837", b"ISA*a~")]
    row.refresh_from_db()
    assert row.state == TransmissionState.SENT
    assert row.sent_at is not None
    assert row.next_attempt_at is None
    assert attempts(row) == [(True, "")]
    assert send_pending(gateway=gateway).sent == []
    assert len(gateway.received) == 1


def test_files_are_sent_in_the_order_they_were_stored():
    names = [f"{n}.837" for n in range(4)]
    for name in names:
        pending(name, name.encode())
    gateway = FakeGateway()
    send_pending(limit=3, gateway=gateway)
    assert [name for name, _ in gateway.received] == names[:3]


def test_closed_door_keeps_the_file_and_waits_longer_each_time():
    row = pending()
    other = pending("b.837", b"ISA*b~")

    def down(name: str, content: bytes) -> None:
        raise GatewayDown("nobody there")

    gateway = FakeGateway(down)
    start = clock.now()
    result = send_pending(gateway=gateway)
    assert result.waiting == [row.pk]  # the second file does not run against the same door
    assert not other.attempts.exists()
    row.refresh_from_db()
    assert row.state == TransmissionState.PENDING
    assert row.next_attempt_at is not None
    assert row.next_attempt_at >= start + pause_after(1)
    with clock.at(row.next_attempt_at + timedelta(seconds=1)):
        send_pending(limit=1, gateway=gateway)
        row.refresh_from_db()
        assert row.next_attempt_at == clock.now() + pause_after(2)
    assert attempts(row) == [(False, "nobody there")] * 2


def test_pause_doubles_up_to_an_hour():
    assert [pause_after(n).seconds for n in (1, 2, 3, 8, 9, 50)] == [15, 30, 60, 1920, 3600, 3600]


def test_refused_file_is_not_sent_again():
    row = pending()

    def refuse(name: str, content: bytes) -> None:
        raise GatewayRefused("wrong test indicator")

    assert send_pending(gateway=FakeGateway(refuse)).refused == [row.pk]
    row.refresh_from_db()
    assert (row.state, row.reason) == (TransmissionState.REFUSED, "wrong test indicator")
    assert send_pending(gateway=FakeGateway()).sent == []


def test_fault_in_the_gateway_is_raised_and_the_file_waits():
    row = pending()

    def broken(name: str, content: bytes) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send_pending(gateway=FakeGateway(broken))
    row.refresh_from_db()
    assert row.state == TransmissionState.PENDING
    assert attempts(row) == [(False, "Unexpected: ZeroDivisionError")]


def test_real_time_question_is_never_sent_by_the_sweep():
    TransmissionFactory(kind=FileKind.ELIGIBILITY_INQUIRY, state=TransmissionState.PENDING)
    assert send_pending(gateway=FakeGateway()).sent == []


def test_question_whose_asker_died_ends_in_words():
    lost: Any = TransmissionFactory(
        kind=FileKind.ELIGIBILITY_INQUIRY,
        state=TransmissionState.PENDING,
        created_at=clock.now() - LOST_AFTER - timedelta(seconds=1),
    )
    lost.attempts.create(started_at=lost.created_at)
    asking: Any = TransmissionFactory(
        kind=FileKind.ELIGIBILITY_INQUIRY, state=TransmissionState.PENDING
    )
    send_pending(gateway=FakeGateway())
    lost.refresh_from_db()
    asking.refresh_from_db()
    assert (lost.state, lost.reason) == (TransmissionState.FAILED, LOST)
    assert attempts(lost) == [(False, LOST)]
    assert asking.state == TransmissionState.PENDING


def test_network_is_used_outside_any_transaction():
    pending()
    seen = []

    def look(name: str, content: bytes) -> None:
        blocks = connection.atomic_blocks
        seen.append([b for b in blocks if not getattr(b, "_from_testcase", False)])

    send_pending(gateway=FakeGateway(look))
    assert seen == [[]]


# --- acknowledgements


def test_acknowledged_file_keeps_its_state_when_sent_again_by_a_slow_worker():
    row = pending()
    mark_acknowledged(transmission_id=row.pk)
    row.refresh_from_db()
    done = row.done_at
    assert (row.state, row.sent_at) == (TransmissionState.ACKNOWLEDGED, done)
    mark_acknowledged(transmission_id=row.pk)
    row.refresh_from_db()
    assert row.done_at == done


def test_refusal_by_999_has_its_reason():
    row = pending()
    mark_refused(transmission_id=row.pk, reason="Segment 12 (HI) is missing.")
    row.refresh_from_db()
    assert (row.state, row.reason) == (TransmissionState.REFUSED, "Segment 12 (HI) is missing.")


def test_received_file_cannot_be_acknowledged():
    row: Any = TransmissionFactory(direction="inbound", state=TransmissionState.RECEIVED)
    with pytest.raises(Refused):
        mark_acknowledged(transmission_id=row.pk)


# --- workers at the same time, and workers that die


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_every_file_once():
    rows = [pending(f"{n}.837", f"ISA*{n}~".encode()) for n in range(20)]
    meet = threading.Barrier(2, timeout=60)

    def together(name: str, content: bytes) -> None:
        if len(gateway.received) < 2:
            meet.wait()  # both hold a file at this moment: it must not be the same one

    gateway = FakeGateway(together)

    def work() -> None:
        try:
            send_pending(gateway=gateway)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(name for name, _ in gateway.received) == sorted(row.name for row in rows)
    assert set(Transmission.objects.values_list("state", flat=True)) == {TransmissionState.SENT}
    assert all(attempts(row) == [(True, "")] for row in rows)


@pytest.mark.django_db(transaction=True)
def test_worker_in_the_middle_of_a_send_keeps_others_away():
    row = pending()
    inside: list[int] = []

    def meanwhile(name: str, content: bytes) -> None:
        if not inside:
            inside.append(1)
            assert send_pending(gateway=gateway).sent == []

    gateway = FakeGateway(meanwhile)
    assert send_pending(gateway=gateway).sent == [row.pk]
    assert len(gateway.received) == 1


@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_sending_and_noting_it_sends_the_same_bytes_again(tmp_path):
    row = pending()
    log = tmp_path / "sent"
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.core.clearinghouse.dying",
            connection.settings_dict["NAME"],
            log,
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        timeout=60,
        check=False,
    )
    assert process.returncode == 9
    assert log.read_bytes() == b"a.837|ISA*a~\n"
    row.refresh_from_db()
    assert row.state == TransmissionState.PENDING
    assert attempts(row) == [(None, "")]

    gateway = FakeGateway()
    assert send_pending(gateway=gateway).sent == []  # the dead worker's lease still runs
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert send_pending(gateway=gateway).sent == [row.pk]
    assert gateway.received == [("a.837", b"ISA*a~")]
    assert attempts(row) == [(False, INTERRUPTED), (True, "")]


@pytest.mark.django_db(transaction=True)
def test_taking_a_file_inside_a_transaction_is_a_programming_error():
    pending()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        send_pending(gateway=FakeGateway())
