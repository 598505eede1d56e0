"""Files over HTTP, as the sandbox payer and many clearinghouses' REST mailboxes take them.

    PUT    /mailbox/in/<name>     send; the same bytes again answer 200, other bytes 409
    GET    /mailbox/out           what waits for us, as JSON: [{"name": …, "size": …}, …]
    GET    /mailbox/out/<name>    one file
    DELETE /mailbox/out/<name>    we have it
    POST   /realtime              ask, and get the answer in the same breath

`http://host:port` and `unix:///path/to/socket` are understood; the standard library does it all.
"""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from urllib.parse import quote, urlsplit

from django.conf import settings

from core.clearinghouse.gateway import GatewayDown, GatewayError, GatewayRefused, InboundFile

FILE_TIMEOUT = 30.0
FETCH_WITHIN = 120.0
"""Seconds: no further file is begun after these, so that what came is stored and confirmed."""
AT_ONCE = 50
LARGEST = 256 * 1024 * 1024


class _Gone(GatewayRefused):
    """404, 410: another worker took the file after it was listed."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class HttpGateway:
    """The mailbox at `FIRSTPASS_SANDBOX_URL`."""

    def __init__(self, url: str = "") -> None:
        self.url = (url or settings.FIRSTPASS_SANDBOX_URL).rstrip("/")

    def send(self, name: str, content: bytes) -> None:
        self._call("PUT", f"/mailbox/in/{quote(name, safe='')}", content)

    def fetch(self) -> Sequence[InboundFile]:
        try:
            listing = json.loads(self._call("GET", "/mailbox/out"))
            names = [str(entry["name"]) for entry in listing]
        except (ValueError, TypeError, KeyError) as error:
            raise GatewayDown(
                f"The mailbox at {self.url} answered with something that is not a list of files."
            ) from error
        return self._files(names)

    def _files(self, names: Sequence[str]) -> list[InboundFile]:
        """As many as can be had: one that cannot must not keep the others from coming."""
        begun = time.monotonic()
        found: list[InboundFile] = []
        trouble: GatewayError | None = None
        for name in names:
            if len(found) == AT_ONCE or time.monotonic() - begun > FETCH_WITHIN:
                break
            try:
                content = self._call("GET", f"/mailbox/out/{quote(name, safe='')}")
            except _Gone:
                continue
            except GatewayError as error:
                trouble = trouble or error
            else:
                found.append(InboundFile(name, content))
        if trouble is not None and not found:
            raise trouble
        return found

    def confirm(self, name: str) -> None:
        self._call("DELETE", f"/mailbox/out/{quote(name, safe='')}")

    def inquire(self, content: bytes, timeout: float) -> bytes:
        return self._call("POST", "/realtime", content, timeout=timeout)

    def _call(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float = FILE_TIMEOUT
    ) -> bytes:
        deadline = time.monotonic() + timeout
        connection = self._connection(timeout)
        try:
            headers = {"Content-Type": "application/edi-x12"} if body is not None else {}
            connection.request(method, path, body=body, headers=headers)
            with closing(connection.getresponse()) as response:
                answer = self._body(response, connection, deadline)
        except TimeoutError as error:
            raise GatewayDown(f"{self.url} did not answer within {timeout:g} s.") from error
        except (OSError, http.client.HTTPException) as error:
            raise GatewayDown(f"{self.url} cannot be reached ({_words(error)}).") from error
        finally:
            connection.close()
        if response.status in (429, 408) or response.status >= 500:
            raise GatewayDown(f"{self.url} answered {response.status} {response.reason}.")
        if response.status >= 300:
            words = answer[:300].decode("utf-8", "replace").strip()
            kind = _Gone if response.status in (404, 410) else GatewayRefused
            raise kind(f"{self.url} refused it: {response.status} {words}")
        return answer

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            return _UnixConnection(parts.path, timeout)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        return kind(parts.hostname or "localhost", parts.port, timeout=timeout)

    def _body(
        self,
        response: http.client.HTTPResponse,
        connection: http.client.HTTPConnection,
        deadline: float,
    ) -> bytes:
        """The whole body by the deadline: a slow trickle counts as no answer."""
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise GatewayRefused(f"{self.url} sends a file larger than {LARGEST >> 20} MB.")
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if connection.sock is not None:
                connection.sock.settimeout(left)
        if response.length:  # fewer bytes than Content-Length promised
            raise http.client.IncompleteRead(b"", response.length)
        return b"".join(pieces)


def _words(error: Exception) -> str:
    """What the machine says, without its numbers: "connection refused"."""
    said = error.strerror if isinstance(error, OSError) else ""
    return (said or type(error).__name__).lower()
