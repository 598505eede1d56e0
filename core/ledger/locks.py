"""Locks of the ledger; receivables are locked by the trigger that keeps their balances."""

from __future__ import annotations

from core.ledger.models import Entry
from core.locks import locked


def entry(entry_id: int) -> Entry:
    """An entry that is about to be reversed."""
    return locked(Entry.objects.all()).get(pk=entry_id)
