"""One element's text to its value: a table per element that fills itself.

``table[text]`` is one look-up for what comes again and again.  A text that breaks the guide is
never remembered: each time it comes, the table raises the flag, and :mod:`x12.reading.diagnose`,
which also judges the text here, says what is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from x12.guides.schema import Element
from x12.guides.standard import ELEMENTS
from x12.model.values import HealthCode, Procedure, StatusCode
from x12.reading.diagnose import Separators, diagnose_element
from x12.scalars import DAY, INTEGER, NUMBER, UNREADABLE

MOST_REMEMBERED: Final = 2048
"""Texts that a table holds before it starts anew, so that memory stays bounded on any file."""

NO_PROCEDURE: Final = Procedure("", "")


def stripped(values: Sequence[Any]) -> tuple[Any, ...]:
    """Without the empty ones at the end."""
    end = len(values)
    while end and values[end - 1] in ("", None):
        end -= 1
    return tuple(values[:end])


def data_type(element: Element) -> str:
    """R, N0, DT, TM, AN or ID; empty for a composite."""
    return ELEMENTS[element.number].type if element.number in ELEMENTS else ""


def absent(element: Element) -> Any:
    """The value of an element that was not sent."""
    kind = data_type(element)
    if element.repeat > 1 or element.kind in ("texts", "pointers"):
        return ()
    if element.kind == "procedure" and element.usage == "R":
        return NO_PROCEDURE
    if element.kind in ("text", "raw"):
        return ""
    if element.parts or kind == "DT" or element.kind == "day":
        return None
    if kind == "R" and element.usage == "R":
        return UNREADABLE
    return None if kind in ("R", "N0") else ""


def simple(element: Element, text: str) -> Any:
    """One simple value; an unreadable number is NaN, a whole number or date then ``None``."""
    kind = data_type(element)
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
    return tuple(simple(part, text) for part, text in zip(element.parts, parts, strict=False))


_MAKERS: Final[dict[str, tuple[Callable[[list[str], Element], Any], int]]] = {
    "procedure": (_procedure, 8),
    "texts": (_texts, 0),
    "pointers": (_pointers, 0),
    "status": (_status, 4),
    "health": (_health, 9),
    "raw": (_raw, 0),
    "": (_fields, 0),
}
"""By :attr:`Element.kind`: what makes the value of a composite, and of how many components."""


def _text(text: str) -> str | None:
    return None if text.isspace() else text


def _number(text: str) -> Decimal | None:
    number = NUMBER[text]
    return None if number is UNREADABLE else number


_PLAIN: Final[dict[str, Callable[[str], Any]]] = {
    "AN": _text,
    "ID": _text,
    "R": _number,
    "N0": INTEGER.__getitem__,
    "DT": DAY.__getitem__,
    "day": DAY.__getitem__,
}
"""By data type or kind: the value of a text that needs no closer look, else ``None``."""


class ElementTable(dict[str, Any]):
    """``table[text]`` is the value of one element; ``flag`` grows when it breaks the guide."""

    __slots__ = ("_longest", "_read", "_shortest", "element", "flag", "separators")

    def __init__(self, element: Element, separators: Separators, flag: list[int]) -> None:
        super().__init__()
        self.element = element
        self.separators = separators
        self.flag = flag
        self._read: Callable[[str], Any] | None = None
        """What reads a plain text or number of a length that is allowed; ``None``: unreadable."""
        self._shortest, self._longest = 1, 0
        plain = not (element.parts or element.codes) and element.kind in ("", "day")
        if plain and element.repeat == 1 and element.usage != "N":
            kind, low, high = ELEMENTS[element.number][1:]
            self._read = _PLAIN.get(element.kind or kind)
            self._shortest, self._longest = low, element.max or high

    def __missing__(self, text: str) -> Any:
        value: Any = None
        if self._read is not None and self._shortest <= len(text) <= self._longest:
            value = self._read(text)
        if value is None:
            value = self.value(text)
            if any(diagnose_element(self.element, "", text, 0, self.separators)):
                self.flag.append(1)
                return value
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if len(text) < 256:
            self[text] = value
        return value

    def value(self, text: str) -> Any:
        """What this text says, as far as it can be read."""
        element = self.element
        if not text or element.usage == "N":
            return absent(element)
        if element.parts:
            make, width = _MAKERS[element.kind]
            parts = text.split(self.separators.component)
            parts += [""] * (max(width, len(element.parts)) - len(parts))
            return make(parts, element)
        if element.repeat > 1:
            return tuple(text.split(self.separators.repetition))
        return simple(element, text)
