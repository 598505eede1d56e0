"""Bytes to typed objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from rcm.x12.checks import Checks
from rcm.x12.document import Document, Interchange, Transaction
from rcm.x12.errors import X12Error


class StreamedClaim(NamedTuple):
    """One claim of a stream, with the errors that lie in it."""

    interchange: Interchange
    transaction: Transaction
    """Its ``content`` holds what stands above the claims (payer, trace number, submitter)."""
    row: Any
    """ClaimRow of an 837, ClaimPayment of an 835, MemberRow of 270/271, StatusRow of 276/277."""
    errors: list[X12Error]


def read(data: bytes, *, name: str = "", checks: Checks | None = None) -> Document:
    """Read a whole file. Never raises for what stands in it."""
    raise NotImplementedError("comes within the hour")


def stream(
    source: bytes | Path | BinaryIO, *, name: str = "", checks: Checks | None = None
) -> Iterator[StreamedClaim]:
    """Yield claims as they are read, with constant memory."""
    raise NotImplementedError("comes within the hour")
