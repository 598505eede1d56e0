"""What stands in the queues."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet

from core import clock
from core.access.models import User
from core.work.enums import WorkState
from core.work.models import WorkItem


def open_items(queue: str) -> QuerySet[WorkItem]:
    """What can be worked now, the first one first: open and not put away for later."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    rows = WorkItem.objects.filter(awake, queue=queue, state=WorkState.OPEN)
    return rows.order_by(F("priority").desc(), "pk")


def queue_counts(user: User) -> dict[str, dict[str, int]]:
    """For each queue: how many items are open, and how many of them this person holds."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    rows = (
        WorkItem.objects.filter(awake, state=WorkState.OPEN)
        .order_by()
        .values("queue")
        .annotate(open=Count("pk"), mine=Count("pk", filter=Q(assigned_to=user)))
    )
    return {row["queue"]: {"open": row["open"], "mine": row["mine"]} for row in rows}
