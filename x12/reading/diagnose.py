"""The slow and exact look at one segment: every defect of its elements, in words.

The readers (:mod:`x12.reading.segments`) only notice *that* something is wrong; they are made
from the same declaration.  A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from x12.guides.schema import Element, SegmentUse
from x12.guides.standard import ELEMENTS
from x12.scalars import DAY, INTEGER, NUMBER, UNREADABLE, is_time

DATE_FORMATS: Final = {
    "D8": "CCYYMMDD",
    "D6": "YYMMDD",
    "RD8": "CCYYMMDD-CCYYMMDD",
    "DT": "CCYYMMDDHHMM",
    "TM": "HHMM",
    "RTS": "CCYYMMDDHHMMSS-CCYYMMDDHHMMSS",
}


_MARKS: Final = ":>^|!<\\"
"""What files divide components with."""


class Defect(NamedTuple):
    """What is wrong with one element."""

    code: str
    ack: str
    """IK403."""
    element: int
    component: int
    repetition: int
    number: str
    value: str
    expected: str
    message: str
    fatal: bool = True


class Separators(NamedTuple):
    """What divides components and repetitions."""

    component: str
    repetition: str


def _named(element: Element, place: str) -> str:
    return f"{place} ({element.label})" if element.label else place


def _shorten(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}..."


def date_is_valid(format: str, value: str) -> bool:  # noqa: A002
    """Whether a DTP03 says what its DTP02 promises."""
    if format == "D8":
        return DAY[value] is not None
    if format == "RD8":
        start, dash, end = value.partition("-")
        first, last = DAY[start], DAY[end]
        return bool(dash) and first is not None and last is not None and first <= last
    if format == "DT":
        return len(value) == 12 and DAY[value[:8]] is not None and is_time(value[8:])
    if format == "TM":
        return is_time(value)
    return True


def _text_defect(element: Element, place: str, value: str) -> tuple[str, str, str, str] | None:
    """(code, ack, expected, message) of a simple value, or ``None``."""
    kind, low, high = ELEMENTS[element.number][1:]
    high = element.max or high
    named = _named(element, place)
    shown = _shorten(value)
    length = len(value.lstrip("-").replace(".", "", 1)) if kind in ("R", "N0") else len(value)
    if kind == "R" and NUMBER[value] is UNREADABLE:
        return "not-a-number", "6", "a number", f"{named} must be a number, but is '{shown}'."
    if kind == "N0" and INTEGER[value] is None:
        return (
            "not-a-number",
            "6",
            "a whole number",
            (f"{named} must be a whole number, but is '{shown}'."),
        )
    if (kind == "DT" or element.kind == "day") and DAY[value] is None and high != 6:
        return (
            "invalid-date",
            "8",
            "CCYYMMDD",
            (f"{named} must be a date that exists, written CCYYMMDD, but is '{shown}'."),
        )
    if kind == "TM" and not is_time(value):
        return (
            "invalid-time",
            "9",
            "HHMM",
            (f"{named} must be a time, written HHMM, but is '{shown}'."),
        )
    if length > high:
        return (
            "too-long",
            "5",
            f"at most {high} characters",
            (f"{named} is {length} characters long, {high} are allowed."),
        )
    if length < low:
        return (
            "too-short",
            "4",
            f"at least {low} characters",
            (f"{named} is '{shown}', at least {low} characters are needed."),
        )
    if element.codes and value not in element.codes:
        return (
            "invalid-code",
            "7",
            " ".join(element.codes),
            (f"{named} is '{shown}', which is not one of {', '.join(element.codes)}."),
        )
    if value.isspace():
        return "blank", "6", "a value", f"{named} holds only spaces."
    return None


def _one(element: Element, place: str, value: str, at: tuple[int, int, int]) -> Iterator[Defect]:
    if not value:
        if element.usage == "R":
            yield Defect(
                "element-missing",
                "1",
                *at,
                element.number,
                "",
                "a value",
                f"{_named(element, place)} is required but missing.",
            )
        return
    if element.usage == "N":
        yield Defect(
            "not-used",
            "I10",
            *at,
            element.number,
            value,
            "nothing",
            f"{place} is not used here, but holds '{_shorten(value)}'.",
        )
        return
    found = _text_defect(element, place, value)
    if found:
        code, ack, expected, message = found
        yield Defect(code, ack, *at, element.number, value, expected, message)


def other_separator(element: Element, value: str, component: str) -> str:
    """A sentence when the parts of this composite are divided by another mark than the ISA's."""
    longest = ELEMENTS[element.parts[0].number].max
    for mark in _MARKS.replace(component, ""):
        head, found, _ = value.partition(mark)
        if found and 0 < len(head) <= longest and component not in value:
            return f" Its parts are divided by '{mark}', but the ISA declares '{component}'."
    return ""


