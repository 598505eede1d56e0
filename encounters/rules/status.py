"""The status of a visit in words that anybody at the clinic understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from encounters.enums import EncounterStatus

STEPS: Final = (
    (EncounterStatus.CHECKED_IN, "Checked in"),
    (EncounterStatus.DOCUMENTED, "Documented"),
    (EncounterStatus.CODED, "Coded"),
    (EncounterStatus.BILLED, "Billed"),
    (EncounterStatus.CLOSED, "Paid and closed"),
)
_RANK: Final = {status: rank for rank, status in enumerate(EncounterStatus.values)}

_WORDS: Final = {
    EncounterStatus.CHECKED_IN: "The patient is here; the provider has not signed the note yet.",
    EncounterStatus.DOCUMENTED: "The note is signed; a coder will turn it into codes.",
    EncounterStatus.CODING: "A coder is working on it.",
    EncounterStatus.CODED: "The codes and charges stand; the claim will be built next.",
    EncounterStatus.BILLED: "The claim is with the billers and the payer.",
    EncounterStatus.CLOSED: "Everything is paid or settled.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the visit's way; `state` is done, current, blocked or empty."""

    label: str
    state: str


def words(status: str, *, hold_reason: str = "", is_self_pay: bool = False) -> str:
    """What happens with the visit now."""
    if hold_reason:
        return f"On hold: {hold_reason}"
    if status == EncounterStatus.BILLED and is_self_pay:
        return "The patient pays; no claim goes to a payer."
    return _WORDS[EncounterStatus(status)]


def rank(status: str) -> int:
    """Place on the way, 0 first."""
    return _RANK[status]


def steps(status: str, *, on_hold: bool = False) -> list[Step]:
    """The way of the visit with the step it has reached."""
    reached = rank(status)
    found = []
    current_given = False
    for step, label in STEPS:
        if rank(step) <= reached:
            found.append(Step(label, "done"))
        elif not current_given:
            found.append(Step(label, "blocked" if on_hold else "current"))
            current_given = True
        else:
            found.append(Step(label, ""))
    return found


def may_hold(status: str) -> bool:
    """Only what is not billed yet can be held back."""
    return rank(status) < rank(EncounterStatus.BILLED)
