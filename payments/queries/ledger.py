"""What the ledger says of receivables, in the words of payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from coding.models import ChargeLine
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.models import Entry, Posting, Receivable
from core.money import ZERO
from payments.models import ProviderAdjustment, RemittanceClaim


def payer_balances(receivable_ids: Iterable[int]) -> dict[int, Decimal]:
    """Receivable → what payers owe on it, US dollars."""
    rows = Receivable.objects.filter(pk__in=set(receivable_ids))
    return dict(rows.values_list("pk", "payer_balance"))


def money_by_payment(receivable_ids: Iterable[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Receivable → (claim payment id, what the payer's money did to it); reversals negative."""
    rows = Posting.objects.filter(
        receivable_id__in=set(receivable_ids),
        account__in=[Account.PAYER_PAID, Account.UNAPPLIED],
    ).values_list(
        "receivable_id", "amount", "entry__remittance_claim__id", "entry__applied_payment__id"
    )
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for receivable_id, amount, posted, applied in rows:
        payment_id = posted or applied
        if receivable_id is not None and payment_id is not None:
            found[receivable_id].append((payment_id, amount))
    return found


@dataclass(slots=True)
class StoryRow:
    """One entry as it stands on one or several receivables; balances run on."""

    entry: Entry
    words: str
    charge: Decimal = ZERO
    paid: Decimal = ZERO
    contractual: Decimal = ZERO
    written_off: Decimal = ZERO
    other: Decimal = ZERO
    payer_change: Decimal = ZERO
    patient_change: Decimal = ZERO
    payer_balance: Decimal = ZERO
    patient_balance: Decimal = ZERO
    payment: RemittanceClaim | None = None

    @property
    def balance(self) -> Decimal:
        """What everybody owes after it."""
        return self.payer_balance + self.patient_balance


_COLUMN = {
    Account.PAYER_PAID: "paid",
    Account.PATIENT_PAID: "paid",
    Account.UNAPPLIED: "paid",
    Account.CONTRACTUAL: "contractual",
    Account.WRITE_OFF: "written_off",
}


def receivable_stories(receivable_ids: Iterable[int]) -> dict[int, list[StoryRow]]:
    """Receivable → every entry on it, oldest first, with its balances after it. Two queries.

    Charges are shown positive; money received, reductions and write-offs as what they take
    off the balance.
    """
    ids = set(receivable_ids)
    postings = (
        Posting.objects.filter(receivable_id__in=ids)
        .select_related("entry", "entry__posted_by", "entry__reverses")
        .order_by("entry_id", "pk")
    )
    stories: dict[int, dict[int, StoryRow]] = {key: {} for key in ids}
    for posting in postings:
        assert posting.receivable_id is not None
        rows = stories[posting.receivable_id]
        row = rows.get(posting.entry_id)
        if row is None:
            words = EntryKind(posting.entry.kind).label
            row = rows[posting.entry_id] = StoryRow(posting.entry, words)
        _book(row, posting)
    payments = _payments_of({key for rows in stories.values() for key in rows})
    return {key: _run_on(rows, payments) for key, rows in stories.items()}


def receivable_story(receivable_id: int) -> list[StoryRow]:
    """The story of one receivable."""
    return receivable_stories([receivable_id])[receivable_id]


def merge_stories(stories: Mapping[int, Sequence[StoryRow]]) -> list[StoryRow]:
    """Several receivables as one account: an entry on many of them is one row."""
    merged: dict[int, StoryRow] = {}
    for rows in stories.values():
        for row in rows:
            into = merged.get(row.entry.pk)
            if into is None:
                into = merged[row.entry.pk] = StoryRow(row.entry, row.words, payment=row.payment)
            for name in _SUMMED:
                setattr(into, name, getattr(into, name) + getattr(row, name))
    payer = patient = ZERO
    for _, row in sorted(merged.items()):
        payer += row.payer_change
        patient += row.patient_change
        row.payer_balance, row.patient_balance = payer, patient
    return [row for _, row in sorted(merged.items())]


_SUMMED = (
    "charge",
    "paid",
    "contractual",
    "written_off",
    "other",
    "payer_change",
    "patient_change",
)


def _payments_of(entry_ids: set[int]) -> dict[int, RemittanceClaim]:
    return {
        entry_id: payment
        for payment in RemittanceClaim.objects.filter(
            Q(entry_id__in=entry_ids) | Q(application_id__in=entry_ids)
        ).select_related("remittance")
        for entry_id in (payment.entry_id, payment.application_id)
        if entry_id is not None
    }


def _run_on(
    rows: Mapping[int, StoryRow], payments: Mapping[int, RemittanceClaim]
) -> list[StoryRow]:
    payer = patient = ZERO
    for entry_id, row in rows.items():
        payer += row.payer_change
        patient += row.patient_change
        row.payer_balance, row.patient_balance = payer, patient
        row.payment = payments.get(entry_id)
        origin = row.entry.reverses or row.entry
        if origin.kind == EntryKind.CHARGE:
            row.charge = row.payer_change + row.patient_change
    return list(rows.values())


def _book(row: StoryRow, posting: Posting) -> None:
    account = Account(posting.account)
    if account is Account.RECEIVABLE:
        if posting.responsibility == Responsibility.PATIENT:
            row.patient_change += posting.amount
        else:
            row.payer_change += posting.amount
        return
    if account is Account.CHARGES:
        return
    column = _COLUMN.get(account, "other")
    setattr(row, column, getattr(row, column) - posting.amount)


def lines_of(receivable_ids: Iterable[int]) -> dict[int, ChargeLine]:
    """Receivable → its charge line as it was coded last, with visit and patient. One query."""
    lines = (
        ChargeLine.objects.filter(receivable_id__in=list(receivable_ids))
        .select_related("version__encounter__patient")
        .order_by("version__number")
    )
    return {line.receivable_id: line for line in lines if line.receivable_id is not None}


@dataclass(frozen=True, slots=True)
class EntrySource:
    """Where an entry came from."""

    words: str
    remittance_claim: RemittanceClaim | None = None
    provider_adjustment: ProviderAdjustment | None = None


def entry_source(entry: Entry) -> EntrySource:
    """The payment or provider adjustment that made this entry, when one did."""
    payment = (
        RemittanceClaim.objects.filter(Q(entry=entry) | Q(application=entry))
        .select_related("remittance", "claim")
        .first()
    )
    if payment is not None:
        return EntrySource("Claim payment", remittance_claim=payment)
    adjustment = ProviderAdjustment.objects.filter(entry=entry).select_related("remittance").first()
    if adjustment is not None:
        return EntrySource("Provider adjustment", provider_adjustment=adjustment)
    return EntrySource(EntryKind(entry.kind).label)
