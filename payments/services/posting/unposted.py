"""Payments that answer no claim of ours: the money is in the books, the work is in a queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from claims import locks as claim_locks
from claims.models import Submission
from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from core.ledger.enums import Account, EntryKind
from core.ledger.services import post
from core.work.enums import Queue
from core.work.services import NewItem, close_item, open_items
from payments import locks
from payments.enums import MatchedBy, PaymentState
from payments.models import Remittance, RemittanceClaim
from payments.rules.postings import PostingLine
from payments.services.posting.allocate import allocate, payment_in_work, save_line_matches
from payments.services.posting.close import close_posting
from payments.services.posting.entries import new_entry
from payments.services.posting.match import ClaimMatch
from payments.states import PAYMENT

#: Overpayments go back within 60 days of being known (42 USC 1320a-7k(d)); an unposted payment
#: is looked at long before.
DAYS_TO_WORK = 7


def open_unposted(remittance: Remittance, payments: Sequence[tuple[RemittanceClaim, str]]) -> None:
    """Put payments without a claim into the unposted queue, each with the reason."""
    if not payments:
        return
    due = clock.today() + dt.timedelta(days=DAYS_TO_WORK)
    items = open_items(
        [NewItem(queue=Queue.UNPOSTED, dollars=abs(row.paid), due_on=due) for row, _ in payments]
    )
    for (row, reason), item in zip(payments, items, strict=True):
        row.matched_by = MatchedBy.NONE
        row.unmatched_reason = reason[:255]
        row.work_item = item
    PAYMENT.move_all(
        [(row, PaymentState.UNPOSTED) for row, _ in payments],
        fields=["matched_by", "unmatched_reason", "work_item", "entry"],
    )


def _lock(payment_id: int) -> RemittanceClaim:
    payment = locks.payment(payment_id)
    if payment.state != PaymentState.UNPOSTED:
        raise Refused(
            f"This payment is no longer unposted ({payment.get_state_display().lower()}). "
            "Go back to the queue for the next one.",
            code="not_unposted",
            conflict=True,
            payment_id=payment_id,
        )
    return payment


def match_by_hand(*, payment_id: int, claim_id: int, by: User) -> None:
    """Post an unposted payment to the claim that a person picked.

    The money leaves UNAPPLIED and goes to the claim's lines as the payer said; the denials in it
    are opened and decided in the same transaction. Raises
    `Refused` when the payment is no longer unposted or the claim was never sent.
    """
    with transaction.atomic():
        payment = _lock(payment_id)
        claim = claim_locks.claims_and_visits([claim_id])[claim_id]
        submission = (
            Submission.objects.select_related("claim__encounter")
            .filter(claim=claim, sent_at__isnull=False)
            .order_by("-number")
            .first()
        )
        if submission is None:
            raise Refused(
                f"Claim {claim.number} was never sent, so no payer can have paid it. "
                "Pick a claim that was sent.",
                code="claim_not_sent",
                claim_id=claim_id,
            )
        row = RemittanceClaim.objects.prefetch_related(
            "adjustments", "lines", "lines__adjustments"
        ).get(pk=payment_id)
        work = payment_in_work(row, ClaimMatch(submission, MatchedBy.HAND))
        allocate([work], Account.UNAPPLIED)
        if work.posting_lines:
            memo = f"Unposted payment {payment.remittance.trace_number} to claim {claim.number}"
            [row.application] = post(
                [new_entry(EntryKind.APPLICATION, work.posting_lines, memo)], by=by
            )
        row.claim, row.submission, row.matched_by = claim, submission, MatchedBy.HAND
        _resolve(row, f"Posted to claim {claim.number}", by)
        save_line_matches([work])
        record(
            actor=by,
            action="payment.matched_by_hand",
            subject=claim,
            patient_id=submission.claim.encounter.patient_id,
            detail={"payment": payment_id, "paid": str(row.paid)},
        )
        close_posting([(row, submission)])


def send_back(*, payment_id: int, reason: str, by: User) -> None:
    """Close an unposted payment that is not ours: the money is to go back to the payer.

    UNAPPLIED → REFUND; a payment of zero closes without an entry. Raises `Refused` without
    a reason.
    """
    if not reason.strip():
        raise Refused("Say why this payment is not ours: the payer will ask.", code="no_reason")
    with transaction.atomic():
        payment = _lock(payment_id)
        if payment.paid:
            lines = [
                PostingLine(Account.UNAPPLIED, payment.paid),
                PostingLine(Account.REFUND, -payment.paid),
            ]
            memo = f"Not ours: payment {payment.remittance.trace_number} back to the payer"
            [payment.application] = post([new_entry(EntryKind.APPLICATION, lines, memo)], by=by)
        words = "Back to the payer" if payment.paid else "No money, not ours"
        _resolve(payment, f"{words}: {reason.strip()}", by)
        record(
            actor=by,
            action="payment.sent_back",
            subject=payment,
            reason=reason.strip()[:255],
            detail={"paid": str(payment.paid)},
        )


def _resolve(payment: RemittanceClaim, resolution: str, by: User) -> None:
    payment.resolution = resolution[:255]
    payment.resolved_at = clock.now()
    payment.resolved_by = by
    PAYMENT.move(
        payment,
        PaymentState.RESOLVED,
        fields=[
            "resolution",
            "resolved_at",
            "resolved_by",
            "application",
            "claim",
            "submission",
            "matched_by",
        ],
    )
    assert payment.work_item_id is not None
    close_item(item_id=payment.work_item_id, outcome=resolution[:120], user=by)
