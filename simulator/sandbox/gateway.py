"""The sandbox inside our own process: for tests, for the demo's eight weeks, for one machine.

`LoopbackGateway()` uses the clearinghouse that `connected()` has put in place, else the one that
keeps its state below the product's `var` folder, the same that the `sandbox` command serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from core import clock
from core.gateway_types import GatewayDown, InboundFile
from simulator.sandbox.clearinghouse import Clearinghouse, Pace

_connected: list[Clearinghouse] = []


def state_folder() -> Path:
    """Where the sandbox of this installation keeps its state."""
    return Path(settings.VAR) / "sandbox"


@cache
def _own() -> Clearinghouse:
    return Clearinghouse(state_folder(), now=clock.now)


@contextmanager
def connected(clearinghouse: Clearinghouse) -> Iterator[Clearinghouse]:
    """Every `LoopbackGateway` of this process speaks with this clearinghouse inside the block.

    The demo's weeks run with one of pace `calendar`, tests with one in memory.
    """
    _connected.append(clearinghouse)
    try:
        yield clearinghouse
    finally:
        _connected.remove(clearinghouse)


def memory_sandbox(*, seed: int = 1, pace: Pace = Pace.INSTANT) -> Clearinghouse:
    """A clearinghouse that forgets everything with the process. Its time is the product's."""
    return Clearinghouse(None, now=clock.now, seed=seed, pace=pace)


class LoopbackGateway:
    """A gateway (see `core.clearinghouse.gateway`) without a network."""

    def __init__(self, clearinghouse: Clearinghouse | None = None) -> None:
        self._other_side = clearinghouse or (_connected[-1] if _connected else _own())

    def send(self, name: str, content: bytes) -> None:
        """Deliver a file; a repeat is recognised."""
        self._other_side.submit(name, content)

    def fetch(self) -> Sequence[InboundFile]:
        """The files that wait for us now."""
        return self._other_side.fetch()

    def confirm(self, name: str) -> None:
        """Confirm a file: it leaves the mailbox."""
        self._other_side.confirm(name)

    def inquire(self, content: bytes, timeout: float) -> bytes:
        """The answer at once, or the time-out at once: nobody really waits here."""
        data, seconds = self._other_side.inquire(content)
        if seconds > timeout:
            raise GatewayDown(f"The payer did not answer within {timeout:g} s.")
        return data
