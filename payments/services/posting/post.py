"""Posting a remittance: one transaction from what the payer says to the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from claims import locks as claim_locks
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many
from core.errors import Refused
from core.money import ZERO, total
from payments import locks
from payments.enums import MatchedBy, PaymentState, RemittanceState
from payments.models import Remittance
from payments.services.posting.allocate import (
    PaymentInWork,
    allocate,
    payment_in_work,
    save_line_matches,
)
from payments.services.posting.close import close_posting
from payments.services.posting.duplicates import set_duplicates_aside
from payments.services.posting.entries import write_entries, write_provider_adjustments
from payments.services.posting.match import match_claims
from payments.services.posting.unposted import open_unposted
from payments.states import PAYMENT, REMITTANCE


@dataclass(frozen=True, slots=True)
class PostResult:
    """What posting did. ``already_posted``: it had been done before and nothing changed."""

    remittance_id: int
    trace_number: str
    amount: Decimal
    already_posted: bool = False
    posted: int = 0
    unposted: int = 0
    information: int = 0
    applied: Decimal = ZERO
    unapplied: Decimal = ZERO
    provider_adjustments: Decimal = ZERO


def post_remittance(*, remittance_id: int, by: User | None) -> PostResult:
    """Post a ready remittance to the ledger, line by line, in one transaction.

    Payments that answer a claim of ours become entries on its receivables; a reversal
    takes back its original's entry; the rest is received as unapplied money and goes to
    the unposted queue; PLB amounts go to their accounts. Over all of it PAYER_PAID sums
    to BPR02. The denials in it are opened and decided in the same transaction (see
    `receivers`). Again on the same remittance: ``already_posted``, nothing changes. Raises
    `Refused` for a held or replaced one.
    """
    with transaction.atomic():
        remittance = locks.remittance(remittance_id)
        if remittance.state == RemittanceState.POSTED:
            return PostResult(
                remittance.pk, remittance.trace_number, remittance.amount, already_posted=True
            )
        if remittance.state != RemittanceState.READY:
            raise Refused(
                f"Remittance {remittance.trace_number} is not ready to post "
                f"({remittance.get_state_display()}). {remittance.held_reason}".rstrip(),
                code=remittance.state,
                conflict=True,
                remittance_id=remittance.pk,
            )
        payments = _load(remittance)
        decided = [payment for payment in payments if not payment.is_information]
        information = [payment for payment in payments if payment.is_information]
        named = [payment for payment in decided if payment.match.submission is not None]
        claim_locks.claims_and_visits(payment.submission.claim_id for payment in named)
        to_post = set_duplicates_aside(named)
        unknown = [payment for payment in decided if payment.match.submission is None]
        allocate(to_post)
        write_entries(remittance, to_post, unknown, by)
        adjustments = write_provider_adjustments(remittance, by)
        _save_rows(to_post, information)
        open_unposted(remittance, [(p.row, p.match.reason) for p in unknown])
        remittance.posted_at, remittance.posted_by = clock.now(), by
        REMITTANCE.move(remittance, RemittanceState.POSTED, fields=["posted_at", "posted_by"])
        _audit(remittance, to_post, by)
        close_posting([(p.row, p.submission) for p in to_post])
        return PostResult(
            remittance.pk,
            remittance.trace_number,
            remittance.amount,
            posted=len(to_post),
            unposted=len(unknown),
            information=len(information),
            applied=total(p.row.paid for p in to_post),
            unapplied=total(p.row.paid for p in unknown),
            provider_adjustments=adjustments,
        )


def _load(remittance: Remittance) -> list[PaymentInWork]:
    """The remittance's payments with their lines, adjustments and the claims they answer."""
    rows = list(
        remittance.claims.order_by("position").prefetch_related(
            "adjustments", "lines", "lines__adjustments"
        )
    )
    matches = match_claims(remittance, rows)
    return [payment_in_work(row, matches[row.pk]) for row in rows]


def _save_rows(to_post: Sequence[PaymentInWork], information: Sequence[PaymentInWork]) -> None:
    for payment in to_post:
        row = payment.row
        row.matched_by = payment.match.by
        row.claim = payment.submission.claim
        row.submission = payment.submission
        row.reverses = payment.original
    for payment in information:
        row = payment.row
        row.matched_by = payment.match.by
        if payment.match.submission is not None:
            row.claim = payment.match.submission.claim
            row.submission = payment.match.submission
        else:
            row.matched_by = MatchedBy.NONE
            row.unmatched_reason = payment.match.reason
    PAYMENT.move_all(
        [
            *((payment.row, PaymentState.POSTED) for payment in to_post),
            *((payment.row, PaymentState.INFORMATION) for payment in information),
        ],
        fields=["matched_by", "claim", "submission", "reverses", "entry", "unmatched_reason"],
    )
    save_line_matches(to_post)


def _audit(remittance: Remittance, to_post: Sequence[PaymentInWork], by: User | None) -> None:
    events = [
        EventData(
            actor=by,
            action="remittance.posted",
            subject=remittance,
            detail={"amount": str(remittance.amount), "claims": len(to_post)},
        )
    ]
    events += [
        EventData(
            actor=by,
            action="claim.payment_posted",
            subject=payment.submission.claim,
            patient_id=payment.submission.claim.encounter.patient_id,
            detail={"remittance": remittance.pk, "paid": str(payment.row.paid)},
        )
        for payment in to_post
    ]
    record_many(events)
