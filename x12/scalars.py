"""Text to Decimal, date and int, remembered: the same few values come back thousands of times.

Each table is a dictionary that fills itself and forgets everything when it has grown too large, so
that memory stays bounded on any input.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

_NUMBER: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_INTEGER: Final = re.compile(r"-?\d+", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)

UNREADABLE: Final = Decimal("NaN")
"""The value of a number that cannot be read: every sum that holds it is NaN as well."""

LIMIT: Final = 16384

V = TypeVar("V")


class Remembered(dict[str, V], Generic[V]):
    """``table[text]`` is the value that ``make`` gives for the text."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[str], V]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: str) -> V:
        value = self.make(key)
        if len(self) >= LIMIT:
            self.clear()
        if len(key) < 256:
            self[key] = value
        return value


def to_number(text: str) -> Decimal:
    """A decimal as X12 writes it (no exponent, no thousands separator), or NaN."""
    return Decimal(text) if len(text) < 64 and _NUMBER.fullmatch(text) else UNREADABLE


def to_integer(text: str) -> int | None:
    """An integer, or ``None``."""
    return int(text) if len(text) < 20 and _INTEGER.fullmatch(text) else None


def to_day(text: str) -> dt.date | None:
    """A CCYYMMDD date that exists, or ``None``."""
    if len(text) != 8 or not _DIGITS.fullmatch(text):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def to_short_day(text: str) -> dt.date | None:
    """A YYMMDD date of the interchange header, in this century, or ``None``."""
    return to_day("20" + text) if len(text) == 6 else None


def is_time(text: str) -> bool:
    """HHMM, HHMMSS, HHMMSSD or HHMMSSDD."""
    return bool(
        4 <= len(text) <= 8
        and len(text) != 5
        and _DIGITS.fullmatch(text)
        and text[:2] < "24"
        and text[2:4] < "60"
        and (len(text) < 6 or text[4:6] < "60")
    )


NUMBER: Final = Remembered(to_number)
INTEGER: Final = Remembered(to_integer)
DAY: Final = Remembered(to_day)


class _DayText(dict[Any, str]):
    def __missing__(self, key: dt.date) -> str:
        if len(self) >= LIMIT:
            self.clear()
        text = self[key] = f"{key.year:04}{key.month:02}{key.day:02}"
        return text


DAY_TEXT: Final = _DayText()
"""date → CCYYMMDD."""


def number_text(value: Decimal | int) -> str:
    """A number as X12 writes it: no exponent. Trailing zeros stay as the value has them."""
    text = str(value)
    return format(value, "f") if "E" in text else text
