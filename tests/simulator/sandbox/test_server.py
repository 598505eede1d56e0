"""The sandbox as a process: real HTTP, real kills."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import x12
from core.clearinghouse.gateways.http import HttpGateway
from core.gateway_types import GatewayDown, GatewayRefused
from simulator.sandbox.clearinghouse import Clearinghouse
from simulator.sandbox.server import http_server
from tests.simulator.sandbox.building import NOW, claim, file_of, inquiry, line, member, row

DATA = file_of([row("BEACN", claim("C1-1", line("99213"), line("87880", "QW")))])


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def gateway(slept):
    server = http_server(Clearinghouse(None, now=lambda: NOW), sleep=slept.append)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield HttpGateway(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join()


def test_files_go_in_and_come_out(gateway):
    gateway.send("a b/1.837", DATA)
    files = gateway.fetch()
    assert [file.name for file in files][:2] == ["a b/1.837.999", "a b/1.837.277ca"]
    for file in files:
        assert x12.read(file.content).ok
        gateway.confirm(file.name)
        gateway.confirm(file.name)
    assert gateway.fetch() == []


def test_repeat_counts_once_and_other_content_is_refused(gateway):
    gateway.send("a.837", DATA)
    gateway.send("a.837", DATA)
    assert len(gateway.fetch()) == 3
    with pytest.raises(GatewayRefused, match="409"):
        gateway.send("a.837", DATA.replace(b"C1-1", b"C2-1"))
    with pytest.raises(GatewayRefused, match="422"):
        gateway.send("b.837", b"hello")
    with pytest.raises(GatewayRefused, match="404"):
        gateway.confirm("never-there")


def test_question_is_answered_at_once(gateway, slept):
    answer = gateway.inquire(inquiry("BEACN"), 20)
    assert x12.read(answer).transactions[0].kind == "271"
    gateway.inquire(inquiry("BEACN", member("BEACN", "97")), 20)
    assert slept == [0.0, 25.0]


def test_slow_answer_is_no_answer():
    given_up = threading.Event()

    def sleep(_: float) -> None:
        given_up.wait(120)

    server = http_server(Clearinghouse(None, now=lambda: NOW), sleep=sleep)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    gateway = HttpGateway(f"http://127.0.0.1:{server.server_address[1]}")
    with pytest.raises(GatewayDown, match="within 0.3 s"):
        gateway.inquire(inquiry("BEACN", member("BEACN", "97")), 0.3)
    given_up.set()  # the answer would have come now
    server.shutdown()
    server.server_close()


def test_nobody_there_is_down():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(GatewayDown, match="cannot be reached"):
        HttpGateway(f"http://127.0.0.1:{port}").send("a", b"ISA")


class _Odd(threading.Thread):
    """A server that answers every request with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.answer = answer
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.start()

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, self.listener:
            connection.recv(65536)
            connection.sendall(self.answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nISA*00",  # cut off
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_odd_answers_are_down_and_never_content(answer):
    with pytest.raises(GatewayDown):
        HttpGateway(_Odd(answer).url).inquire(b"ISA", 5)


def test_listing_that_is_no_list_is_down():
    odd = _Odd(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"name":"a"}')
    with pytest.raises(GatewayDown, match="not a list"):
        HttpGateway(odd.url).fetch()


def test_unfinished_upload_is_as_if_it_never_came(gateway):
    port = int(gateway.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"PUT /mailbox/in/a.837 HTTP/1.1\r\nHost: x\r\nContent-Length: {len(DATA)}\r\n\r\n"
        connection.sendall(head.encode() + DATA[:100])
    assert gateway.fetch() == []
    gateway.send("a.837", DATA)
    assert len(gateway.fetch()) == 3


def test_unix_socket_works_as_well(tmp_path):
    path = tmp_path / "s"
    server = http_server(Clearinghouse(None, now=lambda: NOW), unix_socket=path)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    gateway = HttpGateway(f"unix://{path}")
    gateway.send("a.837", DATA)
    assert len(gateway.fetch()) == 3
    server.shutdown()
    server.server_close()
    thread.join()


# --- the command


def _start(state: Path, *options: str) -> tuple[subprocess.Popen[str], HttpGateway]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", "--port", "0", "--state", str(state), *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "rcm.settings"},
    )
    assert process.stdout is not None
    words = process.stdout.readline()
    found = re.search(r"http://\S+", words)
    assert found, words
    return process, HttpGateway(found.group())


def _stop(process: subprocess.Popen[str], how: signal.Signals) -> int:
    process.send_signal(how)
    code = process.wait(60)
    assert process.stdout is not None
    process.stdout.close()
    return code


@pytest.mark.kill
def test_command_serves_stops_on_term_and_keeps_everything_after_a_kill(tmp_path):
    process, gateway = _start(tmp_path)
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"))
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    gateway.send("a.837", DATA)
    _stop(process, signal.SIGKILL)

    process, gateway = _start(tmp_path)
    files = gateway.fetch()
    assert len(files) == 3
    gateway.send("a.837", DATA)
    assert gateway.fetch() == files
    assert _stop(process, signal.SIGTERM) == 0


@pytest.mark.kill
def test_command_says_what_to_do_when_the_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "sandbox",
                "--state",
                str(tmp_path),
                "--port",
                str(taken.getsockname()[1]),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "rcm.settings"},
        )
    assert done.returncode == 1
    assert "Choose another --port" in done.stderr


def test_mailbox_lists_names_and_sizes(gateway):
    gateway.send("a.837", DATA)
    port = int(gateway.url.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/mailbox/out")
    listing = json.loads(connection.getresponse().read())
    connection.close()
    assert [set(entry) for entry in listing] == [{"name", "size"}] * 3
    assert listing[0]["size"] == len(gateway.fetch()[0].content)
