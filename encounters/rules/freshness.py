"""The status of a visit's coverage, in one word, from the latest answer and its age.

Checked when the visit is scheduled, again two to three days before and at check-in: an answer older
than three days no longer covers a visit that is near.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from encounters.enums import EligibilityState

NEAR: Final = timedelta(days=3)
"""A visit this near needs an answer that is not older than this."""
PATIENCE: Final = timedelta(minutes=1)
"""After this time without an answer the request counts as interrupted: none will come."""
MONTHLY: Final = timedelta(days=30)
"""An answer for a later visit is good for a month."""


class Check(Protocol):
    """What is read of an eligibility check."""

    @property
    def state(self) -> str: ...
    @property
    def requested_at(self) -> datetime: ...
    @property
    def answered_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class CoverageStatus:
    """What the schedule's coverage column shows."""

    label: str
    tone: str
    is_ready: bool
    """Nothing to do before the visit."""
    advice: str = ""
    asked_at: datetime | None = None
    is_old: bool = False


NO_COVERAGE: Final = CoverageStatus(
    "No coverage",
    "warn",
    is_ready=False,
    advice="Ask for the insurance card, or agree on self-pay.",
)
NOT_CHECKED: Final = CoverageStatus(
    "Not verified", "warn", is_ready=False, advice="Ask the payer whether the plan is active."
)
_WORDS: Final = {
    EligibilityState.ACTIVE: ("Active", "success", True, ""),
    EligibilityState.INACTIVE: (
        "Inactive",
        "danger",
        False,
        "Ask the patient for the new insurance card.",
    ),
    EligibilityState.UNKNOWN: (
        "Unknown",
        "warn",
        False,
        "The payer did not answer. Ask again.",
    ),
    EligibilityState.NOT_FOUND: (
        "Not found",
        "danger",
        False,
        "Correct the details and ask again.",
    ),
    EligibilityState.PENDING: ("Asked", "info", False, "Waiting for the payer's answer."),
}


def coverage_status(
    check: Check | None, *, visit: date, now: datetime, today: date
) -> CoverageStatus:
    """The coverage of a visit on ``visit`` with this latest check (None: never asked)."""
    if check is None:
        return NOT_CHECKED
    state = EligibilityState(check.state)
    if state is EligibilityState.PENDING and now - check.requested_at > PATIENCE:
        state = EligibilityState.UNKNOWN
    label, tone, ready, advice = _WORDS[state]
    old = check.answered_at is not None and now - check.answered_at > allowed_age(visit, today)
    if old and ready:
        return CoverageStatus(
            label,
            "warn",
            is_ready=False,
            advice="The answer is old. Ask again.",
            asked_at=check.answered_at,
            is_old=True,
        )
    return CoverageStatus(
        label, tone, is_ready=ready, advice=advice, asked_at=check.answered_at, is_old=old
    )


def allowed_age(visit: date, today: date) -> timedelta:
    """How old an answer may be for a visit on that day."""
    return NEAR if visit - today <= NEAR else MONTHLY
