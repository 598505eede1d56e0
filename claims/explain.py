"""The segments of an 837P in plain words, element by element. Our own texts.

Positions are those of the guide (005010X222A1); composites are explained part by part.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

Codes = dict[str, str]

_DATA: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "data" / "segments.toml").read_text(encoding="utf-8")
)
_CODES: Final[dict[str, Codes]] = _DATA["codes"]
_SEGMENTS: Final[dict[str, dict[str, Any]]] = _DATA["segment"]
_DATES: Final = {("DMG", 2), ("BHT", 4), ("DTP", 3)}
_MONEY: Final = {("CLM", 2), ("SV1", 2)}


@dataclass(frozen=True, slots=True)
class Element:
    """One element as sent, its name (``CLM02``), what it is, and its value in plain words."""

    name: str
    label: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One segment of a file, with its number there and each of its elements in words."""

    number: int
    text: str
    name: str
    title: str
    summary: str
    elements: list[Element]
    is_claim: bool
    """Of this claim alone; otherwise it opens a level that several claims share."""
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
    """A segment with a qualifier is called by what the qualifier says."""
    title: str = _SEGMENTS.get(name, {}).get("title", name)
    if name == "HL" and len(values) > 2:
        return f"Level: {_CODES['level'].get(values[2], values[2]).lower()}"
    codes = {"NM1": "entity", "REF": "reference", "DTP": "date"}.get(name)
    return _CODES[codes].get(values[0], title) if codes and values else title


def _elements(name: str, position: int, value: str, component: str) -> list[Element]:
    label = f"{name}{position:02d}"
    if name == "HI":
        qualifier, _, code = value.partition(component)
        rank = _CODES["diagnosis"].get(qualifier, "Diagnosis")
        return [Element(label, rank, value, dotted(code))]
    if (name, position) == ("CLM", 5):
        place, _, frequency = [*value.split(component), "", ""][:3]
        return [
            Element(f"{label}-1", "Place of service", place, ""),
            Element(f"{label}-3", "Frequency", frequency, _CODES["frequency"].get(frequency, "")),
        ]
    if (name, position) == ("SV1", 1):
        _, code, *modifiers = [*value.split(component), ""]
        parts = [Element(f"{label}-2", "Procedure", code, "")]
        marks = [one for one in modifiers if one]
        if marks:
            parts.append(Element(f"{label}-3", "Modifiers", " ".join(marks), ""))
        return parts
    if (name, position) == ("SV1", 7):
        letters = [chr(64 + int(one)) for one in value.split(component) if one.isdigit()]
        return [Element(label, "Points to diagnoses", value, ", ".join(letters))]
    known = _SEGMENTS.get(name, {}).get(str(position), "")
    if isinstance(known, str):
        return [Element(label, known, value, _words(name, position, value, {}))]
    codes = known["codes"]
    in_words = _words(name, position, value, _CODES[codes] if isinstance(codes, str) else codes)
    return [Element(label, known["is"], value, in_words)]


def _words(name: str, position: int, value: str, codes: Codes) -> str:
    if (name, position) in _MONEY:
        return f"${value}"
    if (name, position) in _DATES and len(value) == 8 and value.isdigit():
        day = datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 a date has no time zone
        return f"{day:%b} {day.day}, {day.year}"
    return codes.get(value, "")


def _summary(name: str, elements: list[Element]) -> str:
    """The segment in one line: its values in words, without qualifiers."""
    shown = {one.name: one.words or one.value for one in elements}
    if name == "NM1":
        whole = " ".join(shown[key] for key in ("NM104", "NM105", "NM103") if key in shown)
        number = f", {shown.get('NM108', 'ID')} {shown['NM109']}" if "NM109" in shown else ""
        return f"{whole}{number}"
    if name == "CLM":
        return (
            f"{shown.get('CLM01', '')}, {shown.get('CLM02', '')}, "
            f"{shown.get('CLM05-3', '').lower() or 'original'}, place {shown.get('CLM05-1', '')}"
        )
    if name == "SV1":
        service = " ".join(shown[key] for key in ("SV101-2", "SV101-3") if key in shown)
        return (
            f"{service}, {shown.get('SV102', '')}, {shown.get('SV103', '').lower()}: "
            f"{shown.get('SV104', '')}, for diagnosis {shown.get('SV107', '')}"
        )
    if name == "HL":
        return f"Number {shown.get('HL01', '')}"
    if name == "LX":
        return f"Line {shown.get('LX01', '')}"
    if name == "SBR":
        group = f", group {shown['SBR03']}" if "SBR03" in shown else ""
        return f"Pays {shown.get('SBR01', '').lower()}{group}, {shown.get('SBR09', '')}"
    if name == "HI":
        return ", ".join(one.words for one in elements)
    if name in {"REF", "DTP", "PRV"}:
        return elements[-1].words or elements[-1].value if elements else ""
    if name == "DMG":
        return ", ".join(shown[key] for key in ("DMG02", "DMG03") if key in shown)
    return ", ".join(shown.values())


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot, as people read it."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
