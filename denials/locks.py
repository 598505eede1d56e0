"""Locks of denials, in the order of ``docs/architecture.md`` ("Locks"): the claim comes first."""

from __future__ import annotations

from django.db.models import QuerySet

from claims import locks as claim_locks
from claims.models import Claim
from core.locks import locked
from denials.enums import DenialState
from denials.models import Denial


def denial(denial_id: int) -> Denial:
    """A denial after its claim and its visit, for work that moves its money."""
    claim_locks.claims_and_visits([_claim_of(denial_id)])
    rows = Denial.objects.select_related("claim__encounter", "line__claim_line__charge_line")
    return locked(rows).get(pk=denial_id)


def claim_and_open_denials(denial_id: int) -> tuple[Claim, list[Denial]]:
    """The claim of a denial, and every denial of it that is still open."""
    claim = claim_locks.claim(_claim_of(denial_id))
    return claim, list(locked(Denial.objects.filter(claim=claim, state=DenialState.OPEN)))


def denials(rows: QuerySet[Denial]) -> list[Denial]:
    """These denials, whose claims are locked."""
    return list(locked(rows))


def free_denials(rows: QuerySet[Denial], *, most: int) -> list[Denial]:
    """The first of these denials that no other worker has in hand."""
    return list(locked(rows, skip_locked=True)[:most])


def _claim_of(denial_id: int) -> int:
    return Denial.objects.values_list("claim_id", flat=True).get(pk=denial_id)
