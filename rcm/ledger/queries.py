"""What the books say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from rcm.ledger.models import Posting, Receivable


@dataclass(frozen=True, slots=True)
class Balance:
    """What is still owed on a receivable, in US dollars."""

    payer: Decimal
    patient: Decimal

    @property
    def total(self) -> Decimal:
        """By payers and patient together."""
        return self.payer + self.patient


def balances(receivable_ids: Iterable[int]) -> dict[int, Balance]:
    """Balance by receivable."""
    rows = Receivable.objects.filter(pk__in=list(receivable_ids))
    return {row.pk: Balance(row.payer_balance, row.patient_balance) for row in rows}


def story(receivable_ids: Iterable[int]) -> QuerySet[Posting]:
    """Every posting on these receivables in the order of the books, with its entry."""
    return (
        Posting.objects.filter(receivable_id__in=list(receivable_ids))
        .select_related("entry__posted_by")
        .order_by("entry__occurred_on", "entry_id", "pk")
    )
