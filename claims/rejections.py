"""What a rejection means and how it is fixed, in our own words.

A rejection comes before adjudication: the claim is corrected and sent again as an original, the
filing clock runs, and there is nothing to appeal. The numbers are X12's claim status codes
(277CA STC01-2), the entities its entity codes (STC01-3), for the 999 the error codes of IK304
and IK403. The texts are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, what to do next, and where it is fixed.

    `where`: ``coverage``, ``patient``, ``coding``, ``setup`` (provider, facility, payer),
    ``claim`` (authorization, referral), ``wait`` (nothing to fix here), or empty.
    """

    message: str
    fix: str
    where: str = ""


CATEGORIES: Final[dict[str, str]] = {
    "A0": "Forwarded to the payer.",
    "A1": "Received; not yet taken into processing.",
    "A2": "Accepted by the payer for processing. This is the proof of timely filing.",
    "A3": "Returned: the claim cannot be processed.",
    "A4": "Not found.",
    "A5": "Split into several claims at the payer.",
    "A6": "Rejected: information is missing.",
    "A7": "Rejected: information is invalid.",
    "A8": "Rejected: two pieces of information do not fit together.",
}

_ENTITY: Final[dict[str, str]] = {
    "85": "billing provider",
    "82": "rendering provider",
    "DN": "referring provider",
    "IL": "subscriber",
    "QC": "patient",
    "PR": "payer",
    "77": "service location",
    "41": "submitter",
    "40": "receiver",
}

_NPI = Advice(
    "The NPI of the {entity} is not valid.",
    "Correct the NPI in the record, then send the claim again.",
    "setup",
)

_BY_CODE: Final[dict[str, Advice]] = {
    "19": Advice("Received and being processed.", "Nothing to do: wait for the payment.", "wait"),
    "20": Advice("Accepted for processing.", "Nothing to do: wait for the payment.", "wait"),
    "21": Advice(
        "Something is missing or invalid; the other codes name it.",
        "Correct what the other codes name, then send the claim again.",
    ),
    "33": Advice(
        "The payer does not know this subscriber.",
        "Check eligibility; correct member ID, name or birth date, or bill the right insurance.",
        "coverage",
    ),
    "78": Advice(
        "The payer already has this claim.",
        "Do not send it again: find the first claim and follow it up.",
        "wait",
    ),
    "88": Advice(
        "The subscriber was not eligible on the day of the visit.",
        "Check eligibility for that day and bill the insurance that was in force.",
        "coverage",
    ),
    "97": Advice(
        "The patient is not eligible with this payer.",
        "Check eligibility; correct the coverage or bill the right insurance.",
        "coverage",
    ),
    "116": Advice(
        "The claim was sent to the wrong payer.",
        "Find the right payer from the insurance card and change the coverage.",
        "coverage",
    ),
    "122": Advice("Information is missing.", "Complete what the payer names, then send again."),
    "125": Advice(
        "The {entity}'s name is not right.", "Correct the name as on the card.", "patient"
    ),
    "126": Advice("The {entity}'s address is not right.", "Correct the address.", "patient"),
    "128": Advice(
        "The tax ID of the {entity} is missing or does not match the enrollment.",
        "Enter the tax ID exactly as it is on the payer's enrollment.",
        "setup",
    ),
    "142": Advice(
        "The CLIA number for a laboratory test is missing or not valid.",
        "Save the clinic's CLIA number with the facility; it is then sent as REF*X4.",
        "setup",
    ),
    "145": Advice(
        "The taxonomy code of the {entity} is missing or does not match the enrollment.",
        "Enter the taxonomy code of the enrollment.",
        "setup",
    ),
    "153": Advice(
        "The payer ID is not known at the clearinghouse.",
        "Set the clearinghouse's own payer ID for claims.",
        "setup",
    ),
    "158": Advice(
        "The birth date of the {entity} is missing or does not match the payer's.",
        "Compare it with the insurance card and an identity document, and correct the patient.",
        "patient",
    ),
    "164": Advice(
        "The member ID is not one that this payer issued.",
        "Run an eligibility check; copy the number from the card, or bill the right insurance.",
        "coverage",
    ),
    "187": Advice(
        "A date of service is not valid.",
        "Correct the date of the visit; codes must be valid on it.",
        "coding",
    ),
    "188": Advice("A date range is not valid.", "Correct the dates of service.", "coding"),
    "247": Advice("A line is not right.", "Correct the line that the payer names.", "coding"),
    "249": Advice("The place of service is not valid.", "Correct the place of service.", "coding"),
    "254": Advice(
        "The first diagnosis is not valid on the day of the visit.",
        "Choose a code that was valid then, with all its characters.",
        "coding",
    ),
    "255": Advice(
        "A diagnosis is not valid on the day of the visit.",
        "Choose a code that was valid then, with all its characters.",
        "coding",
    ),
    "286": Advice(
        "The primary payer's decision is missing.",
        "Wait for the primary payer's remittance and send its amounts along.",
        "claim",
    ),
    "400": Advice(
        "The amounts do not add up, or a charge is not valid.",
        "Scrub the claim again: its total is taken from its lines.",
        "coding",
    ),
    "453": Advice("A modifier is not valid.", "Correct the modifiers of the line.", "coding"),
    "454": Advice("A procedure code is not valid.", "Correct the procedure code.", "coding"),
    "464": Advice(
        "The payer's number of the original claim is missing, unknown, or still in process.",
        "Take the number from the remittance (CLP07). Without one, send the correction as a new "
        "original.",
        "claim",
    ),
    "477": Advice(
        "A line points to a diagnosis that is not there.", "Correct the pointers.", "coding"
    ),
    "478": Advice("The units are not valid.", "Correct the units of the line.", "coding"),
    "496": Advice(
        "The {entity}'s NPI is not linked to us as submitter.",
        "Complete the EDI enrollment with the clearinghouse, then send the claim again.",
        "setup",
    ),
    "500": Advice(
        "The {entity}'s ZIP code is not valid.",
        "The billing address needs all nine digits (ZIP+4).",
        "setup",
    ),
    "507": Advice(
        "A procedure code is not valid on the date.",
        "Choose a code that was valid on the day of the visit.",
        "coding",
    ),
    "516": Advice("The claim was adjudicated before.", "Send a corrected claim instead.", "claim"),
    "535": Advice(
        "The payer does not accept this frequency code.",
        "Send the corrected claim as a new original (frequency 1).",
        "claim",
    ),
    "562": _NPI,
    "732": Advice("Information does not fit together.", "Correct what the payer names."),
}

