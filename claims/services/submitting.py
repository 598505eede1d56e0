"""Submitting: batch what is queued, send what waits, note what was sent.

Each of the three steps finds its work in the database, so that this one function, called again, is
also the recovery from a death between any two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from claims import locks
from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services.batching import BatchResult, batch_queued
from claims.states import CLAIM
from core import clock
from core.audit.services import EventData, record_many
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateway import Gateway
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import SendResult, send_pending
from core.progress import Progress
from encounters import locks as visit_locks
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from encounters.states import ENCOUNTER

DELIVERED = (TransmissionState.SENT, TransmissionState.ACKNOWLEDGED)
BATCH = 5000


@dataclass(slots=True)
class SubmitResult:
    """What one run of the outbound side did."""

    batch: BatchResult = field(default_factory=BatchResult)
    send: SendResult = field(default_factory=SendResult)
    marked: int = 0
    """Claims that were noted as sent."""


def submit_claims(*, gateway: Gateway | None = None) -> SubmitResult:
    """One run: queued → in a file → sent → noted. Safe in any number of workers."""
    batch = batch_queued()
    send = send_pending(gateway=gateway)
    return SubmitResult(batch, send, mark_sent())


def mark_sent() -> int:
    """Mark the claims whose file the receiver has as sent. Returns how many."""
    marked = 0
    progress = Progress("Noting sent claims")
    while True:
        with transaction.atomic():
            claims = locks.claims(
                Claim.objects.filter(state=ClaimState.QUEUED, pk__in=_delivered().values("claim")),
                skip_locked=True,
                most=BATCH,
            )
            if not claims:
                return marked
            progress.check(claim.pk for claim in claims)
            mark_locked(claims)
            marked += len(claims)


def _delivered() -> QuerySet[Submission]:
    return Submission.objects.filter(
        is_current=True,
        transmission__in=Transmission.objects.filter(kind=FileKind.CLAIMS, state__in=DELIVERED),
    )


def mark_locked(claims: Sequence[Claim]) -> None:
    """Mark locked claims as sent at the time when the receiver had their file."""
    by_id = {claim.pk: claim for claim in claims}
    submissions = list(
        Submission.objects.filter(claim_id__in=by_id, is_current=True).select_related(
            "transmission", "claim__encounter"
        )
    )
    now = clock.now()
    events = []
    for one in submissions:
        assert one.transmission is not None  # a file is what was delivered
        one.sent_at = one.sent_at or one.transmission.sent_at or now
        claim = by_id[one.claim_id]
        claim.first_sent_at = claim.first_sent_at or one.sent_at
        events.append(
            EventData(
                actor=None,
                action="claim.sent",
                subject=claim,
                patient_id=one.claim.encounter.patient_id,
                detail={"submission": one.control_number, "transmission": one.transmission_id},
            )
        )
    Submission.objects.bulk_update(submissions, ["sent_at"], batch_size=500)
    CLAIM.move_all(
        [(by_id[one.claim_id], ClaimState.SENT) for one in submissions], fields=["first_sent_at"]
    )
    record_many(events)
    mark_billed({claim.encounter_id for claim in claims})


def mark_billed(encounter_ids: set[int]) -> None:
    """A visit is billed when every primary claim of it has left once; visits are locked first."""
    visits = Encounter.objects.filter(pk__in=encounter_ids)
    visit_locks.encounters(visits)
    unsent = Claim.objects.filter(encounter=OuterRef("pk"), payer_sequence=1, first_sent_at=None)
    ENCOUNTER.move_where(
        visits.filter(~Exists(unsent)),
        before=[EncounterStatus.CODED],
        to=EncounterStatus.BILLED,
        billed_at=clock.now(),
    )
