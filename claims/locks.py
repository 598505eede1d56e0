"""Locks of the billers' stage, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from claims.enums import TaskKind
from claims.models import Claim, ClaimTask, Submission
from core.locks import locked
from encounters import locks as visit_locks
from encounters.models import Encounter


def claim(claim_id: int) -> Claim:
    """A claim with its visit and payer, of which only the claim is locked."""
    rows = Claim.objects.select_related("encounter", "payer")
    return locked(rows).get(pk=claim_id)


def claims(
    rows: QuerySet[Claim], *, skip_locked: bool = False, most: int | None = None
) -> list[Claim]:
    """These claims, or the first `most` of them; a sweep skips what another worker has."""
    return list(locked(rows, skip_locked=skip_locked)[:most])


def claims_by_id(ids: Iterable[int]) -> dict[int, Claim]:
    """Claims by id, each with its visit."""
    rows = Claim.objects.filter(pk__in=set(ids)).select_related("encounter")
    return {row.pk: row for row in locked(rows)}


def claims_and_visits(ids: Iterable[int]) -> dict[int, Claim]:
    """Claims by id, and then their visits: for work that moves money on them.

    Money can end a visit, and the trigger that keeps balances locks receivables: the visit
    comes before them. Of two transactions that close the last two claims of a visit, the later
    one waits here and then sees that the other claim is closed.
    """
    found = claims_by_id(ids)
    visit_locks.encounters(
        Encounter.objects.filter(pk__in={claim.encounter_id for claim in found.values()})
    )
    return found


def current_submission(of: Claim) -> Submission:
    """The current submission of a claim that is locked."""
    rows = Submission.objects.filter(claim=of, is_current=True).select_related("coding_version")
    return locked(rows).get()


def open_tasks(claim_ids: Collection[int], kinds: Collection[TaskKind]) -> list[ClaimTask]:
    """The open cases of claims that are locked."""
    return list(
        locked(ClaimTask.objects.filter(claim_id__in=claim_ids, kind__in=kinds, closed_at=None))
    )
