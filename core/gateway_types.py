"""What can go wrong between two parties that exchange files, and what a file in a mailbox is.

Stands below both sides: the product's gateways and the simulator's loopback speak of the same
failures without knowing each other. Pure Python, no Django.
"""

from __future__ import annotations

from typing import NamedTuple


class GatewayError(Exception):
    """Something between us and the receiver. The text is for people and holds no patient data."""


class GatewayDown(GatewayError):
    """Nobody answered, or not in time: try the same file again later."""


class GatewayRefused(GatewayError):
    """The receiver answered that it does not take this file: repeating it does not help."""


class InboundFile(NamedTuple):
    """A file in our mailbox at the other side, and the name by which it is confirmed."""

    name: str
    content: bytes
