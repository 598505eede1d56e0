"""Make TA1 and 999 for what was received, and read them back onto what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from rcm.x12.document import Document, Interchange
from rcm.x12.model.acknowledgements import TA1, Acknowledgement999


@dataclass(slots=True)
class InterchangeAcknowledgement:
    """The answer to one received interchange."""

    interchange: Interchange
    ta1: TA1
    groups: list[Acknowledgement999] = field(default_factory=list)


class LocatedError(NamedTuple):
    """One error of a 999, laid onto the file that it is about."""

    transaction: str
    """ST02."""
    claim: str
    """CLM01 of the claim it lies in, or an empty text."""
    segment: int
    """Number of the segment in the sent file."""
    text: str
    """The segment as it was sent."""
    element: str
    code: str
    """IK304 or IK403."""
    message: str


def acknowledge(document: Document) -> list[InterchangeAcknowledgement]:
    """What a receiver answers, one per interchange."""
    raise NotImplementedError("comes within the hour")


def locate(acknowledgement: Acknowledgement999, sent: Document) -> list[LocatedError]:
    """Lay the errors of a 999 onto the file that was sent."""
    raise NotImplementedError("comes within the hour")
