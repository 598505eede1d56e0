"""Writing a remittance's entries into the ledger, in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from core import clock
from core.access.models import User
from core.bulk import update_rows
from core.ledger.enums import Account, EntryKind
from core.ledger.models import Posting
from core.ledger.services import NewEntry, NewPosting, post
from core.money import total
from payments.models import Remittance
from payments.rules.postings import (
    PostingLine,
    is_exact_reversal,
    plb_postings,
    unapplied_postings,
)
from payments.services.posting.allocate import PaymentInWork
from payments.services.posting.match import originals_of_reversals


def write_entries(
    remittance: Remittance,
    to_post: Sequence[PaymentInWork],
    unknown: Sequence[PaymentInWork],
    by: User | None,
) -> None:
    """Three calls of the ledger: reversals of what is posted, the payments, and reversals of
    what this very remittance posted (so that each original has its entry first)."""
    reversals = [payment for payment in to_post if payment.row.is_reversal]
    matches = {payment.row.pk: payment.match for payment in to_post}
    originals = originals_of_reversals(
        [p.row for p in reversals], matches, [p.row for p in to_post if not p.row.is_reversal]
    )
    for payment in reversals:
        payment.original = originals.get(payment.row.pk)
    here = [p for p in reversals if p.original and p.original.remittance_id == remittance.pk]
    before = [p for p in reversals if p not in here]
    _link(before)
    rest = [p for p in to_post if not p.row.is_reversal]
    _post_claims(remittance, before, by)
    for payment in unknown:
        payment.posting_lines = unapplied_postings(payment.row.paid)
    _post_claims(remittance, rest, by)
    _post_claims(remittance, unknown, by, kind=EntryKind.UNAPPLIED_PAYMENT)
    entries = {payment.row.pk: payment.row.entry_id for payment in rest}
    for payment in here:
        assert payment.original is not None
        payment.original.entry_id = entries[payment.original.pk]
    _link(here)
    _post_claims(remittance, here, by)


def _link(reversals: Sequence[PaymentInWork]) -> None:
    """Name the original's entry where the reversal takes back exactly that, and it still stands."""
    by_entry: dict[int, list[PostingLine]] = defaultdict(list)
    ids = {p.original.entry_id for p in reversals if p.original and p.original.entry_id}
    for posting in Posting.objects.filter(entry_id__in=ids, entry__reversed_by=None):
        by_entry[posting.entry_id].append(
            PostingLine(
                Account(posting.account),
                posting.amount,
                posting.receivable_id,
                posting.responsibility,
            )
        )
    for payment in reversals:
        entry_id = payment.original.entry_id if payment.original else None
        if entry_id and is_exact_reversal(payment.posting_lines, by_entry.get(entry_id, [])):
            payment.reverses_entry = entry_id


def _post_claims(
    remittance: Remittance,
    payments: Sequence[PaymentInWork],
    by: User | None,
    kind: EntryKind = EntryKind.REMITTANCE,
) -> None:
    """One entry for each payment that has something to post."""
    with_lines = [payment for payment in payments if payment.posting_lines]
    entries = post(
        [
            new_entry(
                EntryKind.REVERSAL if payment.reverses_entry else kind,
                payment.posting_lines,
                _memo(remittance, payment),
                reverses_id=payment.reverses_entry,
            )
            for payment in with_lines
        ],
        by=by,
    )
    for payment, entry in zip(with_lines, entries, strict=True):
        payment.row.entry = entry


def _memo(remittance: Remittance, payment: PaymentInWork) -> str:
    what = "Reversal" if payment.row.is_reversal else "Payment"
    if payment.row.is_reversal and payment.reverses_entry is None:
        what = "Reversal without an exact original"
    return f"{what} {remittance.trace_number}, CLP {payment.row.position}"


def new_entry(
    kind: EntryKind, lines: Sequence[PostingLine], memo: str, *, reverses_id: int | None = None
) -> NewEntry:
    """An entry of today, for the ledger to post."""
    return NewEntry(
        kind=kind,
        occurred_on=clock.today(),
        postings=[NewPosting(*line) for line in lines],
        memo=memo,
        reverses_id=reverses_id,
    )


def write_provider_adjustments(remittance: Remittance, by: User | None) -> Decimal:
    """Post each PLB amount to its account; gives their sum, US dollars."""
    rows = list(remittance.provider_adjustments.order_by("position"))
    with_lines = [(row, lines) for row in rows if (lines := plb_postings(row.reason, row.amount))]
    entries = post(
        [
            new_entry(
                EntryKind.PROVIDER_ADJUSTMENT,
                lines,
                f"PLB {row.reason} {row.reference}, payment {remittance.trace_number}",
            )
            for row, lines in with_lines
        ],
        by=by,
    )
    for (row, _), entry in zip(with_lines, entries, strict=True):
        row.entry = entry
    update_rows([row for row, _ in with_lines], ["entry"])
    return total(row.amount for row in rows)
