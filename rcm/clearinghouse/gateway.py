"""What carries X12 files to a clearinghouse and brings its files back.

A gateway moves bytes and knows nothing else. What it must promise:

- `send` under the same name with the same bytes may be repeated any number of times and counts once;
- a file stays in the mailbox until `confirm`: we confirm only what stands in our database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class GatewayError(Exception):
    """Something between us and the receiver. The text is for people and holds no patient data."""


class GatewayDown(GatewayError):
    """Nobody answered, or not in time: try the same file again later."""


class GatewayRefused(GatewayError):
    """The receiver answered that it does not take this file: repeating it does not help."""


class InboundFile(Protocol):
    """A file in our mailbox at the other side."""

    @property
    def name(self) -> str:
        """Its name there, by which it is confirmed."""

    @property
    def content(self) -> bytes:
        """Its bytes."""


class Gateway(Protocol):
    """One way to a clearinghouse: the simulator in the process, HTTP, later SFTP."""

    def send(self, name: str, content: bytes) -> None:
        """Deliver a file. Raises `GatewayDown` or `GatewayRefused`; returns when they have it."""

    def fetch(self) -> Sequence[InboundFile]:
        """The files that wait for us, oldest first (some of them when there are many)."""

    def confirm(self, name: str) -> None:
        """We have stored this file durably; it may leave the mailbox. Repeating is harmless."""

    def inquire(self, content: bytes, timeout: float) -> bytes:
        """Ask and wait for the answer (270 → 271), at most `timeout` seconds, else `GatewayDown`."""


def get_gateway() -> Gateway:
    """The gateway that the settings name."""
    return cast(Gateway, import_string(settings.FIRSTPASS_GATEWAY)())
