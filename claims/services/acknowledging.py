"""TA1, 999 and 277CA: what a file answers is written onto each claim, with what to do next.

A file is read and everything in it is written in one transaction; read again, it changes nothing.
An answer about a submission that is no longer the current one is kept and moves no claim. An
acceptance never moves a claim back, in whatever order the files arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import structlog
from django.db import OperationalError, transaction

from claims import locks, rules
from claims.enums import ClaimState, TaskKind
from claims.models import Acknowledgement, Claim, Submission
from claims.queries.submissions import current_among
from claims.services.answers import Answer, NotOurs, answers_of
from claims.services.claim_tasks import NewTask, close_tasks, open_tasks
from claims.services.submitting import mark_locked
from claims.states import CLAIM
from core import clock
from core.audit.services import EventData, record_many
from core.clearinghouse import locks as file_locks
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import (
    mark_acknowledged,
    mark_failed,
    mark_processed,
    mark_refused,
)
from core.progress import Progress

log = structlog.get_logger(__name__)

KINDS = (FileKind.INTERCHANGE_ACK, FileKind.FUNCTIONAL_ACK, FileKind.CLAIM_ACK)
RECOVERY_PROBABILITY = Decimal("0.8")
"""Most rejected claims are paid when they are corrected in time."""


@dataclass(slots=True)
class AcknowledgementResult:
    """What the sweep found; counts of claims, and ids of files that could not be understood."""

    files: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    failed: list[int] = field(default_factory=list)


def process_acknowledgements() -> AcknowledgementResult:
    """Read every received TA1, 999 and 277CA, oldest first, and write its answers to the claims."""
    result = AcknowledgementResult()
    progress = Progress("Reading acknowledgements")
    while True:
        with transaction.atomic():
            file = file_locks.free_file(
                Transmission.objects.filter(
                    direction=Direction.INBOUND, kind__in=KINDS, state=TransmissionState.RECEIVED
                )
            )
            if file is None:
                return result
            progress.check([file.pk])
            result.files += 1
            try:
                with transaction.atomic():
                    _process(file, result)
            except OperationalError:
                raise  # the database failed, not the file: the next sweep reads it again
            except Exception as error:
                # A file that cannot be processed must not stop the files behind it.
                log.exception("acknowledgement.failed", transmission=file.pk)
                _set_aside(
                    file,
                    f"It could not be processed ({type(error).__name__}). Report it; "
                    "it is read again from the page of files.",
                    result,
                )


def _process(file: Transmission, result: AcknowledgementResult) -> None:
    try:
        said = answers_of(file)
    except NotOurs as error:
        log.warning("acknowledgement.not_ours", transmission=file.pk)
        _set_aside(file, str(error), result)
        return
    if said.about is not None:
        if said.refusal:
            mark_refused(transmission_id=said.about.pk, reason=said.refusal)
        elif file.kind != FileKind.CLAIM_ACK:
            mark_acknowledged(transmission_id=said.about.pk)
    result.unknown += said.unknown
    _apply(file, said.answers, result)
    mark_processed(transmission_id=file.pk)


def _set_aside(file: Transmission, reason: str, result: AcknowledgementResult) -> None:
    mark_failed(transmission_id=file.pk, reason=reason)
    result.failed.append(file.pk)


def _apply(file: Transmission, answers: Sequence[Answer], result: AcknowledgementResult) -> None:
    if not answers:
        return
    claims = locks.claims_by_id(answer.submission.claim_id for answer in answers)
    rows = [_row(file, answer) for answer in answers]
    Acknowledgement.objects.bulk_create(rows, batch_size=500)
    # Read under the lock: a correction may have replaced a submission since the file was read.
    still = current_among(answer.submission.pk for answer in answers)
    current = [
        (answer, row)
        for answer, row in zip(answers, rows, strict=True)
        if answer.submission.pk in still
    ]
    _note_late_send([claims[answer.submission.claim_id] for answer, _ in current])
    _move(claims, current)
    result.accepted += sum(answer.accepted for answer in answers)
    result.rejected += sum(not answer.accepted for answer in answers)


def _row(file: Transmission, answer: Answer) -> Acknowledgement:
    return Acknowledgement(
        submission=answer.submission,
        transmission=file,
        kind=file.kind,
        accepted=answer.accepted,
        category_code=answer.category[:3],
        status_code=answer.status[:4],
        entity_code=answer.entity[:3],
        segment=answer.segment[:40],
        message=answer.message,
        fix=answer.fix,
        payer_claim_number=answer.payer_claim_number[:50],
        received_at=clock.now(),
    )


def _note_late_send(claims: Iterable[Claim]) -> None:
    """Mark claims as sent whose answer arrived before we had noted that their file was sent."""
    late = {claim.pk: claim for claim in claims if claim.state == ClaimState.QUEUED}
    if late:
        mark_locked(list(late.values()))


def _move(claims: dict[int, Claim], current: Sequence[tuple[Answer, Acknowledgement]]) -> None:
    now = clock.now()
    submissions: dict[int, Submission] = {}
    events, rejections = [], []
    states = {pk: ClaimState(claim.state) for pk, claim in claims.items()}
    for answer, row in current:
        claim, submission = claims[answer.submission.claim_id], answer.submission
        before = after = states[claim.pk]
        if answer.accepted:
            if rules.moves_forward(before, answer.state):
                after = answer.state
            _stamp(submission, answer.state)
        elif before in rules.PROGRESS:
            after = ClaimState.REJECTED
            submission.rejected_at = now
            rejections.append(NewTask(claim, claim.filing_deadline, RECOVERY_PROBABILITY, row))
        submissions[submission.pk] = submission
        claim.payer_claim_number = answer.payer_claim_number or claim.payer_claim_number
        if after != before:
            states[claim.pk] = after
            events.append(_event(claim, answer, before, after))
    CLAIM.move_all(
        [(claim, states[pk]) for pk, claim in claims.items()], fields=["payer_claim_number"]
    )
    Submission.objects.bulk_update(
        list(submissions.values()),
        ["clearinghouse_accepted_at", "payer_accepted_at", "rejected_at"],
        batch_size=500,
    )
    open_tasks(TaskKind.REJECTION, rejections)
    close_tasks(
        [task.claim.pk for task in rejections],
        kinds=[TaskKind.FOLLOW_UP],
        outcome="Answered: the claim was rejected",
        user=None,
    )
    record_many(events)


def _stamp(submission: Submission, state: ClaimState) -> None:
    now = clock.now()
    submission.clearinghouse_accepted_at = submission.clearinghouse_accepted_at or now
    if state == ClaimState.ACCEPTED_BY_PAYER:
        submission.payer_accepted_at = submission.payer_accepted_at or now


def _event(claim: Claim, answer: Answer, before: str, after: str) -> EventData:
    return EventData(
        actor=None,
        action="claim.acknowledged" if answer.accepted else "claim.rejected",
        subject=claim,
        patient_id=claim.encounter.patient_id,
        detail={
            "from": before,
            "to": after,
            "submission": answer.submission.control_number,
            "code": ":".join(
                part for part in (answer.category, answer.status, answer.entity) if part
            ),
        },
    )
