"""What time it is. Nothing else in the product asks the machine.

The demo clinic lives through eight weeks in two minutes: `at()` sets the time for the code that
runs inside it (and for nothing else: the override is a context variable, so other threads and
requests keep the real time).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_override: ContextVar[datetime | None] = ContextVar("clock_override", default=None)


def now() -> datetime:
    """The current moment, always with a time zone."""
    return _override.get() or timezone.now()


def today() -> date:
    """The current day at the clinic (setting `FIRSTPASS_TIME_ZONE`)."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` inside the block."""
    if timezone.is_naive(moment):
        raise ValueError("clock.at() needs a moment with a time zone")
    token = _override.set(moment)
    try:
        yield
    finally:
        _override.reset(token)
