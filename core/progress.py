"""Loops that work through rows until none is left: each pass must meet a new row."""

from __future__ import annotations

from collections.abc import Iterable


class NoProgress(RuntimeError):
    """A loop was handed only rows that it had worked already: it would never end."""


class Progress:
    """The rows that a loop has worked so far; call it with the rows of each pass."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[int] = set()

    def check(self, ids: Iterable[int]) -> None:
        """Raise `NoProgress` when every one of these rows was here before."""
        now = set(ids)
        if now <= self._seen:
            raise NoProgress(
                f"{self._what}: the same {len(now)} row(s) came again after they were worked"
            )
        self._seen |= now
