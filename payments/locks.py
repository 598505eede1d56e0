"""Locks of payments, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from core.locks import locked
from payments.enums import RemittanceState
from payments.models import Remittance, RemittanceClaim


def remittance(remittance_id: int) -> Remittance:
    """A remittance that is about to be posted."""
    return locked(Remittance.objects.all()).get(pk=remittance_id)


def recorded(trace_numbers: Iterable[str]) -> list[Remittance]:
    """The remittances in force with one of these trace numbers."""
    rows = Remittance.objects.exclude(state=RemittanceState.REPLACED)
    return list(locked(rows.filter(trace_number__in=set(trace_numbers))))


def payment(payment_id: int) -> RemittanceClaim:
    """A claim payment that is worked by hand."""
    rows = RemittanceClaim.objects.select_related("remittance", "work_item")
    return locked(rows).get(pk=payment_id)


def free_payments(rows: QuerySet[RemittanceClaim], *, most: int) -> list[RemittanceClaim]:
    """The first of these payments that no other worker has in hand."""
    return list(locked(rows, skip_locked=True)[:most])
