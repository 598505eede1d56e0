"""Payments that a payer makes twice: the second one must not count again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from payments.enums import MatchedBy
from payments.models import Adjustment, RemittanceClaim
from payments.queries.answers import standing_answers
from payments.services.posting.allocate import PaymentInWork
from payments.services.posting.match import ClaimMatch

_Fingerprint = tuple[object, ...]


def set_duplicates_aside(payments: Sequence[PaymentInWork]) -> list[PaymentInWork]:
    """Take the claim from each payment that repeats, to the cent, an answer that still stands.

    A payer that changes its answer takes the first one back (CLP02 = 22, 005010X221A1 section
    1.10.2.8), so the same whole claim answered the same again is a payment made twice: posted, it
    would double the contractual reduction and what the patient owes. Its money goes to the
    unposted queue. Gives the payments that are left. The caller has locked the claims, so
    nothing that another remittance posts at the same time is missed.
    """
    standing = _standing(payments)
    left = []
    for payment in payments:
        row, submission = payment.row, payment.submission
        before = standing[submission.claim_id]
        if row.is_reversal:
            before.clear()  # what follows it is the corrected answer
        elif row.charge == submission.total_charge:
            said = _fingerprint(row, submission.pk)
            first = before.get(said)
            if first is not None:
                payment.match = ClaimMatch(None, MatchedBy.NONE, _reason(payment, first))
                continue
            before[said] = row
        left.append(payment)
    return left


def _standing(payments: Iterable[PaymentInWork]) -> dict[int, dict[_Fingerprint, RemittanceClaim]]:
    """Claim id → its whole answers that nobody took back, by what they say. Few have any."""
    found: dict[int, dict[_Fingerprint, RemittanceClaim]] = defaultdict(dict)
    charges = {p.submission.pk: p.submission.total_charge for p in payments}
    rows = (
        standing_answers()
        .filter(submission_id__in=charges)
        .select_related("remittance")
        .prefetch_related("adjustments", "lines", "lines__adjustments")
    )
    for row in rows:
        assert row.claim_id is not None
        assert row.submission_id is not None
        if row.charge == charges[row.submission_id]:
            found[row.claim_id][_fingerprint(row, row.submission_id)] = row
    return found


def _fingerprint(row: RemittanceClaim, submission_id: int) -> _Fingerprint:
    lines = sorted(row.lines.all(), key=lambda line: line.position)
    return (
        submission_id,
        row.patient_control_number,
        row.payer_claim_number,
        row.status_code,
        row.charge,
        row.paid,
        row.patient_responsibility,
        _reasons(one for one in row.adjustments.all() if one.line_id is None),
        tuple(
            (
                line.code,
                tuple(line.modifiers),
                line.charge,
                line.paid,
                line.units,
                _reasons(line.adjustments.all()),
            )
            for line in lines
        ),
    )


def _reasons(adjustments: Iterable[Adjustment]) -> tuple[object, ...]:
    return tuple(sorted((one.group, one.carc, one.amount) for one in adjustments))


def _reason(payment: PaymentInWork, first: RemittanceClaim) -> str:
    claim, before = payment.submission.claim, first.remittance
    if first.remittance_id == payment.row.remittance_id:
        when = f"at CLP {first.position} of this payment"
    else:
        when = f"by payment {before.trace_number} of {before.payment_date:%m/%d/%Y}"
    return (
        f"Claim {claim.number} was answered exactly like this before, {when}, and nothing was "
        "taken back. A payment made twice goes back to the payer."
    )
