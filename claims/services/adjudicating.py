"""Marking claims as answered by their payer; called when a remittance is posted."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from claims import locks
from claims.enums import AWAITING_PAYER, ClaimState, TaskKind
from claims.models import Submission
from claims.services.claim_tasks import close_tasks
from claims.services.submitting import mark_locked
from claims.states import CLAIM
from core import clock

_ANSWERABLE = (
    *AWAITING_PAYER,
    ClaimState.REJECTED,
    ClaimState.ADJUDICATED,
    ClaimState.DENIED,
)


def mark_adjudicated(claim_ids: Collection[int]) -> int:
    """The payer answered the current submission of these claims; returns how many it answered.

    Sets the times of adjudication and closes the cases that waited for an answer. A claim that
    was rejected and is answered all the same was adjudicated: nobody should send it again.
    """
    with transaction.atomic():
        claims = locks.claims_by_id(claim_ids).values()
        late = [claim for claim in claims if claim.state == ClaimState.QUEUED]
        if late:
            mark_locked(late)
        answered = [claim for claim in claims if claim.state in _ANSWERABLE]
        now = clock.now()
        for claim in answered:
            claim.first_adjudicated_at = claim.first_adjudicated_at or now
        CLAIM.move_all(
            [(claim, ClaimState.ADJUDICATED) for claim in answered],
            fields=["first_adjudicated_at"],
        )
        ids = [claim.pk for claim in answered]
        Submission.objects.filter(claim_id__in=ids, is_current=True, adjudicated_at=None).update(
            adjudicated_at=now
        )
        close_tasks(
            ids,
            kinds=[TaskKind.FOLLOW_UP, TaskKind.REJECTION],
            outcome="Answered by the payer",
            user=None,
        )
        return len(answered)
