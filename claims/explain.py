"""The segments of an 837P in plain words, element by element. Our own texts.

Positions are those of the guide (005010X222A1); composites are explained part by part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

Codes = dict[str, str]

_ENTITY: Final[Codes] = {
    "41": "Submitter",
    "40": "Receiver",
    "85": "Billing provider",
    "87": "Pay-to address",
    "IL": "Subscriber",
    "PR": "Payer",
    "QC": "Patient",
    "82": "Rendering provider",
    "DN": "Referring provider",
    "77": "Service location",
    "DQ": "Supervising provider",
}
_ID: Final[Codes] = {
    "XX": "NPI",
    "MI": "Member ID",
    "PI": "Payer ID",
    "46": "Electronic transmitter ID",
    "24": "Tax ID",
    "34": "Social security number",
}
_REFERENCE: Final[Codes] = {
    "F8": "Payer's number of the original claim",
    "G1": "Prior authorization number",
    "9F": "Referral number",
    "X4": "CLIA number",
    "6R": "Our number of this line",
    "EA": "Our number of the visit",
    "EI": "Tax ID (EIN)",
    "SY": "Social security number",
    "D9": "Clearinghouse's claim number",
    "G2": "Payer's provider number",
}
_FILING: Final[Codes] = {
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "CI": "Commercial",
    "BL": "Blue Cross",
    "HM": "HMO",
    "12": "PPO",
    "MA": "Medicare Part A",
    "16": "HMO Medicare risk",
}
_RELATION: Final[Codes] = {
    "18": "Self",
    "01": "Spouse",
    "19": "Child",
    "G8": "Other",
    "20": "Employee",
    "21": "Unknown",
}
_YES: Final[Codes] = {"Y": "Yes", "N": "No", "W": "Not applicable"}
_LEVEL: Final[Codes] = {"20": "Billing provider", "22": "Subscriber", "23": "Patient"}

ELEMENTS: Final[dict[str, dict[int, tuple[str, Codes]]]] = {
    "ST": {1: ("Transaction", {"837": "Claims"}), 2: ("Control number", {}), 3: ("Guide", {})},
    "BHT": {
        1: ("Structure", {"0019": "Source, subscriber, dependent"}),
        2: ("Purpose", {"00": "Original", "18": "Sent again"}),
        3: ("Batch number", {}),
        4: ("Date", {}),
        5: ("Time", {}),
        6: ("Kind", {"CH": "Claims to be paid", "RP": "Encounters for the record"}),
    },
    "HL": {
        1: ("Level number", {}),
        2: ("Below level", {}),
        3: ("Level", _LEVEL),
        4: ("Levels below", {"0": "None", "1": "Yes"}),
    },
    "NM1": {
        1: ("Who", _ENTITY),
        2: ("Kind", {"1": "Person", "2": "Organisation"}),
        3: ("Last name or organisation", {}),
        4: ("First name", {}),
        5: ("Middle name", {}),
        6: ("Prefix", {}),
        7: ("Suffix", {}),
        8: ("Kind of ID", _ID),
        9: ("ID", {}),
    },
    "N3": {1: ("Street", {}), 2: ("Second line", {})},
    "N4": {1: ("City", {}), 2: ("State", {}), 3: ("ZIP code", {}), 4: ("Country", {})},
    "DMG": {
        1: ("Format", {"D8": "A day"}),
        2: ("Birth date", {}),
        3: ("Sex", {"F": "Female", "M": "Male", "U": "Unknown"}),
    },
    "PER": {
        1: ("Contact", {"IC": "Information contact"}),
        2: ("Name", {}),
        3: ("Kind", {"TE": "Telephone", "EM": "E-mail"}),
        4: ("Number", {}),
    },
    "PRV": {
        1: ("Role", {"BI": "Billing provider", "PE": "Performing provider"}),
        2: ("List", {"PXC": "Provider taxonomy"}),
        3: ("Taxonomy code", {}),
    },
    "REF": {1: ("Kind of number", _REFERENCE), 2: ("Number", {})},
    "SBR": {
        1: ("Pays", {"P": "First", "S": "Second", "T": "Third"}),
        2: ("Patient is", _RELATION),
        3: ("Group number", {}),
        4: ("Group name", {}),
        5: ("Insurance type", {}),
        9: ("Kind of insurance", _FILING),
    },
    "PAT": {1: ("Relationship to the subscriber", _RELATION)},
    "CLM": {
        1: ("Our claim number", {}),
        2: ("Total charge", {}),
        5: ("Place and frequency", {}),
        6: ("Provider's signature on file", _YES),
        7: ("Assignment accepted", {"A": "Assigned"}),
        8: ("Benefits assigned to us", _YES),
        9: ("Release of information", {"Y": "Signed by the patient", "I": "Informed consent"}),
    },
    "HI": {},
    "LX": {1: ("Line", {})},
    "SV1": {
        1: ("Service", {}),
        2: ("Charge", {}),
        3: ("Unit", {"UN": "Units", "MJ": "Minutes"}),
        4: ("Quantity", {}),
        5: ("Place of service, when it differs", {}),
        7: ("Points to diagnoses", {}),
    },
    "DTP": {
        1: ("Kind of date", {"472": "Date of service", "431": "Onset", "454": "First treatment"}),
        2: ("Format", {"D8": "A day", "RD8": "From and to"}),
        3: ("Date", {}),
    },
    "SE": {1: ("Segments", {}), 2: ("Control number", {})},
}

_HI_QUALIFIER: Final[Codes] = {"ABK": "First-listed diagnosis", "ABF": "Further diagnosis"}
_FREQUENCY: Final[Codes] = {"1": "Original", "7": "Replacement", "8": "Void"}
_DATES: Final = {("DMG", 2), ("BHT", 4), ("DTP", 3)}
_MONEY: Final = {("CLM", 2), ("SV1", 2)}

TITLES: Final[Codes] = {
    "ST": "Transaction begins",
    "BHT": "About the batch",
    "HL": "Level",
    "NM1": "Name",
    "N3": "Street address",
    "N4": "City, state, ZIP",
    "DMG": "Birth date and sex",
    "PER": "Contact",
    "PRV": "Taxonomy",
    "REF": "Reference number",
    "SBR": "Insurance",
    "PAT": "Relationship",
    "CLM": "Claim",
    "HI": "Diagnoses",
    "LX": "Line number",
    "SV1": "Service",
    "DTP": "Date",
    "SE": "Transaction ends",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element as sent, its name (``CLM02``), what it is, and its value in plain words."""

    name: str
    label: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One segment with its number in the file and everything that stands in it."""

    number: int
    text: str
    name: str
    title: str
    summary: str
    elements: list[Element]
    is_claim: bool
    """Belongs to this claim alone; otherwise it stands above it for several."""
    loop: str = ""
    """Heading before this segment when a new part of the claim begins here."""


def explain(
    number: int, text: str, separator: str, component: str, *, is_claim: bool, loop: str = ""
) -> Explained:
    """A segment in plain words."""
    name, *values = text.split(separator)
    elements = [
        element
        for position, value in enumerate(values, start=1)
        if value
        for element in _elements(name, position, value, component)
    ]
    title = _title(name, values)
    return Explained(number, text, name, title, _summary(name, elements), elements, is_claim, loop)


def _title(name: str, values: list[str]) -> str:
    if name == "NM1" and values:
        return _ENTITY.get(values[0], TITLES["NM1"])
    if name == "REF" and values:
        return _REFERENCE.get(values[0], TITLES["REF"])
    if name == "HL" and len(values) > 2:
        return f"Level: {_LEVEL.get(values[2], values[2]).lower()}"
    if name == "DTP" and values:
        return ELEMENTS["DTP"][1][1].get(values[0], TITLES["DTP"])
    return TITLES.get(name, name)


def _elements(name: str, position: int, value: str, component: str) -> list[Element]:
    label = f"{name}{position:02d}"
    if name == "HI":
        qualifier, _, code = value.partition(component)
        return [Element(label, _HI_QUALIFIER.get(qualifier, "Diagnosis"), value, dotted(code))]
    if (name, position) == ("CLM", 5):
        place, _, frequency = [*value.split(component), "", ""][:3]
        return [
            Element(f"{label}-1", "Place of service", place, ""),
            Element(f"{label}-3", "Frequency", frequency, _FREQUENCY.get(frequency, "")),
        ]
    if (name, position) == ("SV1", 1):
        _, code, *modifiers = [*value.split(component), ""]
        told = [Element(f"{label}-2", "Procedure", code, "")]
        marks = [one for one in modifiers if one]
        if marks:
            told.append(Element(f"{label}-3", "Modifiers", " ".join(marks), ""))
        return told
    if (name, position) == ("SV1", 7):
        letters = [chr(64 + int(one)) for one in value.split(component) if one.isdigit()]
        return [Element(label, "Points to diagnoses", value, ", ".join(letters))]
    known = ELEMENTS.get(name, {}).get(position)
    if known is None:
        return [Element(label, "", value, "")]
    return [Element(label, known[0], value, _words(name, position, value, known[1]))]


def _words(name: str, position: int, value: str, codes: Codes) -> str:
    if (name, position) in _MONEY:
        return f"${value}"
    if (name, position) in _DATES and len(value) == 8 and value.isdigit():
        day = datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 a date has no time zone
        return f"{day:%b} {day.day}, {day.year}"
    return codes.get(value, "")


def _summary(name: str, elements: list[Element]) -> str:
    """The segment in one line: its values in words, without qualifiers."""
    told = {one.name: one.words or one.value for one in elements}
    if name == "NM1":
        whole = " ".join(told[key] for key in ("NM104", "NM105", "NM103") if key in told)
        number = f", {told.get('NM108', 'ID')} {told['NM109']}" if "NM109" in told else ""
        return f"{whole}{number}"
    if name == "CLM":
        return (
            f"{told.get('CLM01', '')}, {told.get('CLM02', '')}, "
            f"{told.get('CLM05-3', '').lower() or 'original'}, place {told.get('CLM05-1', '')}"
        )
    if name == "SV1":
        service = " ".join(told[key] for key in ("SV101-2", "SV101-3") if key in told)
        return (
            f"{service}, {told.get('SV102', '')}, {told.get('SV103', '').lower()}: "
            f"{told.get('SV104', '')}, for diagnosis {told.get('SV107', '')}"
        )
    if name == "HL":
        return f"Number {told.get('HL01', '')}"
    if name == "LX":
        return f"Line {told.get('LX01', '')}"
    if name == "SBR":
        group = f", group {told['SBR03']}" if "SBR03" in told else ""
        return f"Pays {told.get('SBR01', '').lower()}{group}, {told.get('SBR09', '')}"
    if name == "HI":
        return ", ".join(one.words for one in elements)
    if name in {"REF", "DTP", "PRV"}:
        return elements[-1].words or elements[-1].value if elements else ""
    if name == "DMG":
        return ", ".join(told[key] for key in ("DMG02", "DMG03") if key in told)
    return ", ".join(told.values())


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot, as people read it."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
