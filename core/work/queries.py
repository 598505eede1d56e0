"""The content of the work queues."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from core import clock
from core.work.enums import WorkState
from core.work.models import WorkItem


def open_items(queue: str) -> QuerySet[WorkItem]:
    """Items that can be worked now, most urgent first: open and not snoozed."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    rows = WorkItem.objects.filter(awake, queue=queue, state=WorkState.OPEN)
    return rows.order_by(F("priority").desc(), "pk")