_BY_CODE_AND_ENTITY: Final[dict[tuple[str, str], Advice]] = {
    ("562", "DN"): Advice(
        "The claim has a referral, but no valid NPI of who referred.",
        "Add the referring provider's name and NPI (loop 2310A), or remove the referral number.",
        "claim",
    ),
    ("562", "82"): Advice(
        "The NPI of the rendering provider is not valid.",
        "Correct the provider record (look the number up in the NPI registry), then send again.",
        "setup",
    ),
    ("126", "85"): Advice(
        "The billing provider's address is not right.",
        "Save the street address of the clinic with ZIP+4.",
        "setup",
    ),
    ("125", "82"): Advice(
        "The rendering provider's name does not match the NPI.",
        "Correct the provider record.",
        "setup",
    ),
}

_UNKNOWN = Advice(
    "The payer refused the claim with status {code}.",
    "Look the code up in the payer's companion guide or call the payer, correct the claim and "
    "send it again.",
)


def advice(code: str, entity: str) -> Advice:
    """What a claim status code (with its entity) means and how it is fixed."""
    found = _BY_CODE_AND_ENTITY.get((code, entity)) or _BY_CODE.get(code) or _UNKNOWN
    who = _ENTITY.get(entity, "sender" if code == "153" else "provider or person named")
    return Advice(
        found.message.format(entity=who, code=code), found.fix.format(entity=who), found.where
    )


SEGMENT_ERRORS: Final[dict[str, Advice]] = {
    "1": Advice("A segment is not known in this place.", "Report it: the file is malformed."),
    "2": Advice("A segment is where none was expected.", "Report it: the file is malformed."),
    "3": Advice("A required segment is missing.", "Complete what the segment holds."),
    "4": Advice("A loop occurs too often.", "Reduce what repeats, or split the claim."),
    "5": Advice("A segment occurs too often.", "Reduce what repeats, or split the claim."),
    "6": Advice("A segment does not belong here.", "Report it: the file is malformed."),
    "7": Advice("Segments are in the wrong order.", "Report it: the file is malformed."),
    "8": Advice("A segment holds an invalid element.", "Correct the element named."),
    "I4": Advice("A segment that must not be sent was sent.", "Remove what the segment holds."),
    "I6": Advice("A segment that this case needs is missing.", "Complete what the segment holds."),
    "I7": Advice("A loop occurs too few times.", "Complete what the loop holds."),
    "I8": Advice("A segment occurs too few times.", "Complete what the segment holds."),
    "I9": Advice(
        "A situational rule of the guide is not met.", "Complete or remove what the rule names."
    ),
}

ELEMENT_ERRORS: Final[dict[str, Advice]] = {
    "1": Advice("A required element is missing.", "Complete it, then send the claim again."),
    "2": Advice("An element that another one needs is missing.", "Complete it and send again."),
    "3": Advice("There are too many elements.", "Report it: the file is malformed."),
    "4": Advice("An element is too short.", "Correct it, then send the claim again."),
    "5": Advice("An element is too long.", "Shorten it, then send the claim again."),
    "6": Advice("An element holds an invalid character.", "Remove special characters from it."),
    "7": Advice("An element holds a code that is not valid.", "Choose a valid code."),
    "8": Advice("A date is not valid.", "Correct the date, then send the claim again."),
    "9": Advice("A time is not valid.", "Correct the time, then send the claim again."),
    "10": Advice("Two elements exclude each other.", "Remove one of them."),
    "12": Advice("There are too many repetitions.", "Reduce what repeats."),
    "13": Advice("There are too many components.", "Report it: the file is malformed."),
    "I10": Advice("An element that must not be sent was sent.", "Remove it."),
    "I11": Advice("An element that this case needs is missing.", "Complete it."),
    "I12": Advice("An element occurs too few times.", "Complete it."),
    "I13": Advice("An element that is not used was sent.", "Remove it."),
    "I9": Advice("A situational rule of the guide is not met.", "Complete or remove the element."),
}

_PLACES: Final[dict[str, tuple[str, str]]] = {
    "NM1": ("a name or identifier", "patient"),
    "N3": ("an address", "patient"),
    "N4": ("city, state or ZIP code", "patient"),
    "DMG": ("birth date or sex", "patient"),
    "SBR": ("the subscriber's data", "coverage"),
    "PAT": ("the patient's relationship", "coverage"),
    "CLM": ("the claim's own data", "claim"),
    "REF": ("a reference number", "claim"),
    "HI": ("a diagnosis", "coding"),
    "SV1": ("a service line", "coding"),
    "DTP": ("a date", "coding"),
    "PRV": ("a taxonomy code", "setup"),
    "PER": ("a contact", "setup"),
}


def place(segment: str) -> tuple[str, str]:
    """What a segment holds, in plain words, and where that is fixed."""
    return _PLACES.get(segment, (f"segment {segment}", ""))
