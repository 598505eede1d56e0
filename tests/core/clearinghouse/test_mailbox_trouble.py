"""A mailbox over HTTP that fails in the middle: what can be had is taken, the rest comes later."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateway import GatewayDown
from core.clearinghouse.gateways.http import HttpGateway
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import receive_files, send_pending, store_outbound
from core.gateway_types import GatewayRefused, InboundFile
from rcm import pipeline
from tests.core.clearinghouse.fakes import FakeGateway
from tests.core.clearinghouse.test_inbound import era
from tests.factories.clearinghouse import TradingPartnerFactory

pytestmark = pytest.mark.django_db


class Mailbox:
    """What the server holds, and the trouble that it has with some of its files."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.trouble: dict[str, str] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.confirmed: list[str] = []
        self.listed_anyway: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    box: Mailbox

    def _answer(self, status: int, body: bytes = b"", promised: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def do_GET(self) -> None:
        box, name = self.box, unquote(self.path.removeprefix("/mailbox/out").lstrip("/"))
        if not name:
            names = [one for one in box.files if one not in box.confirmed]
            listing = json.dumps([{"name": n, "size": 1} for n in (*names, *box.listed_anyway)])
            self._answer(200, listing.encode())
        elif box.trouble.get(name) == "half":
            self._answer(200, box.files[name][:100], promised=len(box.files[name]))
        elif name in box.trouble:
            self._answer(int(box.trouble[name]))
        else:
            self._answer(200, box.files[name])

    def do_DELETE(self) -> None:
        name = unquote(self.path.removeprefix("/mailbox/out/"))
        trouble = self.box.trouble.get(f"DELETE {name}")
        if trouble is None:
            self.box.confirmed.append(name)
        self._answer(int(trouble or 204))

    def do_PUT(self) -> None:
        name = unquote(self.path.removeprefix("/mailbox/in/"))
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.box.taken.append((name, content))
        trouble = self.box.trouble.pop(f"PUT {name}", None)
        if trouble == "gone":  # taken, and then nobody says so
            self.close_connection = True
        else:
            self._answer(int(trouble or 201))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def gateway(box) -> Iterator[HttpGateway]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"box": box}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield HttpGateway(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def partner(db):
    return TradingPartnerFactory()


def names() -> list[str]:
    return list(Transmission.objects.order_by("id").values_list("name", flat=True))


@pytest.mark.parametrize("trouble", ["500", "403", "half"])
def test_file_that_cannot_be_fetched_keeps_no_other_from_coming(trouble, box, gateway):
    box.files = {"bad.835": era("C1-1"), "good.835": era("C2-1")}
    box.trouble["bad.835"] = trouble
    with pytest.raises((GatewayDown, GatewayRefused)):
        receive_files(gateway=gateway)
    assert names() == ["good.835"]
    assert box.confirmed == ["good.835"]

    box.trouble.clear()
    assert [row.name for row in receive_files(gateway=gateway)] == ["bad.835"]
    assert box.confirmed == ["good.835", "bad.835"]


def test_file_that_another_worker_took_meanwhile_is_no_trouble(box, gateway):
    box.files = {"good.835": era("C2-1")}
    box.listed_anyway = {"taken.835"}
    box.trouble["taken.835"] = "404"
    assert [row.name for row in receive_files(gateway=gateway)] == ["good.835"]


def test_file_that_is_listed_again_after_its_confirmation_is_stored_once(box, gateway):
    content = era("C1-1")
    box.files = {"a.835": content}
    assert len(receive_files(gateway=gateway)) == 1
    box.confirmed.clear()
    box.files = {"a.835": content, "again-a.835": content}
    assert receive_files(gateway=gateway) == []
    assert box.confirmed == ["a.835", "again-a.835"]
    assert names() == ["a.835"]


def test_confirmation_that_fails_is_made_up_for_in_the_next_turn(box, gateway):
    box.files = {"a.835": era("C1-1"), "b.835": era("C2-1")}
    box.trouble["DELETE a.835"] = "500"
    with pytest.raises(GatewayDown):
        receive_files(gateway=gateway)
    assert names() == ["a.835", "b.835"]
    assert box.confirmed == ["b.835"]
    box.trouble.clear()
    assert receive_files(gateway=gateway) == []
    assert box.confirmed == ["b.835", "a.835"]


@pytest.mark.parametrize("trouble", ["gone", "500", "503"])
def test_file_that_was_taken_without_a_word_is_sent_again_unchanged(trouble, box, gateway, partner):
    sent = store_outbound(
        partner=partner,
        kind=FileKind.CLAIMS,
        name="1.837",
        control_number="000000001",
        content=b"ISA*1~",
    )
    box.trouble["PUT 1.837"] = trouble
    assert send_pending(gateway=gateway).waiting == [sent.pk]
    Transmission.objects.filter(pk=sent.pk).update(next_attempt_at=None)
    assert send_pending(gateway=gateway).sent == [sent.pk]
    assert box.taken == [("1.837", b"ISA*1~")] * 2


@pytest.mark.parametrize(
    "failure", [GatewayDown("gone"), GatewayRefused("403"), OSError("disk full")]
)
def test_trouble_with_the_mailbox_keeps_nothing_that_is_here_from_being_worked(
    failure, monkeypatch
):
    class Broken(FakeGateway):
        def fetch(self):
            raise failure

    receive_files(gateway=_with(era("C1-1")))
    monkeypatch.setattr("core.clearinghouse.services.inbound.get_gateway", Broken)
    if isinstance(failure, OSError):  # a fault of ours: worked on, and then told
        with pytest.raises(OSError, match="disk full"):
            pipeline.run_inbound_cycle()
    else:
        assert pipeline.run_inbound_cycle().gateway_down == str(failure)
    assert Transmission.objects.get().state == TransmissionState.PROCESSED


def _with(content: bytes) -> FakeGateway:
    gateway = FakeGateway()
    gateway.mailbox = [InboundFile("a.835", content)]
    return gateway
