"""Follow-up: a claim that its payer has not settled in time becomes a case for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from claims import locks
from claims.enums import AWAITING_PAYER, ClaimState, TaskKind
from claims.models import Claim, ClaimTask
from claims.queries.ageing import overdue_claims, owed_after_answer
from claims.services.claim_tasks import NewTask, close_tasks, open_tasks
from core import clock
from core.audit.services import EventData, record_many

RECOVERY_PROBABILITY = Decimal("0.7")
BATCH = 1000


@dataclass(slots=True)
class FollowUpResult:
    """How many cases were opened and closed, and how many are open now."""

    opened: int = 0
    closed: int = 0
    open: int = 0


def follow_up_sweep(*, on: date | None = None) -> FollowUpResult:
    """Open a case for each claim whose payer settles it too late; close the settled ones.

    Late is a claim without an answer, or one that was answered and is still owed without a
    denial that says why (`owed_after_answer`).

    Too long is the payer policy's number of days on the day of service (45 by default), or the
    setting `FIRSTPASS_FOLLOW_UP_DAYS` without a policy, since the current submission was sent.
    A repeat on the same day changes nothing.
    """
    day = on or clock.today()
    result = FollowUpResult(closed=_close_answered())
    while opened := _open_overdue(day):
        result.opened += opened
    result.open = ClaimTask.objects.filter(kind=TaskKind.FOLLOW_UP, closed_at=None).count()
    return result


def _open_overdue(on: date) -> int:
    has_case = ClaimTask.objects.filter(
        claim=OuterRef("pk"), kind=TaskKind.FOLLOW_UP, closed_at=None
    )
    with transaction.atomic():
        overdue = overdue_claims(on).filter(~Exists(has_case))
        claims = locks.claims(
            Claim.objects.filter(
                pk__in=overdue.values("pk"), state__in=[*AWAITING_PAYER, ClaimState.ADJUDICATED]
            ).select_related("encounter"),
            skip_locked=True,
            most=BATCH,
        )
        tasks = open_tasks(
            TaskKind.FOLLOW_UP,
            [NewTask(claim, claim.filing_deadline, RECOVERY_PROBABILITY) for claim in claims],
        )
        record_many(
            [
                EventData(
                    actor=None,
                    action="claim.follow_up_due",
                    subject=task.claim,
                    patient_id=task.claim.encounter.patient_id,
                )
                for task in tasks
            ]
        )
        return len(tasks)


def _close_answered() -> int:
    with transaction.atomic():
        answered = list(
            ClaimTask.objects.filter(kind=TaskKind.FOLLOW_UP, closed_at=None)
            .exclude(Q(claim__state__in=AWAITING_PAYER) | Q(claim__in=owed_after_answer()))
            .values_list("claim_id", flat=True)
        )
        return close_tasks(
            answered, kinds=[TaskKind.FOLLOW_UP], outcome="Answered by the payer", user=None
        )
