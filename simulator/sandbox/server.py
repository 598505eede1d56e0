"""The sandbox as a process of its own: a mailbox and a real-time desk over HTTP.

    PUT    /mailbox/in/<name>     201 taken, 200 known already, 409 other content, 422 no X12
    GET    /mailbox/out           [{"name": …, "size": …}, …], oldest first
    GET    /mailbox/out/<name>    the file; it stays until it is deleted
    DELETE /mailbox/out/<name>    204, also when repeated
    POST   /realtime              270 in, 271 out
    GET    /healthz               200

There is no sign-in: it holds synthetic data only, and listens on this machine unless it is told
otherwise.
"""

from __future__ import annotations

import json
import socket
import socketserver
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import structlog

from core.gateway_types import GatewayRefused
from simulator.sandbox.clearinghouse import Clearinghouse

log = structlog.get_logger(__name__)

LARGEST = 64 * 1024 * 1024


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    clearinghouse: Clearinghouse
    sleep: Callable[[float], None]


class _UnixServer(_Server):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", 0

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, _ = self.socket.accept()
        return connection, ("localhost", 0)


def http_server(
    clearinghouse: Clearinghouse,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    unix_socket: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> ThreadingHTTPServer:
    """A server that listens already; the caller runs `serve_forever`. Port 0: any free one."""
    server: _Server
    if unix_socket is not None:
        unix_socket.unlink(missing_ok=True)
        server = _UnixServer(str(unix_socket), _Handler)  # type: ignore[arg-type]
        unix_socket.chmod(0o600)
    else:
        server = _Server((host, port), _Handler)
    server.clearinghouse = clearinghouse
    server.sleep = sleep
    return server


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    timeout = 60

    def do_PUT(self) -> None:
        name = self._name("/mailbox/in/")
        content = self._content()
        if name is None or content is None:
            return
        try:
            new = self.server.clearinghouse.submit(name, content)
        except GatewayRefused as error:
            known = "other content" in str(error)
            self._say(HTTPStatus.CONFLICT if known else HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
            return
        self._say(HTTPStatus.CREATED if new else HTTPStatus.OK, "taken" if new else "known")

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._say(HTTPStatus.OK, "ok")
        elif self.path == "/mailbox/out":
            files = self.server.clearinghouse.waiting()
            listing = [{"name": name, "size": size} for name, size in files]
            self._send(HTTPStatus.OK, json.dumps(listing).encode(), "application/json")
        else:
            name = self._name("/mailbox/out/")
            if name is None:
                return
            content = self.server.clearinghouse.file(name)
            if content is None:
                self._say(HTTPStatus.NOT_FOUND, "there is no such file")
            else:
                self._send(HTTPStatus.OK, content, "application/edi-x12")

    def do_DELETE(self) -> None:
        name = self._name("/mailbox/out/")
        if name is None:
            return
        if self.server.clearinghouse.confirm(name):
            self._send(HTTPStatus.NO_CONTENT, b"", "text/plain")
        else:
            self._say(HTTPStatus.NOT_FOUND, "there is no such file")

    def do_POST(self) -> None:
        content = self._content()
        if content is None:
            return
        if self.path != "/realtime":
            self._say(HTTPStatus.NOT_FOUND, "there is nothing here")
            return
        try:
            data, seconds = self.server.clearinghouse.inquire(content)
        except GatewayRefused as error:
            self._say(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
            return
        self.server.sleep(seconds)
        self._send(HTTPStatus.OK, data, "application/edi-x12")

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # nobody waits for the answer any more

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Names and sizes only; a file's content is never logged."""
        log.debug("sandbox.request", line=format % args)

    def _name(self, prefix: str) -> str | None:
        name = unquote(self.path.removeprefix(prefix)) if self.path.startswith(prefix) else ""
        if not name or len(name) > 300:
            self._say(HTTPStatus.NOT_FOUND, "there is nothing here")
            return None
        return name

    def _content(self) -> bytes | None:
        try:
            size = int(self.headers.get("Content-Length", ""))
        except ValueError:
            size = -1
        if not 0 <= size <= LARGEST:
            self.close_connection = True
            wrong = HTTPStatus.LENGTH_REQUIRED if size < 0 else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            self._say(wrong, "send a file of a known size")
            return None
        content = self.rfile.read(size)
        if len(content) < size:  # the sender died in the middle: nothing came
            self.close_connection = True
            return None
        return content

    def _say(self, status: HTTPStatus, words: str) -> None:
        self._send(status, words.encode(), "text/plain; charset=utf-8")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
