"""What comes first in a queue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from core.money import cents

URGENCY: Final = ((0, Decimal(4)), (3, Decimal(2)), (7, Decimal("1.5")))
"""Days left → factor; later than that is 1."""


def priority(
    dollars: Decimal, recovery_probability: Decimal, due_on: date | None, today: date
) -> Decimal:
    """Money at stake × recovery probability × urgency. Higher is first."""
    factor = Decimal(1)
    if due_on is not None:
        left = (due_on - today).days
        factor = next((value for days, value in URGENCY if left <= days), factor)
    return cents(dollars * recovery_probability * factor)
