"""Ask the payer whether a patient is covered (270), and keep what it answers (271)."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from core import clock
from core.access.models import User
from core.clearinghouse.gateway import Gateway
from core.clearinghouse.services import inquire, next_control_numbers
from core.errors import Refused
from encounters.enums import EligibilityState
from encounters.models import Coverage, EligibilityCheck, Facility
from encounters.queries import eligibility as queries
from encounters.services.answering import INTERRUPTED, keep_answer, read_answer, unanswered
from encounters.services.inquiries import SERVICE_TYPE, build_inquiry
from encounters.services.interrupted import close_interrupted
from encounters.services.schedule import default_facility

ANSWER_WITHIN = 20.0
"""Seconds: the operating rule for a real-time answer."""

FIRST_WAIT = timedelta(minutes=5)
ONE_DAY = timedelta(days=1)
MOST_TRIES = 6


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
        keep_answer(check, None, None, unanswered(INTERRUPTED), by)
        raise
    said = read_answer(result.answer, check)
    return keep_answer(check, result.question, result.answer, said, by)


def recheck_unanswered(*, limit: int = 20, gateway: Gateway | None = None) -> int:
    """Ask again about visits of the next three days whose payer did not answer. Gives how many.

    Waits five minutes after the first silence, then twice as long each time, and stops after six
    tries in a day: then a person calls. Only silence is repeated (AAA 42, 80, time-out): asking
    again without a correction never helps against anything else. A check that was interrupted
    counts as silence from here on.
    """
    close_interrupted()
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
