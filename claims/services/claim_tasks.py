"""Opening and closing the cases that billers work: scrub findings, rejections, follow-up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims import locks
from claims.enums import TaskKind
from claims.models import Acknowledgement, Claim, ClaimTask
from core import clock
from core.access.models import User
from core.work.enums import Queue
from core.work.services import NewItem, close_items, open_items

QUEUE_OF = {
    TaskKind.SCRUB: Queue.SCRUB,
    TaskKind.REJECTION: Queue.REJECTION,
    TaskKind.FOLLOW_UP: Queue.FOLLOW_UP,
}


@dataclass(frozen=True, slots=True)
class NewTask:
    """A claim that somebody has to work; the probability is that of `core.work`'s `NewItem`."""

    claim: Claim
    due_on: date | None
    recovery_probability: Decimal
    acknowledgement: Acknowledgement | None = None


def open_tasks(kind: TaskKind, tasks: Sequence[NewTask]) -> list[ClaimTask]:
    """Open a case per claim, unless one of this kind is open. The claims are locked."""
    busy = set(
        ClaimTask.objects.filter(
            claim_id__in=[task.claim.pk for task in tasks], kind=kind, closed_at=None
        ).values_list("claim_id", flat=True)
    )
    new: dict[int, NewTask] = {}
    for task in tasks:
        if task.claim.pk not in busy:
            new.setdefault(task.claim.pk, task)
    if not new:
        return []
    items = open_items(
        [
            NewItem(
                queue=QUEUE_OF[kind],
                dollars=task.claim.total_charge,
                due_on=task.due_on,
                recovery_probability=task.recovery_probability,
            )
            for task in new.values()
        ]
    )
    now = clock.now()
    return ClaimTask.objects.bulk_create(
        [
            ClaimTask(
                claim=task.claim,
                kind=kind,
                acknowledgement=task.acknowledgement,
                work_item=item,
                opened_at=now,
            )
            for task, item in zip(new.values(), items, strict=True)
        ]
    )


def close_tasks(
    claim_ids: Collection[int], *, kinds: Collection[TaskKind], outcome: str, user: User | None
) -> int:
    """Close the open cases of these claims; how many there were."""
    tasks = locks.open_tasks(claim_ids, kinds)
    if tasks:
        ClaimTask.objects.filter(pk__in=[one.pk for one in tasks]).update(closed_at=clock.now())
        close_items([one.work_item_id for one in tasks], outcome=outcome, user=user)
    return len(tasks)
