"""Assigning codes to encounters and completing them: the visit gets its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max

from coding.models import ChargeLine, CodingVersion, Diagnosis
from coding.queries.book import extend_book
from coding.queries.visit import RELATED, past_of
from coding.rules.book import CodeBook
from coding.services.assessing import Assessment, LineInput, assess_codes, refuse_errors
from coding.services.ledgering import open_charges
from coding.services.writing import (
    as_input,
    check_not_stale,
    codes_detail,
    locked_encounters,
    new_diagnoses,
    new_lines,
    refuse_unless_open,
)
from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from core.errors import Refused
from core.work.services import close_items
from encounters.enums import EncounterStatus
from encounters.models import Encounter

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
    reason: str = "",
    base_version: int | None = None,
    book: CodeBook | None = None,
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
        book = CodeBook() if book is None else book
        assessment = assess_codes(encounter=encounter, diagnoses=diagnoses, lines=lines, book=book)
        refuse_errors(
            replace(
                assessment,
                findings=[one for one in assessment.findings if one.code in _UNSTORABLE],
            )
        )
        now = clock.now()
        last = _last_numbers([encounter_id]).get(encounter_id, 0)
        if last:
            _supersede_drafts([encounter_id])
        version = CodingVersion.objects.create(
            encounter=encounter, number=last + 1, coder=coder, created_at=now, reason=reason
        )
        Diagnosis.objects.bulk_create(new_diagnoses(version, assessment, book))
        ChargeLine.objects.bulk_create(new_lines(version, assessment, book))
        _mark_being_coded(encounter)
        record(
            actor=coder,
            action="codes.assigned",
            subject=version,
            patient_id=encounter.patient_id,
            reason=reason,
            detail=codes_detail(version, assessment),
        )
    return version


def complete_coding(*, version_id: int, coder: User, book: CodeBook | None = None) -> CodingVersion:
    """Complete a draft: charges enter the ledger, the encounter waits for its claim.

    Refused while an edit of severity error stands (the findings are in the refusal).
    """
    with transaction.atomic():
        encounter_id = (
            CodingVersion.objects.filter(pk=version_id)
            .values_list("encounter_id", flat=True)
            .first()
        )
        if encounter_id is None:
            raise Refused("These codes are not there any more.", fix="Open the visit again.")
        [encounter] = locked_encounters([encounter_id], RELATED)
        version = CodingVersion.objects.select_for_update(no_key=True).get(pk=version_id)
        if version.state != CodingVersion.State.DRAFT:
            raise Refused(
                f"Version {version.number} is {version.get_state_display().lower()} already.",
                fix="Open the visit again to see its codes.",
                code="not_a_draft",
                conflict=True,
            )
        refuse_unless_open(encounter, coder)
        lines = list(version.lines.all())
        assessment = assess_codes(
            encounter=encounter,
            diagnoses=[one.code for one in version.diagnoses.all()],
            lines=[as_input(line) for line in lines],
            book=book,
        )
        refuse_errors(assessment)
        open_charges([(encounter, lines)], by=coder)
        for line, price in zip(lines, assessment.prices, strict=True):
            line.expected_allowed = price.allowed if price else None
        ChargeLine.objects.bulk_update(lines, ["receivable", "expected_allowed"])
        version.state = CodingVersion.State.COMPLETE
        version.completed_at = clock.now()
        version.save(update_fields=["state", "completed_at"])
        _mark_coded([(encounter, version, assessment)], coder)
    return version


def code_encounter(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    base_version: int | None = None,
    book: CodeBook | None = None,
) -> CodingVersion:
    """`assign_codes` and `complete_coding` in one step, with the edits run once."""
    codes = EncounterCodes(encounter_id, diagnoses, lines, base_version)
    return code_encounters([codes], coder=coder, book=book)[0]


def code_encounters(
    codes: Sequence[EncounterCodes], *, coder: User, book: CodeBook | None = None
) -> list[CodingVersion]:
    """Code and complete many encounters in one transaction: all of them or none.

    The number of queries does not grow with the number of encounters. A refusal names the
    encounter. Give the same `book` again to look no code up twice.
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
        assessments = []
        for encounter, one in zip(encounters, codes, strict=True):
            assessment = assess_codes(
                encounter=encounter, diagnoses=one.diagnoses, lines=one.lines, book=book, past=past
            )
            refuse_errors(assessment, of=encounter.number if len(codes) > 1 else "")
            assessments.append(assessment)
        versions = _complete_versions(encounters, coder)
        done = list(zip(encounters, versions, assessments, strict=True))
        _write_completed(done, book, coder)
        _mark_coded(done, coder)
    return versions


