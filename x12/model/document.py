"""What reading gives: the file as interchanges, groups and transactions, every byte kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from x12.errors import X12Error
from x12.model.acknowledgements import TA1, Acknowledgement999
from x12.model.claims import Claims837I, Claims837P
from x12.model.eligibility import Eligibility270, Eligibility271
from x12.model.remittance import Remittance835
from x12.model.status import (
    ClaimAcknowledgement277CA,
    StatusRequest276,
    StatusResponse277,
)

Content = (
    Claims837P
    | Claims837I
    | Remittance835
    | Eligibility270
    | Eligibility271
    | StatusRequest276
    | StatusResponse277
    | ClaimAcknowledgement277CA
    | Acknowledgement999
)
"""The typed content of a transaction set."""


class Delimiters(NamedTuple):
    """The four separators of an interchange, as its ISA declares them, and the line ending."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    newline: str = ""
    """Written after each segment; on reading, what follows the ISA's terminator."""


@dataclass(slots=True)
class Transaction:
    """A transaction set, ST to SE."""

    kind: str
    """837P, 837I, 835, 270, 271, 276, 277, 277CA, 999; or ST01 of one that is not supported."""
    control_number: str
    """ST02."""
    version: str
    """ST03, else GS08: 005010X222A1."""
    first_segment: int
    """Number of the ST segment in the file, the first ISA is 1."""
    last_segment: int = 0
    """Number of the SE segment (or the last one seen)."""
    content: Content | None = None
    """``None`` when the transaction is not supported."""
    errors: list[X12Error] = field(default_factory=list)
    supported: bool = True

    @property
    def segments(self) -> range:
        """Numbers of its segments in the file."""
        return range(self.first_segment, self.last_segment + 1)

    @property
    def ok(self) -> bool:
        """No error that is a reason to refuse it."""
        return self.supported and not any(e.fatal for e in self.errors)

    @property
    def claims837(self) -> Claims837P | Claims837I:
        """The content as claims; ``TypeError`` when it is something else."""
        if not isinstance(self.content, Claims837P | Claims837I):
            raise TypeError(f"transaction {self.control_number} is {self.kind}, not an 837")
        return self.content

    @property
    def remittance(self) -> Remittance835:
        """The content as a remittance; ``TypeError`` when it is something else."""
        if not isinstance(self.content, Remittance835):
            raise TypeError(f"transaction {self.control_number} is {self.kind}, not an 835")
        return self.content


@dataclass(slots=True)
class Group:
    """A functional group, GS to GE."""

    functional_id: str
    """GS01: HC claims, HP 835, HS 270, HB 271, HR 276, HN 277 and 277CA, FA 999."""
    sender: str
    receiver: str
    date: dt.date | None
    time: str
    control_number: str
    version: str
    """GS08."""
    transactions: list[Transaction] = field(default_factory=list)
    errors: list[X12Error] = field(default_factory=list)
    """Of the group itself (GS, GE), not of its transactions."""
    first_segment: int = 0
    last_segment: int = 0
    closed: bool = False
    stated_transactions: str = ""
    """GE01 as sent."""


@dataclass(slots=True)
class Interchange:
    """ISA to IEA."""

    authorization_qualifier: str
    authorization: str
    security_qualifier: str
    security: str
    sender_qualifier: str
    sender: str
    """ISA06 without its padding."""
    receiver_qualifier: str
    receiver: str
    date: dt.date | None
    time: str
    version: str
    control_number: str
    acknowledgement_requested: bool
    usage: str
    """ISA15: P production, T test."""
    delimiters: Delimiters
    groups: list[Group] = field(default_factory=list)
    ta1s: list[TA1] = field(default_factory=list)
    errors: list[X12Error] = field(default_factory=list)
    """Of the interchange itself (ISA, IEA)."""
    first_segment: int = 0
    last_segment: int = 0
    closed: bool = False


@dataclass(slots=True)
class Document:
    """A file. Reading never raises for what stands in it: see ``errors``."""

    name: str
    interchanges: list[Interchange] = field(default_factory=list)
    file_errors: list[X12Error] = field(default_factory=list)
    """What belongs to no interchange: no ISA at all, bytes before, between or after."""
    pieces: list[str] = field(default_factory=list, repr=False)
    """The file, cut after each segment: segment text, terminator and line ending, as it came."""

    def __bytes__(self) -> bytes:
        """The file again, byte for byte."""
        return "".join(self.pieces).encode("utf-8", "surrogateescape")

    @property
    def transactions(self) -> list[Transaction]:
        """All transactions of all interchanges and groups."""
        return [t for i in self.interchanges for g in i.groups for t in g.transactions]

    @property
    def errors(self) -> list[X12Error]:
        """All errors in file order."""
        found = list(self.file_errors)
        for interchange in self.interchanges:
            found += interchange.errors
            for group in interchange.groups:
                found += group.errors
                for transaction in group.transactions:
                    found += transaction.errors
        return sorted(found, key=lambda e: e.segment)

    @property
    def ok(self) -> bool:
        """Nothing in it is a reason to refuse it, and it holds something."""
        return bool(self.interchanges) and not any(e.fatal for e in self.errors)

    def segment_texts(self) -> list[str]:
        """All segments without terminator and line ends; number ``n`` is at ``n - 1``."""
        found: list[str] = []
        starts = iter(self.interchanges)
        terminator = "~"
        for piece in self.pieces:
            text = piece.strip("\r\n\t\x00\x1a\ufeff ")
            if text.startswith("ISA") and len(text) > 100:
                interchange = next(starts, None)
                terminator = interchange.delimiters.segment if interchange else terminator
            text = text.removesuffix(terminator)
            if text.strip():
                found.append("".join(text.splitlines()))
        return found

    def find(self, kind: str) -> Iterator[Transaction]:
        """The transactions of this kind (``"835"``)."""
        return (t for t in self.transactions if t.kind == kind)


@dataclass(slots=True)
class Envelope:
    """ISA and GS of a file to be written. Everything is given, nothing is invented."""

    sender: str
    receiver: str
    control_number: int
    """ISA13, 1 to 999999999."""
    created: dt.datetime
    """ISA09/10 and GS04/05; written as it is, without a time zone."""
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    """GS02; empty means the same as ``sender``."""
    group_receiver: str = ""
    group_control_number: int | None = None
    """GS06 of the first group; none means the same as ``control_number``. Further groups of the
    same file (another kind of transaction) count up from it."""
    usage: str = "P"
    acknowledgement_requested: bool = False
    authorization_qualifier: str = "00"
    authorization: str = ""
    security_qualifier: str = "00"
    security: str = ""
    delimiters: Delimiters = field(default_factory=Delimiters)


@dataclass(slots=True)
class Outgoing:
    """A transaction set to be written, under the control number that the caller gives it."""

    control_number: str
    """ST02, 4 to 9 characters, unique in its group: ``"0001"``."""
    content: Content


class ClaimRange(NamedTuple):
    """Where a claim stands in the written file; segment numbers as in :class:`Transaction`."""

    transaction: str
    """ST02."""
    claim: str
    """CLM01, CLP01 or TRN02."""
    first: int
    last: int


class Written(NamedTuple):
    """A written file and where its claims are."""

    data: bytes
    claims: list[ClaimRange]
