"""Payer contracts: what they allow, from a date on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from coding.models import ContractRate
from core.errors import Refused


@dataclass(frozen=True, slots=True)
class RateInput:
    """One row of a contract: a price for one unit of a code, or a per cent of Medicare's price.

    Without a code it is about every service that has no row of its own.
    """

    code: str = ""
    modifier: str = ""
    amount: Decimal | None = None
    percent_of_medicare: Decimal | None = None


def set_contract_rates(
    *, payer_id: int, version: str, effective_from: date, rates: Iterable[RateInput]
) -> int:
    """Put a contract version into force: the rows of the version before end the day before.

    The same version name again changes nothing. Returns the number of rows made. Raises
    `Refused` when a later version is in force already.
    """
    rows = [
        ContractRate(
            payer_id=payer_id,
            code=rate.code,
            modifier=rate.modifier,
            amount=rate.amount,
            percent_of_medicare=rate.percent_of_medicare,
            effective_from=effective_from,
            version=version,
        )
        for rate in rates
    ]
    with transaction.atomic():
        existing = ContractRate.objects.filter(payer_id=payer_id)
        if existing.filter(version=version, effective_from=effective_from).exists():
            return 0
        if existing.filter(effective_from__gte=effective_from).exists():
            raise Refused(
                f"A contract from {effective_from} or later is in force already.",
                fix="Enter contract versions in the order of their dates.",
                code="out_of_order",
                conflict=True,
            )
        existing.filter(Q(effective_to=None) | Q(effective_to__gte=effective_from)).update(
            effective_to=effective_from - timedelta(days=1)
        )
        ContractRate.objects.bulk_create(rows)
    return len(rows)
