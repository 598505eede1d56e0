"""Locks of work items, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from django.db.models import QuerySet

from core.locks import locked
from core.work.models import WorkItem


def item(item_id: int) -> WorkItem:
    """A work item that is about to change."""
    return locked(WorkItem.objects.all()).get(pk=item_id)


def free_item(rows: QuerySet[WorkItem]) -> WorkItem | None:
    """Lock the first of these, by rank, that no other transaction has locked."""
    return locked(rows, skip_locked=True, order=("-priority", "pk")).first()
