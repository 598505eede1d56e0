"""Assigning codes to encounters and completing them: the visit gets its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from coding.models import CodingVersion
from coding.queries.book import extend_book
from coding.queries.visit import RELATED, past_of
from coding.rules.book import CodeBook
from coding.services.assessing import LineInput, assess_codes, refuse_errors
from coding.services.writing import (
    NewVersion,
    check_not_stale,
    locked_encounters,
    refuse_unless_open,
    write_versions,
)
from core import clock
from core.access.models import User
from core.work.services import close_items
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from encounters.states import ENCOUNTER

# What cannot even be kept as a draft.
_UNSTORABLE = {
    "charge-missing",
    "diagnosis-too-many",
    "diagnosis-twice",
    "diagnosis-unknown",
    "modifier-too-many",
    "pointer-too-many",
    "procedure-unknown",
    "units-missing",
}


@dataclass(frozen=True, slots=True)
class EncounterCodes:
    """The codes of one encounter, for coding many at once."""

    encounter_id: int
    diagnoses: Sequence[str]
    lines: Sequence[LineInput]
    base_version: int | None = None
    """The number of the version they were typed over; see `check_not_stale`."""


def assign_codes(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    base_version: int | None = None,
) -> CodingVersion:
    """Save the codes as a new draft version; an earlier draft is superseded, never edited.

    Refused: the encounter is on hold, not open for coding or in another coder's hands, there is
    a version later than ``base_version`` (a version's number), or a code cannot be kept at all
    (unknown, without a charge, twice).
    """
    with transaction.atomic():
        [encounter] = locked_encounters([encounter_id], RELATED)
        refuse_unless_open(encounter, coder)
        check_not_stale(encounter, base_version)
        book = CodeBook()
        assessment = assess_codes(encounter=encounter, diagnoses=diagnoses, lines=lines, book=book)
        refuse_errors(assessment, only=_UNSTORABLE)
        [version] = write_versions(
            [NewVersion(encounter, assessment)],
            complete=False,
            coder=coder,
            book=book,
            action="codes.assigned",
        )
        if encounter.status != EncounterStatus.CODING:
            ENCOUNTER.move(encounter, EncounterStatus.CODING)
    return version


def code_encounter(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    base_version: int | None = None,
) -> CodingVersion:
    """Code and complete one visit; see `code_encounters`."""
    codes = EncounterCodes(encounter_id, diagnoses, lines, base_version)
    return code_encounters([codes], coder=coder)[0]


def code_encounters(
    codes: Sequence[EncounterCodes], *, coder: User, book: CodeBook | None = None
) -> list[CodingVersion]:
    """Code and complete many visits in one transaction: all of them or none.

    Charges enter the ledger and each visit waits for its claim. Refused as by `assign_codes`, and
    while an edit has severity error (the findings are in the refusal); a refusal among many
    names the visit. The number of queries does not grow with the number of visits. Give the same
    `book` again to look no code up twice.
    """
    if not codes:
        return []
    with transaction.atomic():
        encounters = locked_encounters([one.encounter_id for one in codes], RELATED)
        for encounter, one in zip(encounters, codes, strict=True):
            refuse_unless_open(encounter, coder)
            check_not_stale(encounter, one.base_version)
        book = _book_for(codes, encounters, book)
        past = past_of(encounters)
        new = []
        for encounter, one in zip(encounters, codes, strict=True):
            assessment = assess_codes(
                encounter=encounter, diagnoses=one.diagnoses, lines=one.lines, book=book, past=past
            )
            refuse_errors(assessment, of=encounter.number if len(codes) > 1 else "")
            new.append(NewVersion(encounter, assessment))
        versions = write_versions(
            new, complete=True, coder=coder, book=book, action="coding.completed"
        )
        _finish(encounters, coder)
    return versions


def _book_for(
    codes: Sequence[EncounterCodes], encounters: Sequence[Encounter], book: CodeBook | None
) -> CodeBook:
    return extend_book(
        CodeBook() if book is None else book,
        diagnoses=[code for one in codes for code in one.diagnoses],
        procedures=[line.code for one in codes for line in one.lines],
        payers=[one.primary_coverage.payer_id for one in encounters if one.primary_coverage],
    )


def _finish(encounters: Sequence[Encounter], coder: User) -> None:
    """The visits are coded: they leave the coders' queue and wait for their claims."""
    now = clock.now()
    for encounter in encounters:
        encounter.coded_at = now
    ENCOUNTER.move_all(
        [(encounter, EncounterStatus.CODED) for encounter in encounters], fields=["coded_at"]
    )
    items = [one.coding_item_id for one in encounters if one.coding_item_id is not None]
    if items:
        close_items(items, outcome="Coded", user=coder)
