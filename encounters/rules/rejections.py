"""AAA of the 271: why a payer did not answer, who can fix it, and how (005010X279A1).

The code alone is not enough: the loop it stands in says whose data is wrong. The words are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from encounters.enums import EligibilityState

PAYER_DOWN: Final = frozenset({"42", "80"})
"""The payer's system did not answer. Coverage stays unknown, never inactive; asking again helps."""

PERSON: Final = {
    "58": ("the birth date is missing or malformed", "Correct the birth date"),
    "60": ("the birth date lies after the date of service", "Correct the birth date"),
    "64": ("the patient's member number is wrong", "Copy the member number from the card"),
    "65": ("the patient's name is wrong", "Spell the name as on the insurance card"),
    "66": ("the patient's sex does not match", "Correct the sex"),
    "67": (
        "the patient was not found",
        "Check the name, the birth date and the relationship to the subscriber",
    ),
    "68": ("the member number belongs to several patients", "Call the payer for the right number"),
    "71": (
        "the birth date does not match the payer's",
        "Ask the patient and correct the birth date",
    ),
    "72": ("the subscriber number is wrong", "Copy the subscriber number from the insurance card"),
    "73": ("the name does not match the payer's", "Spell the name as on the insurance card"),
    "74": ("the sex does not match the payer's", "Correct the sex"),
    "75": (
        "the subscriber was not found",
        "Check the subscriber number and the payer on the insurance card",
    ),
    "76": ("the subscriber number exists twice", "Call the payer for the right number"),
    "77": (
        "the subscriber was found, but not this patient",
        "Check the patient's name, birth date and relationship to the subscriber",
    ),
    "78": (
        "the subscriber is not in this group or plan",
        "Check the group number and the payer on the insurance card",
    ),
}
"""Codes about the person: the front desk corrects them, and the payer is asked again."""

PROVIDER: Final = {
    "41": "the clinic may not ask this payer",
    "43": "the payer does not know the clinic's NPI",
    "44": "the provider's name does not match the payer's",
    "45": "the provider's specialty is missing or wrong",
    "46": "the provider's phone number is missing or wrong",
    "47": "the provider's state is missing or wrong",
    "48": "the referring provider's number is missing or wrong",
    "49": "the provider is not the patient's primary care physician",
    "50": "the clinic is not entitled to ask this payer",
    "51": "the payer has no provider under this NPI on file",
    "52": "the date of service lies outside the provider's enrolment",
    "97": "the provider's address is missing or wrong",
}

DATES: Final = {
    "56": "the date is not accepted",
    "57": "the date of service is missing or malformed",
    "61": "the patient died before the date of service",
    "62": "the payer does not answer for a date that far away",
    "63": "the payer does not answer for a future date",
}

OTHER: Final = {
    "04": "more was asked than the payer answers at once",
    "15": "data is missing",
    "33": "the data that was sent contains errors",
    "53": "the benefit does not fit the kind of provider",
    "54": "the service is not one this payer answers for",
    "55": "the service is not one this payer answers for",
    "69": "the question does not fit the patient's age",
    "70": "the question does not fit the patient's sex",
    "79": "the payer ID is wrong",
    "98": "the benefit does not fit the diagnosis",
    "T4": "the payer's name or ID is missing",
}

FRONT_DESK: Final = "Front desk"
ENROLMENT: Final = "Administrator: provider enrolment"
PAYER_RECORD: Final = "Administrator: payer record"
NOBODY: Final = "The payer: ask again later"

_LOOP_OWNER: Final = {
    "2100A": PAYER_RECORD,
    "2000A": PAYER_RECORD,
    "2100B": ENROLMENT,
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
        wrong, fix = PERSON[code]
        return Meaning(
            EligibilityState.NOT_FOUND,
            FRONT_DESK,
            f"The payer says that {wrong}. {fix}, then ask again.",
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
            ENROLMENT,
            f"The payer says that {wrong}. This says nothing about the patient: an administrator "
            "checks the enrolment with this payer; until then call the payer.",
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