def _composite(
    element: Element, place: str, value: str, index: int, repetition: int, component: str
) -> Iterator[Defect]:
    parts = value.split(component)
    for number, part in enumerate(element.parts, 1):
        text = parts[number - 1] if number <= len(parts) else ""
        for defect in _one(part, f"{place}-{number}", text, (index, number, repetition)):
            if number == 1:
                hint = other_separator(element, value, component)
                yield defect._replace(message=defect.message + hint)
            else:
                yield defect
    if any(parts[len(element.parts) :]):
        yield Defect(
            "too-many-components",
            "13",
            index,
            len(element.parts) + 1,
            repetition,
            element.number,
            value,
            f"{len(element.parts)} components",
            f"{place} has {len(parts)} components, {len(element.parts)} are known.",
        )


def diagnose_element(
    element: Element, place: str, value: str, index: int, separators: Separators
) -> Iterator[Defect]:
    """Defects of one element with its repetitions and components."""
    if not value or element.usage == "N" or (not element.parts and element.repeat == 1):
        if element.number not in ELEMENTS and value and element.usage == "N":
            yield Defect(
                "not-used",
                "I10",
                index,
                0,
                0,
                element.number,
                value,
                "nothing",
                f"{place} is not used here, but holds '{_shorten(value)}'.",
            )
        else:
            yield from _one(element, place, value, (index, 0, 0))
        return
    values = value.split(separators.repetition) if element.repeat > 1 else [value]
    if len(values) > element.repeat:
        yield Defect(
            "too-many-repetitions",
            "12",
            index,
            0,
            element.repeat + 1,
            element.number,
            value,
            f"{element.repeat} repetitions",
            f"{_named(element, place)} is repeated {len(values)} times, "
            f"{element.repeat} are allowed.",
        )
    for repetition, text in enumerate(values, 1):
        shown = repetition if element.repeat > 1 else 0
        if element.parts:
            yield from _composite(element, place, text, index, shown, separators.component)
        else:
            yield from _one(element, place, text, (index, 0, shown))


def _holds(rule: str, filled: Sequence[bool]) -> tuple[str, int, str, str] | None:
    """(code, element, ack, message) when a relational condition does not hold."""
    places = [int(rule[i : i + 2]) for i in range(1, len(rule), 2)]
    present = [p for p in places if filled[p]]
    words = " and ".join(f"{p:02}" for p in places)
    either = ", ".join(f"{p:02}" for p in places)
    first, rest = places[0], places[1:]
    match rule[0]:
        case "P" if present and len(present) < len(places):
            missing = next(p for p in places if not filled[p])
            return "pair-incomplete", missing, "2", f"elements {words} must be sent together"
        case "R" if not present:
            return "one-of-missing", first, "2", f"one of the elements {either} must be sent"
        case "E" if len(present) > 1:
            return "exclusive", present[1], "10", f"only one of the elements {either} may be sent"
        case "C" if filled[first] and not all(filled[p] for p in rest):
            missing = next(p for p in rest if not filled[p])
            return "condition", missing, "2", f"element {first:02} needs element {missing:02}"
        case "L" if filled[first] and not any(filled[p] for p in rest):
            return "condition", rest[0], "2", f"element {first:02} needs one of the others"
        case _:
            return None


def _date_defects(
    use: SegmentUse, elements: Sequence[str], found: Sequence[Defect]
) -> list[Defect]:
    """A DTP whose value is not a date of the format that it names."""
    if use.shape != "dtp" or len(elements) <= 3 or not elements[3]:
        return []
    format_, value = elements[2], elements[3]
    if date_is_valid(format_, value) or any(d.element == 3 for d in found):
        return []
    written = DATE_FORMATS.get(format_, format_)
    what = (
        "two dates that exist, the earlier one first" if format_ == "RD8" else "a date that exists"
    )
    return [
        Defect(
            "invalid-date",
            "8",
            3,
            0,
            0,
            "1251",
            value,
            written,
            f"{use.id}03 must be {what}, written {written}, but is '{_shorten(value)}'.",
            fatal=not (format_ == "RD8" and DAY[value] is not None),
        )
    ]


def diagnose(use: SegmentUse, elements: Sequence[str], separators: Separators) -> list[Defect]:
    """All defects of a segment that was read as this use."""
    found: list[Defect] = []
    declared = len(use.elements)
    for index, element in enumerate(use.elements, 1):
        value = elements[index] if index < len(elements) else ""
        place = f"{use.id}{index:02}"
        found += diagnose_element(element, place, value, index, separators)
    for index in range(declared + 1, len(elements)):
        if elements[index]:
            found.append(
                Defect(
                    "too-many-elements",
                    "3",
                    index,
                    0,
                    0,
                    "",
                    elements[index],
                    "nothing",
                    f"{use.id}{index:02} is not known to this segment.",
                )
            )
    filled = [index < len(elements) and bool(elements[index]) for index in range(24)]
    for rule in use.syntax:
        broken = _holds(rule, filled)
        if broken and not any(d.element == broken[1] for d in found):
            code, place_index, ack, why = broken
            number = use.elements[place_index - 1].number if place_index <= declared else ""
            value = elements[place_index] if place_index < len(elements) else ""
            found.append(
                Defect(
                    code,
                    ack,
                    place_index,
                    0,
                    0,
                    number,
                    value,
                    why,
                    f"{use.id}{place_index:02}: {why}.",
                )
            )
    found += _date_defects(use, elements, found)
    return found
