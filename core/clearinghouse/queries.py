"""What pages and stages ask about transmissions. Lists never load the files themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

import x12
from core.access.models import User
from core.access.permissions import may
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.models import Attempt, Transmission
from core.clearinghouse.rules import readable

CONTENT_PERMISSION: dict[str, str] = {
    FileKind.CLAIMS: "claim.view",
    FileKind.INTERCHANGE_ACK: "claim.view",
    FileKind.FUNCTIONAL_ACK: "claim.view",
    FileKind.CLAIM_ACK: "claim.view",
    FileKind.REMITTANCE: "remittance.view",
    FileKind.ELIGIBILITY_INQUIRY: "eligibility.view",
    FileKind.ELIGIBILITY_ANSWER: "eligibility.view",
    FileKind.UNKNOWN: "remittance.view",
}
"""Files are full of patients: who may read one is decided by what is in it. The list itself
holds names, numbers and states only."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a file as it is shown, with its number counted from 1 at the first ISA."""

    number: int
    name: str
    rest: str
    """Everything after the name, its terminator included."""
    opens: bool
    """Whether a new envelope, transaction or claim starts here."""


def transmissions() -> QuerySet[Transmission]:
    """All files, newest first, without their bytes."""
    return Transmission.objects.defer("content").select_related("partner").order_by("-id")


def with_tries(rows: QuerySet[Transmission]) -> QuerySet[Transmission]:
    """Each with `tries`: how often it was tried. Counted for the rows of the page only."""
    counts = (
        Attempt.objects.order_by()
        .filter(transmission=OuterRef("pk"))
        .values("transmission")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return rows.annotate(tries=Coalesce(Subquery(counts), 0))


def in_trouble() -> dict[str, int]:
    """How many files wait to be sent, were refused, or could not be processed."""
    # Two conditions, one for each partial index: the table itself is never read.
    counts = dict(
        Transmission.objects.filter(
            Q(state__in=[TransmissionState.PENDING, TransmissionState.RECEIVED])
            | Q(state__in=[TransmissionState.REFUSED, TransmissionState.FAILED])
        )
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    return {
        "waiting": counts.get(TransmissionState.PENDING, 0),
        "refused": counts.get(TransmissionState.REFUSED, 0),
        "failed": counts.get(TransmissionState.FAILED, 0),
        "unread": counts.get(TransmissionState.RECEIVED, 0),
    }


def may_read_content(user: User, row: Transmission) -> bool:
    """Whether this user may see the content of the file."""
    return may(user, CONTENT_PERMISSION[row.kind])


_OPENING = frozenset({"ISA", "GS", "ST", "HL", "CLM", "CLP", "LX", "TRN", "PLB", "AK2", "SE"})


def segments(row: Transmission, *, first: int = 1, count: int = 500) -> tuple[list[Segment], int]:
    """Some segments of the file, and how many there are. Bytes that are no X12 give nothing."""
    document = x12.read(readable(bytes(row.content)), checks=x12.Checks(levels=frozenset()))
    if not document.interchanges:
        return [], 0
    pieces = document.pieces
    separator = document.interchanges[0].delimiters.element
    chosen = pieces[first - 1 : first - 1 + count]
    return [
        Segment(
            number=first + index,
            name=(name := piece.strip().split(separator, 1)[0]),
            rest=piece.strip()[len(name) :],
            opens=name in _OPENING,
        )
        for index, piece in enumerate(chosen)
    ], len(pieces)
