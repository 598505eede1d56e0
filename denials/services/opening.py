"""Opening denial cases for the refusals in posted payments, many payments at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from claims import locks as claim_locks
from claims.enums import ClaimState
from claims.models import Claim
from claims.states import CLAIM
from core import clock
from core.audit.services import EventData, record_many
from core.work.enums import Queue
from core.work.services import NewItem, close_items, open_items
from denials.enums import DenialState, Resolution
from denials.models import Denial
from denials.rules.playbook import (
    PlaybookEntry,
    find_entry,
    is_denial,
    is_patients,
    resolution_path,
)
from encounters.models import PayerPolicy
from payments import locks as payment_locks
from payments.enums import PaymentState
from payments.models import Adjustment, RemittanceClaim

BATCH = 2000

#: Days to work a denial whose payer has no policy on file.
DEFAULT_DAYS = 90


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal to pay, classified."""

    adjustment: Adjustment
    payment: RemittanceClaim
    rarcs: list[str]
    entry: PlaybookEntry
    route: Resolution
    denied_on: dt.date
    deadline: dt.date
    is_initial: bool
    is_patients: bool


def open_denials_of(payment_ids: Sequence[int]) -> list[Denial]:
    """Open a case for each refusal to pay in these payments, whose claims the caller has locked.

    What is no denial (contractual, the patient's cost share, an earlier payer's effect, a
    reversal) opens none. A denial that the payer put on the patient and that posting moved
    there is kept in the history and closed at once. An adjustment has at most one case.
    """
    return _open_cases(list(_not_looked_at().filter(pk__in=payment_ids).order_by("pk")))


def open_denials(*, limit: int = BATCH) -> list[Denial]:
    """Open the cases of posted payments that nobody looked at: a safety net.

    Posting opens its denials itself; what is left here was posted by a release before that.
    Safe in several workers: payments are claimed with SKIP LOCKED.
    """
    with transaction.atomic():
        payments = payment_locks.free_payments(_not_looked_at(), most=limit)
        claim_locks.claims_by_id(row.claim_id for row in payments if row.claim_id is not None)
        return _open_cases(payments)


def _not_looked_at() -> QuerySet[RemittanceClaim]:
    return RemittanceClaim.objects.filter(
        denials_opened=False,
        claim__isnull=False,
        state__in=[PaymentState.POSTED, PaymentState.RESOLVED],
    ).select_related("claim__payer", "claim__encounter", "submission", "remittance")


def _open_cases(payments: Sequence[RemittanceClaim]) -> list[Denial]:
    if not payments:
        return []
    denials = _open(_find(payments))
    _mark_claims(payment.claim_id for payment in payments)
    RemittanceClaim.objects.filter(pk__in=[p.pk for p in payments]).update(denials_opened=True)
    return denials


def _find(payments: Sequence[RemittanceClaim]) -> list[_Refusal]:
    by_id = {payment.pk: payment for payment in payments if not payment.is_reversal}
    adjustments = [
        a
        for a in Adjustment.objects.filter(remittance_claim_id__in=by_id, amount__gt=0)
        .prefetch_related("remittance_claim__remarks")
        .order_by("pk")
        if is_denial(a.group, a.carc, a.amount) and _is_posted_as_denial(a)
    ]
    remarks = _remarks(adjustments)
    first = _first_payments({payment.claim_id for payment in payments})
    policies = _Policies({p.claim.payer_id for p in payments if p.claim is not None})
    found: list[_Refusal] = []
    for adjustment in adjustments:
        payment = by_id[adjustment.remittance_claim_id]
        assert payment.claim is not None
        claim = payment.claim
        rarcs = remarks[adjustment.pk]
        entry = find_entry(adjustment.group, adjustment.carc, rarcs, claim.payer.kind)
        denied_on = _denied_on(payment)
        policy = policies.on(claim.payer_id, denied_on)
        accepts = policy is None or policy.accepts_frequency_7
        route = resolution_path(entry, accepts_frequency_7=accepts)
        found.append(
            _Refusal(
                adjustment=adjustment,
                payment=payment,
                rarcs=rarcs,
                entry=entry,
                route=route,
                denied_on=denied_on,
                deadline=denied_on + dt.timedelta(days=_days(policy, route)),
                is_initial=first.get(claim.pk) == payment.pk,
                is_patients=is_patients(adjustment.group, adjustment.carc),
            )
        )
    return found


def _denied_on(payment: RemittanceClaim) -> dt.date:
    """The day the refusal reached us: when its payment was posted, by hand or with its file."""
    moment = payment.resolved_at or payment.remittance.posted_at
    return timezone.localtime(moment).date() if moment is not None else clock.today()


