"""Queueing: a person, or the pipeline for clean claims, says that a claim may leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from claims import locks
from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.states import CLAIM
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many


@dataclass(slots=True)
class QueueResult:
    """What queueing did. `refused` maps a claim's number to why it stays where it is."""

    queued: list[int] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


_WHY_NOT = {
    ClaimState.DRAFT: "It was not scrubbed yet: scrub it first.",
    ClaimState.HELD: "It has findings to fix: open it, fix them and scrub it again.",
    ClaimState.QUEUED: "It is queued already.",
    ClaimState.REJECTED: "It was rejected: correct it on its rejection page and send it again.",
}


def queue_claims(
    claim_ids: Collection[int] | None = None, *, by: User | None = None
) -> QueueResult:
    """Queue these claims for sending; without ids, every claim that is ready.

    Only ready claims are queued; each of the others is named with its reason.
    """
    result = QueueResult()
    with transaction.atomic():
        rows = Claim.objects.select_related("encounter")
        if claim_ids is None:
            rows = rows.filter(state=ClaimState.READY)
        else:
            rows = rows.filter(pk__in=claim_ids)
        claims = locks.claims(rows)
        ready = [claim for claim in claims if claim.state == ClaimState.READY]
        for claim in claims:
            if claim.state != ClaimState.READY:
                result.refused[claim.number] = _WHY_NOT.get(
                    ClaimState(claim.state), "It was sent already."
                )
        queue_locked(ready, by=by)
        result.queued = [claim.pk for claim in ready]
    return result


def queue_locked(claims: Collection[Claim], *, by: User | None) -> None:
    """Queue claims that the caller has locked and that are ready."""
    if not claims:
        return
    ids = [claim.pk for claim in claims]
    now = clock.now()
    Submission.objects.filter(claim_id__in=ids, is_current=True).update(queued_at=now)
    CLAIM.move_all((claim, ClaimState.QUEUED) for claim in claims)
    record_many(
        [
            EventData(
                actor=by,
                action="claim.queued",
                subject=claim,
                patient_id=claim.encounter.patient_id,
            )
            for claim in claims
        ]
    )
