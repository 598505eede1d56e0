"""Bytes to typed objects."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from x12.errors import X12Error
from x12.model.document import Document, Interchange, Transaction
from x12.reading.tokens import Tokens, texts
from x12.reading.walk import Walk
from x12.rules.checks import Checks


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
    walk = Walk(name, checks or Checks(), streaming=False, keep_raw=True)
    with _collector_paused(len(data)):
        for _ in walk.claims(Tokens(texts(data), keep_raw=True)):
            pass
    return walk.document


@contextmanager
def _collector_paused(size: int) -> Iterator[None]:
    """Everything that is read is kept, so the cycle collector would look at it in vain, again and
    again; it costs more than half of the time of a large file."""
    pause = size > 100_000 and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()


class Stream:
    """The claims of a file, one after the other; memory does not grow with the file.

    Afterwards ``document`` holds envelopes, transactions without their claims, and all errors that
    do not lie in a claim.
    """

    def __init__(
        self, source: bytes | Path | BinaryIO, *, name: str = "", checks: Checks | None = None
    ) -> None:
        self._walk = Walk(name, checks or Checks(), streaming=True, keep_raw=False)
        self._source = source

    @property
    def document(self) -> Document:
        """What was read so far, without the claims."""
        return self._walk.document

    def __iter__(self) -> Iterator[StreamedClaim]:
        for found in self._walk.claims(Tokens(texts(self._source), keep_raw=False)):
            yield StreamedClaim(found.interchange, found.transaction, found.row, found.errors)


def stream(
    source: bytes | Path | BinaryIO, *, name: str = "", checks: Checks | None = None
) -> Stream:
    """Yield claims as they are read, with constant memory."""
    return Stream(source, name=name, checks=checks)
