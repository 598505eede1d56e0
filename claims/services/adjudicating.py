"""What a remittance does to a claim's state; called by the stage that posts it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from claims.enums import AWAITING_PAYER, ClaimState, TaskKind
from claims.models import Claim, Submission
from claims.services.claim_tasks import close_tasks
from claims.services.submitting import mark_locked
from core import clock


def mark_adjudicated(
    claim_ids: Collection[int], *, state: ClaimState = ClaimState.ADJUDICATED
) -> int:
    """The payer answered the current submission of these claims; returns how many moved.

    Sets the times of adjudication, closes what waited for an answer. A claim that was answered
    before only takes the new state; one that was rejected was adjudicated all the same, and
    nobody should send it again.
    """
    with transaction.atomic():
        claims = list(
            Claim.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=claim_ids)
            .select_related("encounter")
            .order_by("pk")
        )
        late = [claim for claim in claims if claim.state == ClaimState.QUEUED]
        if late:
            mark_locked(late)
        waiting = {
            *AWAITING_PAYER,
            ClaimState.QUEUED,
            ClaimState.REJECTED,
            ClaimState.ADJUDICATED,
            ClaimState.DENIED,
        }
        moved = [claim for claim in claims if claim.state in waiting]
        now = clock.now()
        for claim in moved:
            claim.state = state
            claim.first_adjudicated_at = claim.first_adjudicated_at or now
        Claim.objects.bulk_update(moved, ["state", "first_adjudicated_at"], batch_size=500)
        ids = [claim.pk for claim in moved]
        Submission.objects.filter(claim_id__in=ids, is_current=True, adjudicated_at=None).update(
            adjudicated_at=now
        )
        close_tasks(
            ids,
            kinds=[TaskKind.FOLLOW_UP, TaskKind.REJECTION],
            outcome="Answered by the payer",
            user=None,
        )
        return len(moved)
