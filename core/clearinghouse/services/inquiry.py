"""Questions that are answered while somebody waits: 270 → 271."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from core import clock
from core.clearinghouse import locks
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateway import Gateway, GatewayError, get_gateway
from core.clearinghouse.models import Attempt, TradingPartner, Transmission
from core.clearinghouse.services.inbound import store_inbound
from core.clearinghouse.services.outbound import store_outbound
from core.clearinghouse.states import TRANSMISSION

ANSWER_WITHIN = 20.0
"""Seconds: the operating rule for real-time eligibility answers (CAQH CORE)."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question and its answer. Without an answer, `problem` says why, in plain words."""

    question: Transmission
    answer: Transmission | None
    problem: str = ""


def inquire(
    *,
    partner: TradingPartner,
    name: str,
    control_number: str,
    content: bytes,
    kind: FileKind = FileKind.ELIGIBILITY_INQUIRY,
    group_control_number: str = "",
    timeout: float = ANSWER_WITHIN,
    gateway: Gateway | None = None,
) -> Inquiry:
    """Ask the payer and wait at most `timeout` seconds.

    The question is stored before it leaves, the answer before it is returned (state `received`;
    the caller reads it and calls `mark_processed` or `mark_failed`). No answer is an answer, too:
    the question ends `failed` with the reason, and what it asked stays unknown. Called inside a
    transaction it raises: somebody else's machine decides how long it takes.
    """
    gateway = gateway or get_gateway()
    with transaction.atomic(durable=True):
        question = store_outbound(
            partner=partner,
            kind=kind,
            name=name,
            control_number=control_number,
            group_control_number=group_control_number,
            content=content,
        )
        attempt = Attempt.objects.create(transmission=question, started_at=clock.now())
    try:
        data = gateway.inquire(content, timeout)
    except GatewayError as error:
        problem = f"{error} Whether the patient is covered is unknown; ask again later."
        return Inquiry(_close(question, attempt, problem), None, problem)
    except BaseException:
        _close(question, attempt, "The question was interrupted before its answer. Ask again.")
        raise
    answer, _ = store_inbound(
        partner=partner, name=f"{name}.answer", content=data, in_reply_to=question
    )
    return Inquiry(_close(question, attempt, ""), answer, answer.reason)


@transaction.atomic
def _close(question: Transmission, attempt: Attempt, problem: str) -> Transmission:
    now = clock.now()
    attempt.finished_at, attempt.succeeded, attempt.detail = now, not problem, problem
    attempt.save(update_fields=["finished_at", "succeeded", "detail"])
    row = locks.file(question.pk)
    if problem and row.state != TransmissionState.PENDING:
        return row  # it was closed meanwhile as lost
    row.reason, row.done_at = problem, now
    row.sent_at = row.sent_at if problem else now
    state = TransmissionState.FAILED if problem else TransmissionState.ACKNOWLEDGED
    TRANSMISSION.move(row, state, fields=["reason", "done_at", "sent_at"])
    return row
