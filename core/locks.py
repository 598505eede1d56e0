"""The one way in which rows are locked; each app's ``locks.py`` says which rows and when."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def locked(
    rows: QuerySet[M], *, skip_locked: bool = False, order: tuple[str, ...] = ("pk",)
) -> QuerySet[M]:
    """The rows, locked until the transaction ends: ``FOR NO KEY UPDATE``, by primary key.

    Only the rows themselves are locked, not what they are joined with, and rows that point to
    them can still be written. ``skip_locked`` leaves out what another worker has in hand. Only a
    queue in which each worker takes one free row has another `order`.
    """
    found = rows.order_by(*order)
    return found.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
