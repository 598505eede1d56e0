"""The only writers of the books. An entry is never changed: it is reversed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from core import clock
from core.access.models import User
from core.errors import Refused
from core.ledger import locks
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.models import Entry, Posting, Receivable
from core.money import total


@dataclass(frozen=True, slots=True)
class NewReceivable:
    """A charge line that somebody owes."""

    service_date: date
    charge: Decimal
    responsibility: str = Responsibility.PAYER_1


@dataclass(frozen=True, slots=True)
class NewPosting:
    """One side of an entry, in US dollars; debit positive, credit negative."""

    account: str
    amount: Decimal
    receivable_id: int | None = None
    responsibility: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One event with its postings, which sum to zero."""

    kind: str
    occurred_on: date
    postings: Sequence[NewPosting]
    memo: str = ""
    reverses_id: int | None = None


@transaction.atomic
def open_receivables(
    new: Sequence[NewReceivable], *, occurred_on: date, by: User | None
) -> list[Receivable]:
    """A receivable for each charge, with the entry that charges it; in the given order."""
    for line in new:
        if line.charge <= 0:
            raise Refused("A charge has to be more than zero.", code="invalid")
    now = clock.now()
    rows = Receivable.objects.bulk_create(
        [Receivable(service_date=line.service_date, opened_at=now) for line in new]
    )
    post(
        [
            NewEntry(
                EntryKind.CHARGE,
                occurred_on,
                [
                    NewPosting(Account.RECEIVABLE, line.charge, row.pk, line.responsibility),
                    NewPosting(Account.CHARGES, -line.charge, row.pk),
                ],
            )
            for line, row in zip(new, rows, strict=True)
        ],
        by=by,
    )
    return rows


@transaction.atomic
def post(entries: Sequence[NewEntry], *, by: User | None) -> list[Entry]:
    """Write entries with two INSERTs; in the given order. Balances follow by a trigger.

    Refused, and nothing written, when one does not sum to zero or has less than two sides. A
    posting of nothing is left out.
    """
    kept = [[p for p in entry.postings if p.amount != 0] for entry in entries]
    for entry, postings in zip(entries, kept, strict=True):
        difference = total(p.amount for p in postings)
        if difference != 0 or len(postings) < 2:
            raise Refused(
                f"The entry ({entry.kind}) does not sum to zero: {difference} is left over.",
                code="unbalanced",
                difference=str(difference),
            )
    now = clock.now()
    rows = Entry.objects.bulk_create(
        [
            Entry(
                kind=entry.kind,
                occurred_on=entry.occurred_on,
                posted_at=now,
                posted_by=by,
                memo=entry.memo[:200],
                reverses_id=entry.reverses_id,
            )
            for entry in entries
        ]
    )
    Posting.objects.bulk_create(
        [
            Posting(
                entry=row,
                account=p.account,
                receivable_id=p.receivable_id,
                responsibility=p.responsibility,
                amount=p.amount,
            )
            for row, postings in zip(rows, kept, strict=True)
            for p in postings
        ]
    )
    return rows


@transaction.atomic
def reverse(*, entry_id: int, occurred_on: date, memo: str, by: User | None) -> Entry:
    """Take an entry back by its mirror image. Refused when it was reversed already."""
    entry = locks.entry(entry_id)
    if entry.kind == EntryKind.REVERSAL:
        raise Refused(
            "This entry is a reversal itself.", fix="Post a new entry instead.", conflict=True
        )
    if Entry.objects.filter(reverses=entry).exists():
        raise Refused("This entry was reversed already.", conflict=True)
    mirror = [
        NewPosting(p.account, -p.amount, p.receivable_id, p.responsibility)
        for p in entry.postings.order_by("pk")
    ]
    reversal = NewEntry(EntryKind.REVERSAL, occurred_on, mirror, memo, entry.pk)
    return post([reversal], by=by)[0]
