"""How values are written for people: money, counts, dates and their age."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from core import clock

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EM DASH}"


def usd(amount: Decimal | int | None, *, sign: bool = False) -> str:
    """Dollars and cents: $1,234.50, −$12.00; with `sign` also +$3.00. Nothing known is a dash."""
    if amount is None:
        return DASH
    value = Decimal(amount)
    lead = MINUS if value < 0 else "+" if sign and value > 0 else ""
    return f"{lead}${abs(value):,.2f}"


def usd_short(amount: Decimal | int | None) -> str:
    """Dollars for axes and tiles: $940, $12.4k, $1.3M. Never used where a cent matters."""
    if amount is None:
        return DASH
    value = Decimal(amount)
    lead = MINUS if value < 0 else ""
    size = abs(value)
    if size >= 999_950:
        return f"{lead}${_trim(size / 1_000_000)}M"
    if size >= 10_000:
        return f"{lead}${_trim(size / 1_000)}k"
    return f"{lead}${size.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"


def _trim(value: Decimal) -> str:
    text = f"{value.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}"
    return text.removesuffix(".0")


def count(number: int | Decimal | None) -> str:
    """A whole number with thousands separators."""
    if number is None:
        return DASH
    return f"{MINUS if number < 0 else ''}{abs(number):,.0f}"


def counted(number: int | Decimal, one: str, many: str = "") -> str:
    """1 claim, 1,234 claims; `many` is a plural that takes more than an s (person, people)."""
    return f"{count(number)} {one if number == 1 else many or f'{one}s'}"


def percent(value: Decimal | int | None) -> str:
    """A share that is already in per cent, with one decimal at most: 12.4%."""
    if value is None:
        return DASH
    number = Decimal(value)
    return f"{MINUS if number < 0 else ''}{_trim(abs(number))}%"


def by_name(value: Decimal | int | None, style: str) -> str:
    """`value` written as `money`, `dollars` (short), `percent`, `days` or `count`."""
    if style == "money":
        return usd(value)
    if style == "dollars":
        return usd_short(value)
    if style == "percent":
        return percent(value)
    if style == "days":
        return DASH if value is None else f"{_trim(Decimal(value))} d"
    if style == "count":
        return count(value)
    raise ValueError(f"{style!r} is not one of money, dollars, percent, days, count")


def axis(value: Decimal, style: str) -> str:
    """`value` as an axis label: like `by_name`, but money without cents."""
    return by_name(value, "dollars" if style == "money" else style)


def local_day(value: date | datetime) -> date:
    """The day at the clinic on which `value` falls."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime | None) -> str:
    """Nov 3, 2026."""
    if value is None:
        return DASH
    on = local_day(value)
    return f"{on:%b} {on.day}, {on.year}"


def when(value: datetime | None) -> str:
    """Nov 3, 2026, 9:42 AM, at the clinic."""
    if value is None:
        return DASH
    return f"{day(value)}, {clock_time(value)}"


def clock_time(value: datetime) -> str:
    """9:42 AM, at the clinic."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def days_since(value: date | datetime) -> int:
    """Whole days from `value` until today; negative for the future."""
    return (clock.today() - local_day(value)).days


def age(value: date | datetime | None) -> str:
    """How long ago, or how soon: `just now`, `12 min`, `3 h`, `today`, `20 d`, `in 4 d`."""
    if value is None:
        return DASH
    if isinstance(value, datetime) and timezone.is_aware(value):
        seconds = (clock.now() - value).total_seconds()
        if 0 <= seconds < 60:
            return "just now"
        if 0 <= seconds < 3600:
            return f"{int(seconds // 60)} min"
        if 0 <= seconds < 86400:
            return f"{int(seconds // 3600)} h"
    days = days_since(value)
    if days == 0:
        return "today"
    return f"{days:,} d" if days > 0 else f"in {-days:,} d"
