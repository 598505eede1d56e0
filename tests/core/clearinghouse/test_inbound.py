from __future__ import annotations

import io
import threading
import zipfile
from typing import Any

import pytest
from django.db import connection

import x12
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import (
    mark_failed,
    mark_processed,
    receive_files,
    send_pending,
    store_inbound,
    store_outbound,
)
from core.errors import Refused
from core.gateway_types import InboundFile
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.clearinghouse import TradingPartnerFactory, TransmissionFactory
from tests.simulator.sandbox.building import NOW, claim, file_of, line, member, row
from tests.simulator.sandbox.desk import Desk

NOW_NAIVE = NOW.replace(tzinfo=None)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partner(db):
    return TradingPartnerFactory()


def era(account: str = "C1-1", ending: str = "04") -> bytes:
    """An 835 as the sandbox writes it."""
    mail = Desk().send(row("BEACN", claim(account, line("99213")), member("BEACN", ending)))
    return next(data for name, data in mail.files.items() if name.endswith(".835"))


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            found.writestr(name, content)
    return out.getvalue()


def mailbox(**files: bytes) -> FakeGateway:
    gateway = FakeGateway()
    gateway.mailbox = [InboundFile(name, content) for name, content in files.items()]
    return gateway


# --- what a file is


def test_file_is_kept_byte_for_byte_with_its_kind_and_numbers():
    content = era()
    stored, created = store_inbound(name="a.835", content=content)
    assert created
    stored.refresh_from_db()
    interchange = x12.read(content).interchanges[0]
    assert bytes(stored.content) == content
    assert (stored.kind, stored.state, stored.reason) == (
        FileKind.REMITTANCE,
        TransmissionState.RECEIVED,
        "",
    )
    assert stored.control_number == interchange.control_number
    assert stored.group_control_number == interchange.groups[0].control_number


def test_same_bytes_under_another_name_are_the_same_row():
    content = era()
    first, _ = store_inbound(name="a.835", content=content)
    second, created = store_inbound(name="b.835", content=content)
    assert (second, created) == (first, False)


def test_same_name_with_other_bytes_is_another_file():
    first, _ = store_inbound(name="daily.835", content=era("C1-1"))
    second, created = store_inbound(name="daily.835", content=era("C2-1"))
    assert created
    assert second != first


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"Dear customer", "not an X12 file"),
        (bytes(range(256)), "not an X12 file"),
    ],
)
def test_what_is_no_x12_is_kept_with_the_reason(content, reason):
    stored, created = store_inbound(name="odd", content=content)
    assert created
    assert (stored.kind, stored.state) == (FileKind.UNKNOWN, TransmissionState.FAILED)
    assert reason in stored.reason
    assert stored.done_at is not None


def test_truncated_file_names_the_segment_where_it_ends():
    content = era()
    cut = content[: content.index(b"SVC*") + 20]
    stored, _ = store_inbound(name="cut.835", content=cut)
    segments = cut.count(b"~") + 1
    assert stored.state == TransmissionState.FAILED
    assert f"ends at segment {segments} (SVC)" in stored.reason
    assert bytes(stored.content) == cut


def test_wrong_segment_count_is_a_reason_to_stop():
    content = era()
    count = content[content.index(b"SE*") :].split(b"*")[1]
    stored, _ = store_inbound(name="a", content=content.replace(b"SE*" + count, b"SE*999"))
    assert stored.state == TransmissionState.FAILED
    assert "(SE)" in stored.reason


def test_kind_that_is_not_processed_is_kept_and_named():
    content = file_of([row("BEACN", claim("C1-1", line("99213")))])
    content = content.replace(b"005010X222A1", b"005010X220A1").replace(b"ST*837*", b"ST*834*")
    content = content.replace(b"GS*HC*", b"GS*BE*")
    stored, _ = store_inbound(name="members", content=content)
    assert (stored.kind, stored.state) == (FileKind.UNKNOWN, TransmissionState.FAILED)
    assert "834" in stored.reason


def test_without_a_partner_nothing_is_taken(partner):
    partner.delete()
    with pytest.raises(Refused, match="trading partner"):
        store_inbound(name="a", content=era())


# --- receiving


def test_files_are_stored_and_then_confirmed():
    gateway = mailbox(**{"a.835": era("C1-1"), "b.835": era("C2-1")})
    new = receive_files(gateway=gateway)
    assert [row.name for row in new] == ["a.835", "b.835"]
    assert gateway.confirmed == ["a.835", "b.835"]
    assert receive_files(gateway=gateway) == []


def test_file_that_was_not_confirmed_is_confirmed_again_and_not_stored_again():
    content = era()
    receive_files(gateway=mailbox(**{"a.835": content}))
    gateway = mailbox(**{"a.835": content})  # we died before the confirmation
    assert receive_files(gateway=gateway) == []
    assert gateway.confirmed == ["a.835"]
    assert Transmission.objects.count() == 1


