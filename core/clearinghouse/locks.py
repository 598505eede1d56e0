"""Locks of files, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from django.db.models import QuerySet

from core.clearinghouse.models import Transmission
from core.locks import locked


def file(transmission_id: int) -> Transmission:
    """A file that is about to change."""
    return locked(Transmission.objects.all()).get(pk=transmission_id)


def files(rows: QuerySet[Transmission]) -> list[Transmission]:
    """These files."""
    return list(locked(rows))


def free_file(rows: QuerySet[Transmission]) -> Transmission | None:
    """The first of these files that no other worker has in hand."""
    return locked(rows, skip_locked=True).first()
