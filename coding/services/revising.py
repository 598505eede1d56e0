"""Correcting the codes of a visit that was coded: a new version, never an edit."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from coding import locks
from coding.models import ChargeLine, CodingVersion
from coding.queries.visit import RELATED
from coding.rules.book import CodeBook
from coding.services.assessing import LineInput, assess_codes, refuse_errors
from coding.services.writing import (
    NewVersion,
    check_not_stale,
    locked_encounters,
    write_versions,
)
from core.access.models import User
from core.errors import Refused
from encounters.enums import EncounterStatus
from encounters.models import Encounter

_CODED = (EncounterStatus.CODED, EncounterStatus.BILLED, EncounterStatus.CLOSED)


def revise_coding(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    reason: str,
    base_version: int | None = None,
) -> CodingVersion:
    """Replace the complete codes of a visit with a new complete version.

    A line keeps its receivable (the same code first in the same place, then anywhere), so
    that all postings of a service are on one receivable; a changed charge is reversed and entered
    anew, a dropped line's charge is reversed, a new line opens a receivable. Without a
    `charge` a kept line keeps its old one. Refused without a reason, while an edit
    has severity error, and for a visit that is not coded yet.
    """
    if not reason.strip():
        raise Refused("A correction needs its reason.", fix="Say what was wrong before.")
    with transaction.atomic():
        [encounter] = locked_encounters([encounter_id], RELATED)
        in_force = list(_version_in_force(encounter).lines.all())
        check_not_stale(encounter, base_version)
        kept = match_lines(in_force, lines)
        entered = [_with_old_charge(line, kept.get(index)) for index, line in enumerate(lines)]
        book = CodeBook()
        assessment = assess_codes(
            encounter=encounter, diagnoses=diagnoses, lines=entered, book=book
        )
        refuse_errors(assessment)
        [version] = write_versions(
            [NewVersion(encounter, assessment, in_force, kept)],
            complete=True,
            coder=coder,
            book=book,
            action="coding.revised",
            reason=reason,
        )
    return version


def _version_in_force(encounter: Encounter) -> CodingVersion:
    if encounter.status not in _CODED:
        raise Refused(
            f"{encounter.number} is not coded yet.",
            fix="Code it first; corrections come after completion.",
            code="not_coded",
            conflict=True,
        )
    return locks.complete_version(encounter)


def match_lines(old: Sequence[ChargeLine], new: Sequence[LineInput]) -> dict[int, ChargeLine]:
    """Which old line each new line (by its index) continues: same code, same place first."""
    kept: dict[int, ChargeLine] = {}
    free = {line.pk: line for line in old}
    for by_place in (True, False):
        for index, line in enumerate(new):
            if index in kept:
                continue
            for candidate in free.values():
                same_place = candidate.position == index + 1
                if candidate.code == line.code and (same_place or not by_place):
                    kept[index] = free.pop(candidate.pk)
                    break
    # What remains in the same place changed its code (99203 → 99213): still the same service.
    for index in range(len(new)):
        same = next((one for one in free.values() if one.position == index + 1), None)
        if index not in kept and same is not None:
            kept[index] = free.pop(same.pk)
    return kept


def _with_old_charge(line: LineInput, old: ChargeLine | None) -> LineInput:
    if line.charge is not None or old is None:
        return line
    unchanged = (old.code, old.units, "50" in old.modifiers) == (
        line.code,
        line.units,
        "50" in line.modifiers,
    )
    if not unchanged:
        return line
    return LineInput(line.code, line.modifiers, line.units, line.pointers, old.charge)
