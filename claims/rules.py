"""Pure rules of claims: splitting, numbers, deadlines, order of states, ages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol, TypeVar

from claims.enums import ClaimState

MOST_LINES: Final = 50
"""837P: at most 50 LX loops on a claim (005010X222A1, loop 2400)."""

T = TypeVar("T")


class Period(Protocol):
    """Something that holds from a day on, perhaps to a last day."""

    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...


PeriodT = TypeVar("PeriodT", bound=Period)


class Bucket(NamedTuple):
    """A range of days since the claim was sent."""

    key: str
    label: str
    first: int
    last: int | None


BUCKETS: Final = (
    Bucket("0-30", "0–30", 0, 30),
    Bucket("31-60", "31–60", 31, 60),
    Bucket("61-90", "61–90", 61, 90),
    Bucket("91-120", "91–120", 91, 120),
    Bucket("120+", "> 120", 121, None),
)


PROGRESS: Final = {
    ClaimState.QUEUED: 0,
    ClaimState.SENT: 1,
    ClaimState.ACCEPTED_BY_CLEARINGHOUSE: 2,
    ClaimState.ACCEPTED_BY_PAYER: 3,
}
"""Acknowledgements move a claim along this order and never back; other states they leave alone."""

NEVER_SENT: Final = (ClaimState.DRAFT, ClaimState.HELD, ClaimState.READY)
"""The current submission has no file yet: it may still be rebuilt from the coding."""


def effective_on(periods: Iterable[PeriodT], on: date) -> PeriodT | None:
    """The one that holds on the day; the latest start wins."""
    best: PeriodT | None = None
    for each in periods:
        holds = each.effective_from <= on and (each.effective_to is None or on <= each.effective_to)
        if holds and (best is None or each.effective_from > best.effective_from):
            best = each
    return best


def split(lines: Sequence[T], most: int = MOST_LINES) -> list[Sequence[T]]:
    """The lines of each claim that the visit needs, in order."""
    return [lines[start : start + most] for start in range(0, len(lines), most)]


def submission_number(claim_number: str, attempt: int) -> str:
    """CLM01, at most 20 characters: the claim and which attempt it is."""
    return f"{claim_number}-{attempt}"


def line_number(submission: str, position: int) -> str:
    """REF*6R of a line, at most 30 characters: comes back on the 835's line."""
    return f"{submission}-{position}"


def filing_deadline(service_date: date, timely_filing_days: int) -> date:
    """The last day on which the payer takes the claim first."""
    return service_date + timedelta(days=timely_filing_days)


def moves_forward(before: str, after: ClaimState) -> bool:
    """Whether an acknowledgement may move the claim from one state to the other."""
    if before not in PROGRESS:
        return False
    return PROGRESS[ClaimState(before)] < PROGRESS[after]
