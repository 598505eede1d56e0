"""The content of the work queues."""

from __future__ import annotations

from typing import Final

from django.db.models import F, Q, QuerySet

from core import clock
from core.work.enums import WorkState
from core.work.models import WorkItem

WORKABLE: Final[list[Q]] = []
"""What else an item must fulfil to be worked now. A stage above adds its own when the product
starts: a visit on hold waits for its answer and not for a coder."""


def workable() -> QuerySet[WorkItem]:
    """Every queue's items that can be worked now: open, not snoozed, not on hold."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    return WorkItem.objects.filter(awake, *WORKABLE, state=WorkState.OPEN)


def open_items(queue: str) -> QuerySet[WorkItem]:
    """Items that can be worked now, most urgent first: open and not snoozed."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    rows = WorkItem.objects.filter(awake, queue=queue, state=WorkState.OPEN)
    return rows.order_by(F("priority").desc(), "pk")
