"""Money: the only place where an amount is made or rounded. US dollars, two decimals, no floats.

Pure Python, no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST_DIGITS = 15  # beyond any amount in this trade, and within exact arithmetic


def _decimal(value: str | int | Decimal) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"money is made from str, int or Decimal, not from {type(value).__name__}")
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not an amount of money") from error
    if not amount.is_finite() or amount.adjusted() > LARGEST_DIGITS:
        raise ValueError(f"{value!r} is not an amount of money")
    return amount


def money(value: str | int | Decimal) -> Decimal:
    """`value` in dollars with exactly two decimals. More than two decimals are refused."""
    amount = _decimal(value)
    rounded = amount.quantize(CENT)
    if rounded != amount:
        raise ValueError(f"{value!r} has more than two decimals: round it with cents() on purpose")
    return rounded + ZERO  # no negative zero


def cents(value: str | int | Decimal) -> Decimal:
    """`value` in dollars rounded half up (away from zero) to the cent."""
    return _decimal(value).quantize(CENT, rounding=ROUND_HALF_UP) + ZERO


def percent(amount: Decimal, rate: str | int | Decimal) -> Decimal:
    """`rate` per cent of `amount`, rounded to the cent: `percent(money(40), 2)` is 0.80."""
    return cents(_decimal(amount) * _decimal(rate) / 100)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; `ZERO` for nothing."""
    return sum(amounts, ZERO)


def allocate(amount: Decimal, weights: Sequence[str | int | Decimal]) -> list[Decimal]:
    """Split `amount` in proportion to `weights` (none negative, not all zero).

    The parts sum to `amount` exactly: cents left over by rounding down go to the largest
    remainders, the earlier part first when they tie.
    """
    shares = [_decimal(weight) for weight in weights]
    whole = sum(shares, Decimal(0))
    if whole <= 0 or any(share < 0 for share in shares):
        raise ValueError("allocate() needs weights that are not negative and not all zero")
    sign = -1 if amount < 0 else 1
    pool = int(abs(money(amount)) / CENT)
    exact = [pool * share / whole for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: pool - sum(parts)]:
        parts[index] += 1
    return [sign * part * CENT + ZERO for part in parts]
