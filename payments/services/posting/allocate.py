"""Allocating a payment to the lines of its claim, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from claims.models import ClaimLine, Submission
from core.bulk import update_rows
from core.ledger.enums import Account, Responsibility
from core.ledger.models import Posting
from core.money import ZERO
from payments.enums import Disposition, LineMatchedBy
from payments.models import RemittanceClaim, RemittanceLine
from payments.rules.amounts import (
    AnsweredClaim,
    AnsweredLine,
    LineAllocation,
    Reduction,
    allocate_to_lines,
    check_allocations,
)
from payments.rules.matching import LineMatch
from payments.rules.postings import PostingLine, claim_postings, payer_responsibility, taken_over
from payments.services.posting.match import ClaimMatch, billed_lines, match_payment_lines

#: CLP02 of answers that settle nothing when they carry no money: not ours and forwarded,
#: predetermination only.
INFORMATION = frozenset({"23", "25"})


@dataclass(slots=True)
class PaymentInWork:
    """One CLP on its way into the books."""

    row: RemittanceClaim
    lines: list[RemittanceLine]
    match: ClaimMatch
    billed: list[ClaimLine] = field(default_factory=list)
    line_matches: list[LineMatch] = field(default_factory=list)
    allocations: list[LineAllocation] = field(default_factory=list)
    posting_lines: list[PostingLine] = field(default_factory=list)
    reverses_entry: int | None = None
    original: RemittanceClaim | None = None

    @property
    def is_information(self) -> bool:
        """Nothing to post and nothing to work: no money and no decision."""
        return self.row.status_code in INFORMATION and not self.row.paid

    @property
    def submission(self) -> Submission:
        """The submission it answers; only asked of matched payments."""
        assert self.match.submission is not None
        return self.match.submission


def payment_in_work(row: RemittanceClaim, match: ClaimMatch) -> PaymentInWork:
    """The payment with its lines in order (prefetched with their adjustments)."""
    lines = sorted(row.lines.all(), key=lambda line: line.position)
    return PaymentInWork(row=row, lines=lines, match=match)


def allocate(
    payments: Sequence[PaymentInWork], money_account: Account = Account.PAYER_PAID
) -> None:
    """Match the lines, allocate the amounts to them, and work out the posting lines of each entry.

    ``money_account`` is UNAPPLIED when the money was received before its claim was known.
    """
    billed = billed_lines(payment.submission.pk for payment in payments)
    balances = _Balances(
        line.charge_line.receivable_id
        for payment in payments
        if payment.submission.claim.payer_sequence > 1
        for line in billed[payment.submission.pk]
    )
    for payment in payments:
        payment.billed = billed[payment.submission.pk]
        payment.line_matches = match_payment_lines(payment.lines, payment.billed)
        answered = _answered(payment)
        charges = {line.pk: line.charge for line in payment.billed}
        payment.allocations = allocate_to_lines(answered, charges)
        check_allocations(answered, payment.allocations)
        receivables = _receivables(payment)
        sequence = payment.submission.claim.payer_sequence
        payment.posting_lines = claim_postings(
            payment.allocations,
            receivables,
            payer_responsibility(sequence),
            money_account=money_account,
            from_patient=balances.take(payment.allocations, receivables, sequence),
        )


def _answered(payment: PaymentInWork) -> AnsweredClaim:
    row = payment.row
    return AnsweredClaim(
        paid=row.paid,
        reductions=tuple(
            Reduction(Disposition(a.disposition), a.amount)
            for a in row.adjustments.all()
            if a.line_id is None
        ),
        lines=tuple(
            AnsweredLine(
                billed_id=match.billed_id,
                paid=line.paid,
                reductions=tuple(
                    Reduction(Disposition(a.disposition), a.amount) for a in line.adjustments.all()
                ),
            )
            for line, match in zip(payment.lines, payment.line_matches, strict=True)
        ),
    )


def _receivables(payment: PaymentInWork) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in payment.billed:
        receivable_id = line.charge_line.receivable_id
        assert receivable_id is not None, "a billed line has its receivable"
        found[line.pk] = receivable_id
    return found


class _Balances:
    """What each later payer and the patient owe per receivable, updated payment by payment."""

    def __init__(self, receivable_ids: Iterable[int | None]) -> None:
        self._balance: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
        ids = {key for key in receivable_ids if key is not None}
        if not ids:
            return
        rows = Posting.objects.filter(account=Account.RECEIVABLE, receivable_id__in=ids)
        for receivable_id, responsibility, amount in rows.values_list(
            "receivable_id", "responsibility", "amount"
        ):
            assert receivable_id is not None
            self._balance[receivable_id, responsibility] += amount

    def take(
        self, allocations: Sequence[LineAllocation], receivables: Mapping[int, int], sequence: int
    ) -> dict[int, Decimal]:
        """Billed line id → what a later payer settles of the patient's balance."""
        if sequence <= 1:
            return {}
        payer, patient = payer_responsibility(sequence).value, Responsibility.PATIENT.value
        taken: dict[int, Decimal] = {}
        for allocation in allocations:
            key = receivables[allocation.billed_id]
            moved = taken_over(allocation, self._balance[key, payer], self._balance[key, patient])
            self._balance[key, payer] += moved - allocation.leaves_payer
            self._balance[key, patient] += allocation.patient - moved
            taken[allocation.billed_id] = moved
        return taken


def save_line_matches(payments: Sequence[PaymentInWork]) -> None:
    """Write down which claim line each of the payer's lines answers."""
    changed: list[RemittanceLine] = []
    for payment in payments:
        for line, match in zip(payment.lines, payment.line_matches, strict=True):
            line.claim_line_id = match.billed_id
            line.matched_by = LineMatchedBy(match.by)
            changed.append(line)
    update_rows(changed, ["claim_line", "matched_by"])
