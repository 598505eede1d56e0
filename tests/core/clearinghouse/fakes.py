"""Other sides that do what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from core.gateway_types import InboundFile


class FakeGateway:
    """Counts what it gets; `on_send` may raise or wait."""

    def __init__(self, on_send: Callable[[str, bytes], None] | None = None) -> None:
        self.on_send = on_send
        self.received: list[tuple[str, bytes]] = []
        self.mailbox: list[InboundFile] = []
        self.confirmed: list[str] = []
        self.answer: bytes | Exception = b""
        self._lock = threading.Lock()

    def send(self, name: str, content: bytes) -> None:
        if self.on_send is not None:
            self.on_send(name, content)
        with self._lock:
            self.received.append((name, content))

    def fetch(self) -> Sequence[InboundFile]:
        return [file for file in self.mailbox if file.name not in self.confirmed]

    def confirm(self, name: str) -> None:
        self.confirmed.append(name)

    def inquire(self, content: bytes, timeout: float) -> bytes:
        self.received.append(("", content))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
