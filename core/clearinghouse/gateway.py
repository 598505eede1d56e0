"""What carries X12 files to a clearinghouse and brings its files back.

A gateway moves bytes and knows nothing else. What it must promise:

- `send` under the same name with the same bytes may be repeated at will and counts once;
- a file stays in the mailbox until `confirm`: only what is stored in our database is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from core.gateway_types import GatewayDown, GatewayError, GatewayRefused, InboundFile

__all__ = [
    "Gateway",
    "GatewayDown",
    "GatewayError",
    "GatewayRefused",
    "InboundFile",
    "get_gateway",
]


class Gateway(Protocol):
    """One way to a clearinghouse: the simulator in the process, HTTP, later SFTP."""

    def send(self, name: str, content: bytes) -> None:
        """Deliver a file. Raises `GatewayDown` or `GatewayRefused`; returns when they have it."""

    def fetch(self) -> Sequence[InboundFile]:
        """The files that wait for us, oldest first (some of them when there are many).

        One that cannot be had is left out while others can, and raises when it is alone.
        """

    def confirm(self, name: str) -> None:
        """We have stored this file durably; it may leave the mailbox. Repeating is harmless."""

    def inquire(self, content: bytes, timeout: float) -> bytes:
        """Ask and wait for the answer (270 → 271). `GatewayDown` after `timeout` seconds."""


def get_gateway() -> Gateway:
    """The gateway that the settings name."""
    return cast(Gateway, import_string(settings.FIRSTPASS_GATEWAY)())
