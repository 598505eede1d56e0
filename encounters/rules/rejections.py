"""AAA of the 271: why a payer did not answer, who can fix it, and how (005010X279A1).

The code alone is not enough: its loop says whose data is wrong. The words are our own
(``encounters/data/rejections.csv``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from encounters.data import csv_rows
from encounters.enums import EligibilityState

PAYER_DOWN: Final = frozenset({"42", "80"})
"""The payer's system did not answer. Coverage stays unknown, never inactive; asking again helps."""

_ROWS: Final = csv_rows("rejections.csv")


def _about(subject: str) -> dict[str, str]:
    return {row["code"]: row["wrong"] for row in _ROWS if row["about"] == subject}


PERSON: Final = _about("person")
"""Codes about the person: the front desk corrects them, and the payer is asked again."""
PROVIDER: Final = _about("provider")
DATES: Final = _about("date")
OTHER: Final = _about("other")
_FIX: Final = {row["code"]: row["fix"] for row in _ROWS}

FRONT_DESK: Final = "Front desk"
ENROLLMENT: Final = "Administrator: provider enrollment"
PAYER_RECORD: Final = "Administrator: payer record"
NOBODY: Final = "The payer: ask again later"

_LOOP_OWNER: Final = {
    "2100A": PAYER_RECORD,
    "2000A": PAYER_RECORD,
    "2100B": ENROLLMENT,
    "2100C": FRONT_DESK,
    "2100D": FRONT_DESK,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A rejection in plain words."""

    state: EligibilityState
    owner: str
    """Who can fix it."""
    message: str
    """What is wrong and what to do next, as one or two sentences."""
    can_ask_again: bool
    """Whether asking again without changing anything may help."""


def explain(code: str, loop: str, follow_up: str = "") -> Meaning:
    """What AAA03 ``code`` in ``loop`` means for us.

    ``follow_up`` is AAA04 (P: resend later, R/W/X/Y: retry allowed, C: correct, N: do not resend).
    """
    if code in PAYER_DOWN:
        return Meaning(
            EligibilityState.UNKNOWN,
            NOBODY,
            "The payer's system did not answer. Whether the plan is active is unknown. Ask again "
            "in a few minutes; the patient can be seen meanwhile.",
            can_ask_again=True,
        )
    if code in PERSON:
        return Meaning(
            EligibilityState.NOT_FOUND,
            FRONT_DESK,
            f"The payer says that {PERSON[code]}. {_FIX[code]}, then ask again.",
            can_ask_again=False,
        )
    if code in DATES:
        return Meaning(
            EligibilityState.UNKNOWN,
            FRONT_DESK,
            f"The payer says that {DATES[code]}. Ask for the day of the visit.",
            can_ask_again=False,
        )
    if code in ("79", "T4"):
        return Meaning(
            EligibilityState.UNKNOWN,
            PAYER_RECORD,
            f"The clearinghouse says that {OTHER[code]}. An administrator corrects the payer's "
            "eligibility ID; until then call the payer.",
            can_ask_again=False,
        )
    if code in PROVIDER or loop == "2100B":
        wrong = PROVIDER.get(code, "it does not accept the clinic's data")
        return Meaning(
            EligibilityState.UNKNOWN,
            ENROLLMENT,
            f"The payer says that {wrong}. This says nothing about the patient: an administrator "
            "checks the enrollment with this payer; until then call the payer.",
            can_ask_again=False,
        )
    wrong = OTHER.get(code, f"it cannot answer (reason {code})")
    again = follow_up in {"P", "R", "W", "X", "Y", "S"}
    advice = "Ask again in a few minutes." if again else "Call the payer if the visit is close."
    return Meaning(
        EligibilityState.UNKNOWN,
        _LOOP_OWNER.get(loop, FRONT_DESK),
        f"The payer says that {wrong}. Whether the plan is active is unknown. {advice}",
        can_ask_again=again,
    )


def owner(code: str, loop: str) -> str:
    """Who can fix it; for a check without a rejection, the front desk."""
    return explain(code, loop).owner if code else FRONT_DESK
