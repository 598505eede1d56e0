"""Typed objects to bytes."""

from __future__ import annotations

from collections.abc import Sequence

from rcm.x12.document import Envelope, Outgoing, Written
from rcm.x12.model.acknowledgements import TA1


def write(
    envelope: Envelope, transactions: Sequence[Outgoing] = (), *, ta1s: Sequence[TA1] = ()
) -> Written:
    """Write one interchange, and say where each claim stands in it."""
    raise NotImplementedError("comes within the hour")


def write_interchange(
    envelope: Envelope, transactions: Sequence[Outgoing] = (), *, ta1s: Sequence[TA1] = ()
) -> bytes:
    """The bytes of :func:`write`."""
    return write(envelope, transactions, ta1s=ta1s).data
