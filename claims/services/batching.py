"""Queued claims become files: numbers, bytes and segment ranges are stored before anything leaves.

A claim is taken by a row lock (`SKIP LOCKED`) and belongs to a file from the moment its
submission names the transmission, in the same transaction that stores the bytes. Two workers never
put one claim into two files, and a worker that dies leaves either no file or a whole one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.utils import timezone

import x12
from claims import edi, locks
from claims.enums import ClaimState, TaskKind
from claims.models import Claim, ScrubFinding, Submission
from claims.queries.batching import to_batch
from claims.services.claim_tasks import NewTask, open_tasks
from claims.services.scrubbing import RECOVERY_PROBABILITY
from claims.states import CLAIM
from core import clock
from core.audit.services import EventData, record_many
from core.clearinghouse.enums import FileKind
from core.clearinghouse.models import TradingPartner, Transmission
from core.clearinghouse.services import next_control_numbers, store_outbound
from core.errors import Refused
from core.progress import Progress

log = structlog.get_logger(__name__)

LARGEST_FILE = 5000
"""Claims in one transaction: the recommendation of the guide (005010X222A1, 1.3.2)."""


@dataclass(slots=True)
class BatchResult:
    """What batching did; `files` and `held` are ids of transmissions and claims."""

    files: list[int] = field(default_factory=list)
    claims: int = 0
    held: list[int] = field(default_factory=list)


def batch_queued() -> BatchResult:
    """Put every queued claim without a file into one, per trading partner. Nothing is sent."""
    result = BatchResult()
    progress = Progress("Batching queued claims")
    while True:
        with transaction.atomic():
            claims = _take()
            if not claims:
                return result
            progress.check(claim.pk for claim in claims)
            by_partner: dict[int, list[Submission]] = defaultdict(list)
            for submission in to_batch([claim.pk for claim in claims]):
                by_partner[submission.claim.payer.partner_id].append(submission)
            for submissions in by_partner.values():
                _write_file(submissions, result)


def _take() -> list[Claim]:
    """Lock queued claims that no other worker has; those in a file already are left alone."""
    without_file = Submission.objects.filter(is_current=True, transmission=None)
    return locks.claims(
        Claim.objects.filter(state=ClaimState.QUEUED, pk__in=without_file.values("claim")),
        skip_locked=True,
        most=LARGEST_FILE,
    )


def _write_file(submissions: Sequence[Submission], result: BatchResult) -> None:
    partner = submissions[0].claim.payer.partner
    number = next_control_numbers(1)[0]
    try:
        written = _write(partner, submissions, number)
    except x12.WriteError:
        submissions = _hold_unwritable(partner, submissions, number, result)
        if not submissions:
            return
        written = _write(partner, submissions, number)
    file = store_outbound(
        partner=partner,
        kind=FileKind.CLAIMS,
        name=f"837P-{partner.submitter_id}-{number:09d}.x12",
        control_number=f"{number:09d}",
        group_control_number=str(number),
        content=written.data,
    )
    _enter(submissions, file, written)
    result.files.append(file.pk)
    result.claims += len(submissions)
    log.info("claims.batched", transmission=file.pk, claims=len(submissions))


def _write(partner: TradingPartner, submissions: Sequence[Submission], number: int) -> x12.Written:
    at = timezone.localtime(clock.now()).replace(tzinfo=None)
    # BHT03 is the interchange's number: the 277CA gives it back, and so finds its file.
    batch = edi.batch_837p(partner, submissions, reference=f"{number:09d}", at=at)
    envelope = x12.Envelope(
        partner.submitter_id,
        partner.receiver_id,
        control_number=number,
        created=at,
        usage=partner.usage,
        acknowledgement_requested=True,
    )
    return x12.write(envelope, [x12.Outgoing("0001", batch)])


def _enter(submissions: Sequence[Submission], file: Transmission, written: x12.Written) -> None:
    """Note the file and the exact segments on each submission."""
    ranges = {each.claim: each for each in written.claims}
    for submission in submissions:
        place = ranges[submission.control_number]
        submission.transmission = file
        submission.segment_first, submission.segment_last = place.first, place.last
    Submission.objects.bulk_update(
        submissions, ["transmission", "segment_first", "segment_last"], batch_size=500
    )
    record_many(
        [
            EventData(
                actor=None,
                action="claim.batched",
                subject=submission.claim,
                patient_id=submission.claim.encounter.patient_id,
                detail={"transmission": file.pk, "submission": submission.control_number},
            )
            for submission in submissions
        ]
    )


def _hold_unwritable(
    partner: TradingPartner, submissions: Sequence[Submission], number: int, result: BatchResult
) -> list[Submission]:
    """Hold the claims that cannot be written, with the reason; the others go on without them."""
    good: list[Submission] = []
    bad: list[tuple[Submission, str]] = []
    for submission in submissions:
        try:
            _write(partner, [submission], number)
        except x12.WriteError as error:
            bad.append((submission, _reason(error)))
        else:
            good.append(submission)
    if not bad:
        raise Refused("The 837 cannot be written, although each of its claims can. Report this.")
    ids = [submission.claim_id for submission, _ in bad]
    CLAIM.move_where(
        Claim.objects.filter(pk__in=ids), before=[ClaimState.QUEUED], to=ClaimState.HELD
    )
    now = clock.now()
    ScrubFinding.objects.bulk_create(
        [
            ScrubFinding(
                submission=submission,
                code="cannot-be-written",
                severity="error",
                path="claim",
                message=f"The claim cannot be written as an 837: {reason}",
                fix="Correct what is named on the chart or in the set-up, then scrub it again.",
                at_stake=submission.total_charge,
                found_at=now,
            )
            for submission, reason in bad
        ]
    )
    open_tasks(
        TaskKind.SCRUB,
        [NewTask(one.claim, one.claim.filing_deadline, RECOVERY_PROBABILITY) for one, _ in bad],
    )
    result.held += ids
    return good


def _reason(error: x12.WriteError) -> str:
    """What is wrong and where, without the value itself (it may name a patient)."""
    if not error.errors:
        return str(error)
    first = error.errors[0]
    return f"{first.segment_id} {first.message}".strip()
