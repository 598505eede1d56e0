"""Composite and repeated elements to values, remembered by their text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from x12.guides.schema import Element
from x12.guides.standard import ELEMENTS
from x12.model.values import HealthCode, Procedure, StatusCode
from x12.reading.diagnose import Separators, diagnose_element
from x12.scalars import DAY, INTEGER, NUMBER, Remembered


class Bad(NamedTuple):
    """A value that was made of a defective text."""

    value: Any


def stripped(values: Sequence[Any]) -> tuple[Any, ...]:
    """Without the empty ones at the end."""
    end = len(values)
    while end and values[end - 1] in ("", None):
        end -= 1
    return tuple(values[:end])


def scalar(element: Element, text: str) -> Any:
    """One simple value; an unreadable number is NaN (or ``None`` for a whole number or a date)."""
    kind = ELEMENTS[element.number].type if element.number in ELEMENTS else "AN"
    if element.kind == "text":
        return text
    if kind == "R":
        return NUMBER[text] if text else None
    if kind == "N0":
        return INTEGER[text] if text else None
    if kind == "DT" or element.kind == "day":
        return DAY[text] if text else None
    return text


def _procedure(parts: list[str], element: Element) -> Procedure:
    return Procedure(parts[0], parts[1], stripped(parts[2:6]), parts[6], parts[7])


def _texts(parts: list[str], element: Element) -> tuple[str, ...]:
    return stripped(parts)


def _raw(parts: list[str], element: Element) -> str:
    return ":".join(parts).rstrip(":")


def _pointers(parts: list[str], element: Element) -> tuple[int, ...]:
    return tuple(number for number in (INTEGER[p] for p in parts if p) if number is not None)


def _status(parts: list[str], element: Element) -> StatusCode:
    return StatusCode(parts[0], parts[1], parts[2], parts[3])


def _health(parts: list[str], element: Element) -> HealthCode:
    start: dt.date | None = None
    end: dt.date | None = None
    text = ""
    if parts[2] == "D8" and DAY[parts[3]] is not None:
        start = DAY[parts[3]]
    elif parts[2] == "RD8":
        first, _, last = parts[3].partition("-")
        start, end = DAY[first], DAY[last]
    if parts[3] and start is None:
        text = f"{parts[2]} {parts[3]}"
    return HealthCode(
        parts[0],
        parts[1],
        start,
        end,
        NUMBER[parts[4]] if parts[4] else None,
        NUMBER[parts[5]] if parts[5] else None,
        parts[6],
        parts[7],
        parts[8],
        text,
    )


def _fields(parts: list[str], element: Element) -> tuple[Any, ...]:
    return tuple(scalar(part, text) for part, text in zip(element.parts, parts, strict=False))


_MAKERS: Final[dict[str, tuple[Callable[[list[str], Element], Any], int]]] = {
    "procedure": (_procedure, 8),
    "texts": (_texts, 0),
    "pointers": (_pointers, 0),
    "status": (_status, 4),
    "health": (_health, 9),
    "raw": (_raw, 0),
    "": (_fields, 0),
}


def composite_table(element: Element, separators: Separators) -> Remembered[Any]:
    """A table from the text of this composite to its value (or :class:`Bad`)."""
    maker, width = _MAKERS[element.kind]
    width = max(width, len(element.parts))

    def make(text: str) -> Any:
        parts = text.split(separators.component)
        parts += [""] * (width - len(parts))
        value = maker(parts, element)
        defective = next(diagnose_element(element, "", text, 0, separators), None)
        return value if defective is None else Bad(value)

    return Remembered(make)


def repeated_table(element: Element, separators: Separators) -> Remembered[Any]:
    """A table from the text of a repeated simple element to the tuple of its values."""

    def make(text: str) -> Any:
        value = tuple(text.split(separators.repetition)) if text else ()
        defective = next(diagnose_element(element, "", text, 0, separators), None)
        return value if defective is None else Bad(value)

    return Remembered(make)
