"""Eligibility checks whose worker ended before the answer was written down."""

from __future__ import annotations

from django.db import transaction

from core import clock
from core.clearinghouse.services import settle_question
from encounters import locks
from encounters.enums import EligibilityState
from encounters.models import EligibilityCheck
from encounters.rules.freshness import PATIENCE
from encounters.services.answering import INTERRUPTED, keep_answer, read_answer, unanswered


def close_interrupted() -> int:
    """Close each check that has been pending for longer than anybody waits. Gives how many.

    An answer that was stored before the worker ended is read now. Without one it is unknown
    whether the plan is active, and the check goes to the eligibility queue. Safe in several
    workers.
    """
    waiting = EligibilityCheck.objects.filter(
        state=EligibilityState.PENDING, requested_at__lt=clock.now() - PATIENCE
    )
    closed = 0
    for check_id in waiting.order_by("pk").values_list("pk", flat=True):
        closed += _close(check_id)
    return closed


@transaction.atomic
def _close(check_id: int) -> bool:
    check = locks.free_check(
        EligibilityCheck.objects.filter(pk=check_id, state=EligibilityState.PENDING).select_related(
            "coverage"
        )
    )
    if check is None:
        return False
    question, answer = settle_question(name=f"{check.trace_number}.270") or (None, None)
    said = unanswered(INTERRUPTED) if answer is None else read_answer(answer, check)
    keep_answer(check, question, answer, said, None)
    return True
