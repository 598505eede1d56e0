"""What a payer's answer to a 270 leaves behind: the check, its benefits, the work for a person."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

import x12
from core import clock
from core.access.models import User
from core.audit.services import record
from core.clearinghouse.models import Transmission
from core.clearinghouse.rules import readable
from core.clearinghouse.services import mark_processed
from core.money import ZERO
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from core.work.services import NewItem, close_items, open_items
from encounters import locks
from encounters.enums import EligibilityState
from encounters.models import EligibilityBenefit, EligibilityCheck
from encounters.rules import answers
from encounters.rules.answers import Answer
from encounters.states import ELIGIBILITY_CHECK

INTERRUPTED = "The question was interrupted."
KEPT = [
    "message",
    "inquiry",
    "answer",
    "reject_code",
    "reject_loop",
    "plan_name",
    "answered_group_number",
    "plan_begin",
    "plan_end",
    "answered_details",
    "work_item",
]
NEEDS_WORK = frozenset(
    {EligibilityState.INACTIVE, EligibilityState.UNKNOWN, EligibilityState.NOT_FOUND}
)


def unanswered(problem: str) -> Answer:
    """No answer is unknown, never inactive."""
    return Answer(
        EligibilityState.UNKNOWN,
        f"{problem} Whether the plan is active is unknown. Ask again in a few minutes; the patient "
        "can be seen meanwhile.",
    )


def read_answer(answer: Transmission | None, check: EligibilityCheck) -> Answer:
    """What the file that came back says about this check; None: nothing came."""
    if answer is None:
        return unanswered("The payer did not answer in time.")
    document = x12.read(readable(bytes(answer.content)), name=answer.name)
    for found in document.transactions:
        if isinstance(found.content, x12.Eligibility271):
            return answers.interpret(
                found.content, trace_number=check.trace_number, service_date=check.service_date
            )
        if isinstance(found.content, x12.Acknowledgement999):
            return unanswered("The clearinghouse could not read the question.")
    return unanswered("The payer's answer could not be read.")


@transaction.atomic
def keep_answer(
    check: EligibilityCheck,
    question: Transmission | None,
    answer: Transmission | None,
    said: Answer,
    by: User | None,
) -> EligibilityCheck:
    """Write what the payer said onto the check, and open or close what a person has to do.

    The first writer wins: the worker that asked, or the sweep that took it for dead.
    """
    locked = locks.check(check.pk)
    if locked.state != EligibilityState.PENDING:
        return locked
    check.message, check.answered_at = said.message, clock.now()
    check.inquiry = question
    # The same bytes as an earlier answer are that file, and stay with that question.
    if answer is not None and question is not None and answer.in_reply_to_id == question.pk:
        check.answer = answer
    check.reject_code, check.reject_loop = said.reject_code, said.reject_loop
    check.plan_name, check.answered_group_number = said.plan_name, said.group_number
    check.plan_begin, check.plan_end = said.plan_begin, said.plan_end
    check.answered_details = said.details
    ELIGIBILITY_CHECK.move(check, said.state, fields=["answered_at"])
    check.work_item_id = _work_item(check, by)
    check.save(update_fields=KEPT)
    EligibilityBenefit.objects.bulk_create(
        EligibilityBenefit(check_row=check, position=position, **asdict(fact))
        for position, fact in enumerate(said.benefits, 1)
    )
    if check.answer is not None and check.answer.state == "received":
        check.answer = mark_processed(transmission_id=check.answer.pk)
    record(
        actor=by,
        action="eligibility.checked",
        subject=check,
        patient_id=check.coverage.patient_id,
        detail={"coverage": check.coverage_id, "state": check.state},
    )
    return check


def _work_item(check: EligibilityCheck, by: User | None) -> int | None:
    """One open item per coverage: it moves to the newest answer, and closes when all is well."""
    earlier = locks.checks(
        EligibilityCheck.objects.filter(
            coverage_id=check.coverage_id, work_item__state=WorkState.OPEN
        ).exclude(pk=check.pk)
    )
    before = earlier[0] if earlier else None
    needs_work = check.state in NEEDS_WORK
    if before is not None and not needs_work:
        assert before.work_item_id is not None
        close_items([before.work_item_id], outcome="The payer says the plan is active", user=by)
    if not needs_work:
        return None
    if before is not None:
        EligibilityCheck.objects.filter(pk=before.pk).update(work_item=None)
        return before.work_item_id
    new = NewItem(queue=Queue.ELIGIBILITY, dollars=ZERO, due_on=check.service_date)
    item: WorkItem = open_items([new])[0]
    return item.pk