def test_file_that_cannot_be_stored_stays_and_keeps_no_other_from_coming(monkeypatch):
    from core.clearinghouse.services import inbound

    gateway = mailbox(**{"bad": b"bad", "good.835": era()})
    whole = inbound.store_inbound

    def store(**values):
        if values["name"] == "bad":
            raise OSError("disk full")
        return whole(**values)

    monkeypatch.setattr(inbound, "store_inbound", store)
    with pytest.raises(OSError, match="disk full"):
        receive_files(gateway=gateway)
    assert gateway.confirmed == ["good.835"]
    assert [row.name for row in Transmission.objects.all()] == ["good.835"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_store_a_file_once():
    content = era()
    meet = threading.Barrier(2, timeout=60)

    class Together(FakeGateway):
        def fetch(self):
            files = super().fetch()
            if files:
                meet.wait()
            return files

    gateways = [Together(), Together()]
    found: list[int] = []

    def work(gateway: FakeGateway) -> None:
        gateway.mailbox = [InboundFile("a.835", content)]
        try:
            found.append(len(receive_files(gateway=gateway)))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(gateway,)) for gateway in gateways]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(found) == [0, 1]
    assert Transmission.objects.count() == 1
    assert [gateway.confirmed for gateway in gateways] == [["a.835"], ["a.835"]]


# --- archives


def test_zip_with_several_remittances_gives_each():
    first, second = era("C1-1"), era("C2-1")
    gateway = mailbox(**{"today.zip": archive(**{"one.835": first, "two.835": second})})
    new = receive_files(gateway=gateway)
    assert [(row.name, row.kind) for row in new] == [
        ("today.zip/one.835", FileKind.REMITTANCE),
        ("today.zip/two.835", FileKind.REMITTANCE),
    ]
    assert [bytes(row.content) for row in new] == [first, second]
    assert gateway.confirmed == ["today.zip"]
    assert receive_files(gateway=mailbox(**{"again.zip": gateway.mailbox[0].content})) == []


def test_zip_with_an_unreadable_member_keeps_the_rest_and_the_whole():
    content = archive(**{"good.835": era(), "bad.835": b"x" * 4000})
    at = content.index(b"bad.835") + len(b"bad.835")
    content = content[:at] + bytes(b ^ 0xFF for b in content[at : at + 8]) + content[at + 8 :]
    new = receive_files(gateway=mailbox(**{"today.zip": content}))
    assert [row.name for row in new] == ["today.zip/good.835", "today.zip"]
    whole = new[1]
    assert whole.state == TransmissionState.FAILED
    assert "bad.835" in whole.reason
    assert "1 other file(s)" in whole.reason
    assert bytes(whole.content) == content


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing more", archive()])
def test_zip_that_gives_nothing_is_kept_with_the_reason(content):
    new = receive_files(gateway=mailbox(**{"today.zip": content}))
    assert [row.state for row in new] == [TransmissionState.FAILED]
    assert "ZIP" in new[0].reason


def test_zip_inside_a_zip_is_named_and_kept():
    content = archive(**{"inner.zip": archive(**{"a.835": era()})})
    new = receive_files(gateway=mailbox(**{"today.zip": content}))
    assert [row.name for row in new] == ["today.zip"]
    assert "inner.zip" in new[0].reason


# --- what answers what


def test_acknowledgements_are_tied_to_the_file_they_answer(partner):
    content = file_of(
        [row("BEACN", claim("C1-1", line("99213")))], control=17, reference="000000017"
    )
    sent = store_outbound(
        partner=partner,
        kind=FileKind.CLAIMS,
        name="000000017.837",
        control_number="000000017",
        group_control_number="17",
        content=content,
    )
    gateway = LoopbackGateway(memory_sandbox())
    send_pending(gateway=gateway)
    new = receive_files(gateway=gateway)
    assert [(row.kind, row.in_reply_to) for row in new] == [
        (FileKind.FUNCTIONAL_ACK, sent),
        (FileKind.CLAIM_ACK, sent),
        (FileKind.REMITTANCE, None),
    ]


def test_ta1_is_tied_to_the_interchange_it_answers(partner):
    sent: Any = TransmissionFactory(partner=partner, control_number="000000017")
    content = x12.write_interchange(
        x12.Envelope("SANDBOX", "FIRSTPASS", control_number=5, created=NOW_NAIVE),
        ta1s=[x12.TA1("000000017", NOW_NAIVE.date(), "1430", "R", "025")],
    )
    stored, _ = store_inbound(name="a.ta1", content=content)
    assert (stored.kind, stored.in_reply_to) == (FileKind.INTERCHANGE_ACK, sent)


# --- processed and failed


def test_processed_and_failed_are_ends_with_a_time():
    stored, _ = store_inbound(name="a.835", content=era())
    mark_failed(transmission_id=stored.pk, reason="No such payer.")
    stored.refresh_from_db()
    assert (stored.state, stored.reason) == (TransmissionState.FAILED, "No such payer.")
    mark_processed(transmission_id=stored.pk)
    stored.refresh_from_db()
    assert (stored.state, stored.reason) == (TransmissionState.PROCESSED, "")
    done = stored.done_at
    mark_processed(transmission_id=stored.pk)
    stored.refresh_from_db()
    assert stored.done_at == done


def test_sent_file_cannot_be_processed():
    sent: Any = TransmissionFactory(direction=Direction.OUTBOUND)
    with pytest.raises(Refused):
        mark_processed(transmission_id=sent.pk)
