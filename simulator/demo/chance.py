"""Chance that is the same in every run: it depends on the seed and on what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def share(*about: object) -> float:
    """A number from 0 up to 1."""
    text = "|".join(str(part) for part in about)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / (1 << 48)


def pick(options: Sequence[T], *about: object) -> T:
    """One of the options."""
    return options[int(share(*about) * len(options))]


def weighted(options: Sequence[tuple[T, float]], *about: object) -> T:
    """One of the options, by their weights (of any sum)."""
    left = share(*about) * sum(weight for _, weight in options)
    for option, weight in options:
        left -= weight
        if left < 0:
            return option
    return options[-1][0]