def open_coding(*, encounter_id: int, coder: User) -> Encounter:
    """Say that somebody codes this visit now; a visit that is past coding is left as it is."""
    with transaction.atomic():
        [encounter] = locked_encounters([encounter_id], RELATED)
        if encounter.status == EncounterStatus.DOCUMENTED and encounter.on_hold_since is None:
            _mark_being_coded(encounter)
            record(
                actor=coder,
                action="coding.opened",
                subject=encounter,
                patient_id=encounter.patient_id,
            )
    return encounter


def _book_for(
    codes: Sequence[EncounterCodes], encounters: Sequence[Encounter], book: CodeBook | None
) -> CodeBook:
    return extend_book(
        CodeBook() if book is None else book,
        diagnoses=[code for one in codes for code in one.diagnoses],
        procedures=[line.code for one in codes for line in one.lines],
        payers=[one.primary_coverage.payer_id for one in encounters if one.primary_coverage],
    )


def _last_numbers(encounter_ids: Sequence[int]) -> dict[int, int]:
    return dict(
        CodingVersion.objects.filter(encounter__in=encounter_ids)
        .order_by()
        .values_list("encounter_id")
        .annotate(last=Max("number"))
    )


def _supersede_drafts(encounter_ids: Sequence[int]) -> None:
    CodingVersion.objects.filter(
        encounter__in=encounter_ids, state=CodingVersion.State.DRAFT
    ).update(state=CodingVersion.State.SUPERSEDED, completed_at=clock.now())


def _complete_versions(encounters: Sequence[Encounter], coder: User) -> list[CodingVersion]:
    last = _last_numbers([encounter.pk for encounter in encounters])
    if last:
        _supersede_drafts(list(last))
    now = clock.now()
    return CodingVersion.objects.bulk_create(
        CodingVersion(
            encounter=encounter,
            number=last.get(encounter.pk, 0) + 1,
            coder=coder,
            created_at=now,
            completed_at=now,
            state=CodingVersion.State.COMPLETE,
        )
        for encounter in encounters
    )


Coded = tuple[Encounter, CodingVersion, Assessment]


def _write_completed(done: Sequence[Coded], book: CodeBook, coder: User) -> None:
    lines = [
        (encounter, new_lines(version, assessment, book)) for encounter, version, assessment in done
    ]
    open_charges(lines, by=coder)
    Diagnosis.objects.bulk_create(
        row for _, version, assessment in done for row in new_diagnoses(version, assessment, book)
    )
    ChargeLine.objects.bulk_create(line for _, own in lines for line in own)


def _mark_being_coded(encounter: Encounter) -> None:
    if encounter.status != EncounterStatus.CODING:
        encounter.status = EncounterStatus.CODING
        encounter.save(update_fields=["status"])


def _mark_coded(done: Sequence[Coded], coder: User) -> None:
    now = clock.now()
    for encounter, _, _ in done:
        encounter.status, encounter.coded_at = EncounterStatus.CODED, now
    Encounter.objects.filter(pk__in=[encounter.pk for encounter, _, _ in done]).update(
        status=EncounterStatus.CODED, coded_at=now
    )
    items = [one.coding_item_id for one, _, _ in done if one.coding_item_id is not None]
    if items:
        close_items(items, outcome="Coded", user=coder)
    record_many(
        [
            EventData(
                actor=coder,
                action="coding.completed",
                subject=version,
                patient_id=encounter.patient_id,
                detail=codes_detail(version, assessment),
            )
            for encounter, version, assessment in done
        ]
    )
