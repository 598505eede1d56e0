"""Submitting: batch what is queued, send what waits, note what was sent.

Each of the three steps finds its work in the database, so that this one function, called again, is
also the recovery from a death between any two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services.batching import BatchResult, batch_queued
from core import clock
from core.audit.services import EventData, record_many
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.gateway import Gateway
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import SendResult, send_pending
from encounters.enums import EncounterStatus
from encounters.models import Encounter

DELIVERED = (TransmissionState.SENT, TransmissionState.ACKNOWLEDGED)
BATCH = 5000


@dataclass(slots=True)
class SubmitResult:
    """One turn of the outbound side."""

    batch: BatchResult = field(default_factory=BatchResult)
    send: SendResult = field(default_factory=SendResult)
    marked: int = 0
    """Claims that were noted as sent."""


def submit_claims(*, gateway: Gateway | None = None) -> SubmitResult:
    """One turn: queued → in a file → sent → noted. Safe in any number of workers."""
    batch = batch_queued()
    send = send_pending(gateway=gateway)
    return SubmitResult(batch, send, mark_sent())


def mark_sent() -> int:
    """Note the claims whose file the receiver has. Returns how many."""
    marked = 0
    while True:
        with transaction.atomic():
            claims = list(
                Claim.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
                .filter(state=ClaimState.QUEUED, pk__in=_delivered().values("claim"))
                .order_by("pk")[:BATCH]
            )
            if not claims:
                return marked
            mark_locked(claims)
            marked += len(claims)


def _delivered() -> QuerySet[Submission]:
    return Submission.objects.filter(
        is_current=True,
        transmission__in=Transmission.objects.filter(kind=FileKind.CLAIMS, state__in=DELIVERED),
    )


def mark_locked(claims: Sequence[Claim], *, state: ClaimState = ClaimState.SENT) -> None:
    """Note locked claims as sent, with the moment at which the receiver had the file."""
    ids = [claim.pk for claim in claims]
    submissions = list(
        Submission.objects.filter(claim_id__in=ids, is_current=True).select_related(
            "transmission", "claim__encounter"
        )
    )
    now = clock.now()
    events = []
    for one in submissions:
        assert one.transmission is not None  # a file is what was delivered
        one.sent_at = one.sent_at or one.transmission.sent_at or now
        claim = one.claim
        claim.state = state
        claim.first_sent_at = claim.first_sent_at or one.sent_at
        events.append(
            EventData(
                actor=None,
                action="claim.sent",
                subject=claim,
                patient_id=claim.encounter.patient_id,
                detail={"submission": one.control_number, "transmission": one.transmission_id},
            )
        )
    Submission.objects.bulk_update(submissions, ["sent_at"], batch_size=500)
    Claim.objects.bulk_update(
        [one.claim for one in submissions], ["state", "first_sent_at"], batch_size=500
    )
    record_many(events)
    mark_billed({one.claim.encounter_id for one in submissions})


def mark_billed(encounter_ids: set[int]) -> None:
    """A visit is billed when every primary claim of it has left once."""
    unsent = Claim.objects.filter(encounter=OuterRef("pk"), payer_sequence=1, first_sent_at=None)
    Encounter.objects.filter(
        ~Exists(unsent), pk__in=encounter_ids, status=EncounterStatus.CODED
    ).update(status=EncounterStatus.BILLED, billed_at=clock.now())
