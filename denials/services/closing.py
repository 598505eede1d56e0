"""Ending a denial without the payer's money: a write-off, or the patient's responsibility."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.services import NewEntry, NewPosting, post
from core.money import ZERO
from core.work.services import close_item
from denials import locks
from denials.enums import DenialState
from denials.models import Denial
from denials.queries.receivables import receivables_of
from denials.states import DENIAL
from payments.queries.ledger import payer_balances
from payments.services.posting.close import close_paid_claims


def write_off_denial(*, denial_id: int, by: User, reason: str) -> Denial:
    """Give up what is still denied: WRITE_OFF, out of the payer's balance.

    At most what the payer's balance of the denied lines still holds. Raises `Refused`
    without a reason, for a denial that is closed, or when nothing is left to write off.
    """
    return _close(denial_id, by, reason, DenialState.WRITTEN_OFF)


def move_to_patient(*, denial_id: int, by: User, reason: str) -> Denial:
    """Let the patient owe what the payer put under PR: from the payer's to the patient's balance.

    Raises `Refused` unless the payer's group is PR: what it calls contractual (CO) or its
    own (PI) may never be billed to the patient.
    """
    return _close(denial_id, by, reason, DenialState.MOVED_TO_PATIENT)


def _close(denial_id: int, by: User, reason: str, state: DenialState) -> Denial:
    if not reason.strip():
        raise Refused("Say why: whoever looks at this claim next will ask.", code="no_reason")
    with transaction.atomic():
        denial = locks.denial(denial_id)
        _check(denial, state)
        amounts = _amounts(denial)
        is_write_off = state is DenialState.WRITTEN_OFF
        [entry] = post(
            [
                NewEntry(
                    kind=EntryKind.WRITE_OFF if is_write_off else EntryKind.TRANSFER,
                    occurred_on=clock.today(),
                    postings=_postings(amounts, denial, is_write_off=is_write_off),
                    memo=f"Denial {denial.group}-{denial.carc}: {reason.strip()}"[:200],
                )
            ],
            by=by,
        )
        denial.close_entry = entry
        denial.close_reason = reason.strip()[:255]
        denial.closed_at = clock.now()
        DENIAL.move(denial, state, fields=["close_entry", "close_reason", "closed_at"])
        close_item(item_id=denial.work_item_id, outcome=denial.get_state_display()[:120], user=by)
        close_paid_claims([denial.claim_id])
        record(
            actor=by,
            action=f"denial.{state}",
            subject=denial,
            patient_id=denial.claim.encounter.patient_id,
            reason=denial.close_reason,
            detail={"amount": str(sum(amounts.values(), ZERO))},
        )
        return denial


def _check(denial: Denial, state: DenialState) -> None:
    if denial.state != DenialState.OPEN:
        raise Refused(
            f"This denial is not open ({denial.get_state_display().lower()}). "
            "Look at the claim's story for what happened.",
            code="not_open",
            conflict=True,
            denial_id=denial.pk,
        )
    if state is DenialState.MOVED_TO_PATIENT and denial.group != "PR":
        raise Refused(
            f"The payer's group is {denial.group}, not PR: this amount may not be billed to the "
            "patient. Correct the claim, appeal, or write it off.",
            code="not_patients",
            denial_id=denial.pk,
        )


def _amounts(denial: Denial) -> dict[int, Decimal]:
    """Receivable → what of the denied amount its payer balance still holds, in line order."""
    keys = receivables_of([denial])[denial.pk]
    standing = payer_balances(keys)
    left = denial.amount
    amounts: dict[int, Decimal] = {}
    for key in keys:
        part = min(left, max(ZERO, standing[key]))
        if part > 0:
            amounts[key] = part
            left -= part
    if not amounts:
        raise Refused(
            "Nothing is left in the payer's balance of this line: it was paid or written off "
            "already. Look at its ledger.",
            code="nothing_left",
            conflict=True,
            denial_id=denial.pk,
        )
    return amounts


def _postings(
    amounts: dict[int, Decimal], denial: Denial, *, is_write_off: bool
) -> list[NewPosting]:
    payer = (Responsibility.PAYER_1, Responsibility.PAYER_2, Responsibility.PAYER_3)[
        denial.claim.payer_sequence - 1
    ]
    postings: list[NewPosting] = []
    for key, amount in amounts.items():
        if is_write_off:
            postings.append(NewPosting(account=Account.WRITE_OFF, amount=amount, receivable_id=key))
        else:
            postings.append(
                NewPosting(
                    account=Account.RECEIVABLE,
                    amount=amount,
                    receivable_id=key,
                    responsibility=Responsibility.PATIENT,
                )
            )
        postings.append(
            NewPosting(
                account=Account.RECEIVABLE,
                amount=-amount,
                receivable_id=key,
                responsibility=payer,
            )
        )
    return postings
