"""Locks of coding, in the order of ``docs/architecture.md`` ("Locks"): the visit comes first."""

from __future__ import annotations

from collections.abc import Sequence

from coding.models import CodingVersion
from core.locks import locked
from encounters.locks import encounters
from encounters.models import Encounter


def visits(ids: Sequence[int], related: Sequence[str]) -> dict[int, Encounter]:
    """The visits that are coded, by id, with what they are joined with."""
    rows = Encounter.objects.filter(pk__in=ids).select_related(*related)
    return {row.pk: row for row in encounters(rows)}


def complete_version(of: Encounter) -> CodingVersion:
    """The version in force of a visit that is locked."""
    rows = CodingVersion.objects.filter(encounter=of, state=CodingVersion.State.COMPLETE)
    return locked(rows).get()
