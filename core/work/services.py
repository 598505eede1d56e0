"""Everything that changes a work item: the one mechanism behind every queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from core.access.models import User
from core.errors import Refused
from core.work import locks
from core.work.enums import WorkState
from core.work.models import WorkItem, WorkNote
from core.work.queries import open_items as open_rows
from core.work.rules import priority
from core.work.states import WORK_ITEM

CLOSED = "This item is closed already. Open the list again to see what is left."


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something to do. `recovery_probability` (0 to 1): how likely working it brings the money."""

    queue: str
    dollars: Decimal
    due_on: date | None = None
    recovery_probability: Decimal = Decimal(1)


def open_items(new: Iterable[NewItem]) -> list[WorkItem]:
    """Put items into their queues with one INSERT; in the given order."""
    now, today = clock.now(), clock.today()
    return WorkItem.objects.bulk_create(
        [
            WorkItem(
                queue=item.queue,
                priority=priority(item.dollars, item.recovery_probability, item.due_on, today),
                dollars_at_stake=item.dollars,
                due_on=item.due_on,
                opened_at=now,
            )
            for item in new
        ]
    )


@transaction.atomic
def claim_next(
    *, queue: str, user: User, filters: Q | None = None, after: int | None = None
) -> WorkItem | None:
    """The next item for this person: the one they hold already, else the first that is free.

    With ``after`` (an item of the queue) the person leaves that one: it goes back to the queue,
    and the one behind it is next; behind the last comes the first again. Two people never get
    the same one (SKIP LOCKED). None when nothing is left.
    """
    rows = open_rows(queue)
    if filters is not None:
        rows = rows.filter(filters)
    left = WorkItem.objects.filter(pk=after, queue=queue).first() if after is not None else None
    if left is not None:
        return _behind(left, rows, user)
    mine = rows.filter(assigned_to=user).first()
    if mine is not None:
        return mine
    free = locks.free_item(rows.filter(assigned_to=None))
    if free is not None:
        _assign(free, user)
    return free


def _behind(left: WorkItem, rows: QuerySet[WorkItem], user: User) -> WorkItem | None:
    """Give ``left`` back and take what follows it; ``left`` itself when nothing else waits."""
    WorkItem.objects.filter(pk=left.pk, assigned_to=user, state=WorkState.OPEN).update(
        assigned_to=None, assigned_at=None
    )
    others = rows.filter(Q(assigned_to=None) | Q(assigned_to=user))
    lower = Q(priority__lt=left.priority) | Q(priority=left.priority, pk__gt=left.pk)
    for choice in (others.filter(lower), others.exclude(pk=left.pk), others):
        item = locks.free_item(choice)
        if item is not None:
            _assign(item, user)
            return item
    return None


@transaction.atomic
def take(item_id: int, user: User) -> WorkItem:
    """Work this very item. Refused when somebody else has it."""
    item = _open(item_id)
    if item.assigned_to_id not in (None, user.pk):
        raise Refused("Somebody else is working on this.", fix="Take the next one.", conflict=True)
    _assign(item, user)
    return item


@transaction.atomic
def release(item_id: int, user: User) -> WorkItem:
    """Give an item back to the queue."""
    item = _open(item_id)
    if item.assigned_to_id not in (None, user.pk):
        raise Refused("Somebody else is working on this.", conflict=True)
    item.assigned_to = item.assigned_at = None
    item.save(update_fields=["assigned_to", "assigned_at"])
    return item


@transaction.atomic
def snooze(item_id: int, until: date, user: User) -> WorkItem:
    """Snooze an item until a day; then it is in the queue again, without an owner."""
    if until <= clock.today():
        raise Refused(
            "Choose a day after today.",
            code="invalid",
            fields={"until": "Choose a day after today."},
        )
    item = _open(item_id)
    item.snoozed_until = until
    item.assigned_to = item.assigned_at = None
    item.save(update_fields=["snoozed_until", "assigned_to", "assigned_at"])
    return item


@transaction.atomic
def close_item(*, item_id: int, outcome: str, user: User | None) -> WorkItem:
    """The work is done. Refused when it was closed already."""
    item = _open(item_id)
    item.outcome, item.closed_at, item.closed_by = outcome[:120], clock.now(), user
    WORK_ITEM.move(item, WorkState.DONE, fields=["outcome", "closed_at", "closed_by"])
    return item


def close_items(ids: Sequence[int | None], outcome: str, user: User | None) -> int:
    """Close those that are open, with one UPDATE. Gives how many."""
    return WORK_ITEM.move_where(
        WorkItem.objects.filter(pk__in=[item for item in ids if item]),
        before=[WorkState.OPEN],
        to=WorkState.DONE,
        outcome=outcome[:120],
        closed_at=clock.now(),
        closed_by=user,
    )


def add_note(*, item_id: int, text: str, author: User) -> WorkNote:
    """Note something while working an item."""
    cleaned = text.strip()
    if not cleaned:
        raise Refused(
            "Write what is to be noted.", code="invalid", fields={"text": "Write a note."}
        )
    return WorkNote.objects.create(
        item_id=item_id, author=author, text=cleaned, written_at=clock.now()
    )


def _open(item_id: int) -> WorkItem:
    item = locks.item(item_id)
    if item.state != WorkState.OPEN:
        raise Refused(CLOSED, conflict=True)
    return item


def _assign(item: WorkItem, user: User) -> None:
    item.assigned_to, item.assigned_at = user, clock.now()
    item.save(update_fields=["assigned_to", "assigned_at"])
