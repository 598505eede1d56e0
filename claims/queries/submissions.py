"""Which submissions of claims count now."""

from __future__ import annotations

from collections.abc import Iterable

from claims.models import Submission


def current_among(submission_ids: Iterable[int]) -> set[int]:
    """Those that are their claim's current one. With the claims locked this stays true."""
    rows = Submission.objects.filter(pk__in=set(submission_ids), is_current=True)
    return set(rows.values_list("pk", flat=True))


def last_sent(claim_ids: Iterable[int]) -> dict[int, Submission]:
    """Claim id → its newest submission that is in a file: only that one can be answered."""
    rows = Submission.objects.filter(claim_id__in=set(claim_ids), transmission__isnull=False)
    ordered = rows.select_related("claim__encounter").order_by("claim_id", "number")
    return {submission.claim_id: submission for submission in ordered}
