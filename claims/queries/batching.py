"""Queued claims with everything that their 837 needs: a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from claims.models import ClaimLine, Submission
from coding.models import Diagnosis


def with_837_content(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """Submissions with parties, diagnoses and lines loaded."""
    return rows.select_related(
        "claim__payer__partner",
        "claim__facility",
        "claim__encounter__patient",
        "claim__encounter__provider",
        "coverage",
    ).prefetch_related(
        Prefetch("lines", ClaimLine.objects.order_by("position")),
        Prefetch("coding_version__diagnoses", Diagnosis.objects.order_by("position")),
    )


def to_batch(claim_ids: Collection[int]) -> list[Submission]:
    """The current submissions of these claims that have no file yet."""
    return list(
        with_837_content(
            Submission.objects.filter(claim_id__in=claim_ids, is_current=True, transmission=None)
        ).order_by("pk")
    )
