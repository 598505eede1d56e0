"""ISO weeks (Monday to Sunday) and runs of them: what every number of this stage is counted in."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
EARLIEST = "1900"
"""Years before are no weeks of a clinic, and leave no room for the weeks before them."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@total_ordering
@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, named by its Monday."""

    first: dt.date

    def __lt__(self, other: Week) -> bool:
        return self.first < other.first

    @classmethod
    def of(cls, day: dt.date) -> Week:
        """The week that `day` lies in."""
        return cls(day - dt.timedelta(days=day.weekday()))

    @classmethod
    def parse(cls, text: str) -> Week | None:
        """The week of ``2026-W46``; None for anything else, as for a week that a year has not."""
        found = _WEEK.fullmatch(text.strip())
        if found is None or found[1] < EARLIEST:
            return None
        try:
            return cls(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            return None

    @property
    def last(self) -> dt.date:
        """Its Sunday."""
        return self.first + dt.timedelta(days=6)

    @property
    def key(self) -> str:
        """2026-W46."""
        year, number, _ = self.first.isocalendar()
        return f"{year:04d}-W{number:02d}"

    @property
    def short(self) -> str:
        """W46: under a chart."""
        return self.key[5:]

    def __str__(self) -> str:
        first, last = self.first, self.last
        to = f"{last:%b} {last.day}" if last.month != first.month else str(last.day)
        return f"{first:%b} {first.day}–{to}, {last.year}"

    def back(self, weeks: int) -> Week:
        """So many weeks earlier; later for a negative number."""
        return Week(self.first - dt.timedelta(weeks=weeks))

    def run(self, weeks: int) -> list[Week]:
        """So many weeks that end with this one, oldest first."""
        return [self.back(n) for n in range(weeks - 1, -1, -1)]

    def period(self, weeks: int = 1) -> Period:
        """The days of the `weeks` weeks that end with this one."""
        return Period(self.back(weeks - 1).first, self.last)