def _is_posted_as_denial(adjustment: Adjustment) -> bool:
    """Posting may have seen more than the code: a line bundled into one that was paid."""
    return adjustment.group == "PR" or adjustment.disposition == "denied"


def _remarks(adjustments: Sequence[Adjustment]) -> dict[int, list[str]]:
    """Each adjustment's RARCs: its line's and the claim's (MIA, MOA)."""
    found: dict[int, list[str]] = {}
    for adjustment in adjustments:
        remarks = [
            remark.code
            for remark in adjustment.remittance_claim.remarks.all()
            if remark.line_id is None or remark.line_id == adjustment.line_id
        ]
        found[adjustment.pk] = list(dict.fromkeys(remarks))
    return found


def _first_payments(claim_ids: Iterable[int | None]) -> dict[int, int]:
    """Claim id → its first payment that is no reversal: what makes a denial an initial one."""
    rows = (
        RemittanceClaim.objects.filter(
            claim_id__in=[key for key in claim_ids if key is not None],
            state__in=[PaymentState.POSTED, PaymentState.RESOLVED],
        )
        .exclude(status_code="22")
        .values_list("claim_id")
        .annotate(first=Min("pk"))
    )
    return {claim_id: first for claim_id, first in rows if claim_id is not None}


class _Policies:
    """The payers' policies, looked up by day."""

    def __init__(self, payer_ids: Iterable[int]) -> None:
        self._rows: dict[int, list[PayerPolicy]] = defaultdict(list)
        for policy in PayerPolicy.objects.filter(payer_id__in=set(payer_ids)).order_by(
            "-effective_from"
        ):
            self._rows[policy.payer_id].append(policy)

    def on(self, payer_id: int, day: dt.date) -> PayerPolicy | None:
        """The policy in force on the day."""
        return next(
            (
                policy
                for policy in self._rows[payer_id]
                if policy.effective_from <= day
                and (policy.effective_to is None or policy.effective_to >= day)
            ),
            None,
        )


def _days(policy: PayerPolicy | None, route: Resolution) -> int:
    if policy is None:
        return DEFAULT_DAYS
    return policy.appeal_days if route is Resolution.APPEAL else policy.corrected_claim_days


def _open(found: Sequence[_Refusal]) -> list[Denial]:
    if not found:
        return []
    now = clock.now()
    items = open_items(
        [
            NewItem(
                queue=Queue.DENIAL,
                dollars=case.adjustment.amount,
                due_on=case.deadline,
                recovery_probability=case.entry.recovery_probability,
            )
            for case in found
        ]
    )
    denials = Denial.objects.bulk_create(
        Denial(
            adjustment=case.adjustment,
            claim=case.payment.claim,
            submission=case.payment.submission,
            payment=case.payment,
            line_id=case.adjustment.line_id,
            group=case.adjustment.group,
            carc=case.adjustment.carc,
            rarcs=case.rarcs,
            amount=case.adjustment.amount,
            is_initial=case.is_initial,
            root_cause=case.entry.cause,
            owner_role=case.entry.owner,
            route=Resolution.BILL_PATIENT if case.is_patients else case.route,
            deadline=None if case.is_patients else case.deadline,
            state=DenialState.MOVED_TO_PATIENT if case.is_patients else DenialState.OPEN,
            denied_on=case.denied_on,
            opened_at=now,
            closed_at=now if case.is_patients else None,
            close_reason="The payer put it on the patient" if case.is_patients else "",
            work_item=item,
        )
        for case, item in zip(found, items, strict=True)
    )
    closed = [d.work_item_id for d in denials if d.state == DenialState.MOVED_TO_PATIENT]
    if closed:
        close_items(closed, outcome="The payer put it on the patient", user=None)
    _audit(found, denials)
    return denials


def _mark_claims(claim_ids: Iterable[int | None]) -> None:
    """An answered claim with something to work is a denied one, until it is worked."""
    still_open = Denial.objects.filter(claim=OuterRef("pk"), state=DenialState.OPEN)
    CLAIM.move_where(
        Claim.objects.filter(
            Exists(still_open), pk__in=[key for key in claim_ids if key is not None]
        ),
        before=[ClaimState.ADJUDICATED],
        to=ClaimState.DENIED,
    )


def _audit(found: Sequence[_Refusal], denials: Sequence[Denial]) -> None:
    record_many(
        [
            EventData(
                actor=None,
                action="denial.opened",
                subject=denial,
                patient_id=case.payment.claim.encounter.patient_id if case.payment.claim else None,
                detail={"carc": denial.carc, "group": denial.group, "amount": str(denial.amount)},
            )
            for case, denial in zip(found, denials, strict=True)
        ]
    )
