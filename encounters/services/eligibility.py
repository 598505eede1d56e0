"""Ask the payer whether a patient is covered (270), and keep what it answers (271)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from encounters.enums import EligibilityState
from encounters.models import Coverage, EligibilityBenefit, EligibilityCheck, Facility
from encounters.queries import eligibility as queries
from encounters.rules import answers
from encounters.rules.answers import Answer
from encounters.services.inquiries import SERVICE_TYPE, build_inquiry
from encounters.services.schedule import default_facility
from rcm import clock, x12
from rcm.access.models import User
from rcm.audit.services import record
from rcm.clearinghouse.gateway import Gateway
from rcm.clearinghouse.models import Transmission
from rcm.clearinghouse.rules import readable
from rcm.clearinghouse.services import (
    Inquiry,
    inquire,
    mark_processed,
    next_control_numbers,
)
from rcm.errors import Refused
from rcm.money import ZERO
from rcm.work.enums import Queue, WorkState
from rcm.work.models import WorkItem
from rcm.work.services import NewItem, close_items, open_items

ANSWER_WITHIN = 20.0
"""Seconds: the operating rule for a real-time answer."""

FIRST_WAIT = timedelta(minutes=5)
ONE_DAY = timedelta(days=1)
MOST_TRIES = 6

NEEDS_WORK = frozenset(
    {EligibilityState.INACTIVE, EligibilityState.UNKNOWN, EligibilityState.NOT_FOUND}
)


def verify_eligibility(
    *,
    coverage_id: int,
    service_date: date,
    by: User | None,
    facility_id: int | None = None,
    gateway: Gateway | None = None,
    timeout: float = ANSWER_WITHIN,
) -> EligibilityCheck:
    """Ask in real time and wait for the answer. Not inside a transaction: it uses the network.

    The question is a row before it leaves. No answer makes the coverage unknown, never inactive.
    What a person has to look at opens an item in the eligibility queue; an active answer closes it.
    """
    coverage = Coverage.objects.select_related("patient", "payer__partner").get(pk=coverage_id)
    if coverage.superseded_at is not None:
        raise Refused(
            "This coverage was corrected. Ask about the one that is valid now.", conflict=True
        )
    facility = default_facility() if facility_id is None else Facility.objects.get(pk=facility_id)
    control_number = next_control_numbers(1)[0]
    trace_number = f"FP{control_number:09d}"
    content = build_inquiry(
        coverage,
        facility,
        service_date=service_date,
        trace_number=trace_number,
        control_number=control_number,
        created=timezone.localtime(clock.now()).replace(tzinfo=None),
    )
    check = EligibilityCheck.objects.create(
        coverage=coverage,
        service_date=service_date,
        service_type=SERVICE_TYPE,
        trace_number=trace_number,
        state=EligibilityState.PENDING,
        requested_at=clock.now(),
        requested_by=by,
        sent_details=_sent(coverage),
    )
    try:
        result = inquire(
            partner=coverage.payer.partner,
            name=f"{trace_number}.270",
            control_number=f"{control_number:09d}",
            group_control_number=str(control_number),
            content=content,
            timeout=timeout,
            gateway=gateway,
        )
    except BaseException:
        _keep(check, None, None, _unanswered("The question was interrupted."), by)
        raise
    return _keep(check, result.question, result.answer, _read(result, check), by)


def recheck_unanswered(*, limit: int = 20, gateway: Gateway | None = None) -> int:
    """Ask again about visits of the next three days whose payer did not answer. Gives how many.

    Waits five minutes after the first silence, then twice as long each time, and stops after six
    tries in a day: then a person calls. Only silence is repeated (AAA 42, 80, time-out): asking
    again without a correction never helps against anything else.
    """
    now = clock.now()
    asked = 0
    for check in queries.unanswered(since=now - ONE_DAY):
        tries: int = check.tries  # type: ignore[attr-defined]
        if tries > MOST_TRIES or now - check.requested_at < FIRST_WAIT * 2 ** (tries - 1):
            continue
        verify_eligibility(
            coverage_id=check.coverage_id, service_date=check.service_date, by=None, gateway=gateway
        )
        asked += 1
        if asked == limit:
            break
    return asked


def _sent(coverage: Coverage) -> dict[str, str]:
    patient = coverage.patient
    sent = {
        "payer_id": coverage.payer.eligibility_payer_id,
        "subscriber_number": coverage.subscriber_number,
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "birth_date": patient.birth_date.isoformat(),
    }
    if coverage.is_dependent:
        sent["subscriber"] = coverage.subscriber_name
    return sent


def _unanswered(problem: str) -> Answer:
    return Answer(
        EligibilityState.UNKNOWN,
        f"{problem} Whether the plan is active is unknown. Ask again in a few minutes; the patient "
        "can be seen meanwhile.",
    )


def _read(result: Inquiry, check: EligibilityCheck) -> Answer:
    if result.answer is None:
        return _unanswered("The payer did not answer in time.")
    document = x12.read(readable(bytes(result.answer.content)), name=result.answer.name)
    for found in document.transactions:
        if isinstance(found.content, x12.Eligibility271):
            return answers.interpret(
                found.content, trace_number=check.trace_number, service_date=check.service_date
            )
        if isinstance(found.content, x12.Acknowledgement999):
            return _unanswered("The clearinghouse could not read the question.")
    return _unanswered("The payer's answer could not be read.")


@transaction.atomic
def _keep(
    check: EligibilityCheck,
    question: Transmission | None,
    answer: Transmission | None,
    said: Answer,
    by: User | None,
) -> EligibilityCheck:
    check.state, check.message = said.state, said.message
    check.answered_at = clock.now()
    check.inquiry = question
    # The same bytes as an earlier answer are that file, and stay with that question.
    if answer is not None and question is not None and answer.in_reply_to_id == question.pk:
        check.answer = answer
    check.reject_code, check.reject_loop = said.reject_code, said.reject_loop
    check.plan_name, check.answered_group_number = said.plan_name, said.group_number
    check.plan_begin, check.plan_end = said.plan_begin, said.plan_end
    check.answered_details = said.details
    check.work_item_id = _work_item(check, by)
    check.save()
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
    before = (
        EligibilityCheck.objects.filter(coverage_id=check.coverage_id)
        .exclude(work_item=None)
        .exclude(pk=check.pk)
        .filter(work_item__state=WorkState.OPEN)
        .select_for_update(of=("self",))
        .first()
    )
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
