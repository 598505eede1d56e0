"""What the books say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Least

from core.ledger.models import Posting, Receivable
from core.money import ZERO


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


def credit_balances(whose: str = "") -> QuerySet[Receivable]:
    """Receivables on which more was received than is owed, the largest credit first.

    ``whose`` narrows to what the "payer" or the "patient" paid too much. ``credit`` is that sum as
    a positive number (US dollars), ``moved_on`` the day of the last entry.
    """
    sides = {"payer": Q(payer_balance__lt=0), "patient": Q(patient_balance__lt=0)}
    of_payer = Least(F("payer_balance"), Value(ZERO))
    of_patient = Least(F("patient_balance"), Value(ZERO))
    last = Posting.objects.filter(receivable=OuterRef("pk")).order_by("-entry_id")
    return (
        Receivable.objects.filter(sides.get(whose, sides["payer"] | sides["patient"]))
        .annotate(
            credit=-of_payer - of_patient,
            moved_on=Subquery(last.values("entry__occurred_on")[:1]),
        )
        .order_by("-credit", "pk")
    )


def credit_total(rows: QuerySet[Receivable]) -> Decimal:
    """What these receivables hold too much, in US dollars."""
    return rows.order_by().aggregate(total=Sum("credit"))["total"] or ZERO
