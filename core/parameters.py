"""Values from an address or a form, made safe for a query."""

from __future__ import annotations

from typing import Final

_MOST_DIGITS: Final = 18
"""A bigint has 19: anything longer is no row's id."""


def parse_pk(text: str | None) -> int | None:
    """A row's id; None when the text is none (`²` is a digit to Python, and no number)."""
    if text and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None
