"""Correcting the codes of a visit that was coded: a new version, never an edit."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from coding.models import ChargeLine, CodingVersion, Diagnosis
from coding.queries.visit import RELATED
from coding.rules.book import CodeBook
from coding.services.assessing import LineInput, assess_codes, refuse_errors
from coding.services.ledgering import change_charge, open_charges
from coding.services.writing import (
    check_not_stale,
    codes_detail,
    locked_encounters,
    new_diagnoses,
    new_lines,
)
from core import clock
from core.access.models import User
from core.audit.services import record
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
    book: CodeBook | None = None,
) -> CodingVersion:
    """Replace the complete codes of a visit with a new complete version.

    A line keeps its receivable (the same code first in the same place, then anywhere), so
    that the ledger tells one story per service; a changed charge is reversed and entered
    anew, a dropped line's charge is reversed, a new line opens a receivable. Without a
    `charge` a kept line keeps its old one. Refused without a reason, while an edit of
    severity error stands, and for a visit that is not coded yet.
    """
    if not reason.strip():
        raise Refused("A correction needs its reason.", fix="Say what was wrong before.")
    with transaction.atomic():
        [encounter] = locked_encounters([encounter_id], RELATED)
        before = _version_in_force(encounter)
        check_not_stale(encounter, base_version)
        old_lines = list(before.lines.all())
        kept = match_lines(old_lines, lines)
        entered = [_with_old_charge(line, kept.get(index)) for index, line in enumerate(lines)]
        book = CodeBook() if book is None else book
        assessment = assess_codes(
            encounter=encounter, diagnoses=diagnoses, lines=entered, book=book
        )
        refuse_errors(assessment)
        now = clock.now()
        before.state = CodingVersion.State.SUPERSEDED
        before.save(update_fields=["state"])
        version = CodingVersion.objects.create(
            encounter=encounter,
            number=before.number + 1,
            coder=coder,
            created_at=now,
            completed_at=now,
            state=CodingVersion.State.COMPLETE,
            reason=reason[:255],
        )
        Diagnosis.objects.bulk_create(new_diagnoses(version, assessment, book))
        written = new_lines(version, assessment, book)
        _carry_receivables(encounter, old_lines, written, kept, reason, coder)
        record(
            actor=coder,
            action="coding.revised",
            subject=version,
            patient_id=encounter.patient_id,
            reason=reason,
            detail=codes_detail(version, assessment),
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
    return encounter.coding_versions.select_for_update(no_key=True).get(
        state=CodingVersion.State.COMPLETE
    )


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


def _carry_receivables(
    encounter: Encounter,
    old_lines: Sequence[ChargeLine],
    written: list[ChargeLine],
    kept: dict[int, ChargeLine],
    reason: str,
    coder: User,
) -> None:
    memo = f"Coding corrected: {reason}"[:200]
    fresh = []
    for index, line in enumerate(written):
        old = kept.get(index)
        if old is None or old.receivable_id is None:
            fresh.append(line)
            continue
        line.receivable_id = old.receivable_id
        if old.charge != line.charge:
            change_charge(
                encounter,
                receivable_id=old.receivable_id,
                charge=line.charge,
                memo=memo,
                by=coder,
            )
    still = {old.pk for old in kept.values()}
    for old in old_lines:
        if old.pk not in still and old.receivable_id is not None:
            change_charge(
                encounter, receivable_id=old.receivable_id, charge=None, memo=memo, by=coder
            )
    if fresh:
        open_charges([(encounter, fresh)], by=coder)
    ChargeLine.objects.bulk_create(written)
