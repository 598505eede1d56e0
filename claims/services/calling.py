"""A call to the insurer, written down so that the next person need not ask again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from claims import locks
from claims.enums import CallOutcome, ClaimState, TaskKind
from claims.models import CallLog, ClaimTask
from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from core.work.services import snooze

_NEVER_LEFT = (ClaimState.DRAFT, ClaimState.HELD, ClaimState.READY, ClaimState.QUEUED)


def log_call(
    *,
    claim_id: int,
    by: User,
    outcome: str,
    summary: str,
    spoke_with: str = "",
    reference_number: str = "",
    next_action_on: date | None = None,
) -> CallLog:
    """Keep a call about a claim. A next date lets the follow-up case sleep until then.

    Refused: the claim was never sent; somebody was reached and gave no reference number
    (without it the call cannot be proved); the next date is not in the future; no summary.
    """
    _refuse_incomplete(outcome, summary, reference_number, next_action_on)
    with transaction.atomic():
        claim = locks.claim(claim_id)
        if claim.state in _NEVER_LEFT and claim.first_sent_at is None:
            raise Refused(
                f"{claim.number} was never sent, so the insurer cannot know it. Send it first.",
                code="never-sent",
                conflict=True,
            )
        task = ClaimTask.objects.filter(
            claim=claim, kind=TaskKind.FOLLOW_UP, closed_at=None
        ).first()
        call = CallLog.objects.create(
            claim=claim,
            task=task,
            called_at=clock.now(),
            called_by=by,
            spoke_with=spoke_with.strip(),
            reference_number=reference_number.strip(),
            outcome=outcome,
            summary=summary.strip(),
            next_action_on=next_action_on,
        )
        if task is not None and next_action_on is not None:
            snooze(item_id=task.work_item_id, until=next_action_on, user=by)
        record(
            actor=by,
            action="claim.call_logged",
            subject=claim,
            patient_id=claim.encounter.patient_id,
            detail={
                "call": call.pk,
                "outcome": outcome,
                "next": next_action_on.isoformat() if next_action_on else "",
            },
        )
    return call


def _refuse_incomplete(
    outcome: str, summary: str, reference_number: str, next_action_on: date | None
) -> None:
    if outcome not in CallOutcome.values:
        raise Refused("Choose the outcome of the call.", code="outcome-missing")
    if not summary.strip():
        raise Refused("Write down in a sentence what was said.", code="summary-missing")
    if outcome != CallOutcome.NO_ANSWER and not reference_number.strip():
        raise Refused(
            "Ask for the call's reference number and enter it: without it the call cannot be "
            'proved later. If nobody was reached, choose "Nobody reached".',
            code="reference-missing",
        )
    if next_action_on is not None and next_action_on <= clock.today():
        raise Refused(
            "The next date must lie after today: until then the claim leaves the queue.",
            code="next-date-past",
        )
