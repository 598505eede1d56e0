"""Writing the next coding version of one visit or of many: the only code that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from coding import locks
from coding.models import ChargeLine, CodingVersion, Diagnosis
from coding.rules.book import CodeBook
from coding.rules.facts import CodeFact
from coding.services.assessing import Assessment
from coding.services.ledgering import carry_charges, open_charges
from coding.states import CODING_VERSION
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many
from core.errors import Refused
from core.money import ZERO
from encounters.enums import EncounterStatus
from encounters.models import Encounter

_OPEN_FOR_CODING = (EncounterStatus.DOCUMENTED, EncounterStatus.CODING)


def refuse_unless_open(encounter: Encounter, coder: User) -> None:
    """Refuse a visit on hold, in another coder's hands, not documented or past coding."""
    item = encounter.coding_item
    if item is not None and item.assigned_to is not None and item.assigned_to != coder:
        raise Refused(
            f"{item.assigned_to.display_name} is coding {encounter.number}.",
            fix="Take another visit from the queue.",
            code="taken",
            conflict=True,
        )
    if encounter.on_hold_since is not None:
        raise Refused(
            f"{encounter.number} is on hold: {encounter.hold_reason}",
            fix="Release the hold first.",
            code="on_hold",
            conflict=True,
        )
    if encounter.status not in _OPEN_FOR_CODING:
        raise Refused(
            f"{encounter.number} is not open for coding: it is “{encounter.get_status_display()}”.",
            fix=(
                "The provider has to sign the note first."
                if encounter.status == EncounterStatus.CHECKED_IN
                else "Coded visits are changed by a correction, with its reason."
            ),
            code="not_open_for_coding",
            conflict=True,
        )


def check_not_stale(encounter: Encounter, base_version: int | None) -> None:
    """Refuse codes that were typed over an older version than the last one.

    ``base_version`` is the number of the version the coder began with, 0 for none; None asks
    nothing.
    """
    if base_version is None:
        return
    last = encounter.coding_versions.select_related("coder").order_by("-number").first()
    if last is not None and last.number > base_version:
        raise Refused(
            f"{last.coder.display_name} saved other codes for {encounter.number} meanwhile.",
            fix="Open the visit again to see them. What you entered here is not saved.",
            code="newer_version",
            conflict=True,
        )


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The assessed codes of one visit, about to become its next version."""

    encounter: Encounter
    assessment: Assessment
    in_force: Sequence[ChargeLine] = ()
    """The lines that a correction replaces, with their receivables."""
    kept: Mapping[int, ChargeLine] = field(default_factory=dict)
    """Index of a new line → the line in force whose receivable it keeps."""


def write_versions(
    new: Sequence[NewVersion],
    *,
    complete: bool,
    coder: User,
    book: CodeBook,
    action: str,
    reason: str = "",
) -> list[CodingVersion]:
    """Write the next version of each visit (locked by the caller), in the same order.

    The draft or complete version before is superseded, never edited. A complete version has its
    charges in the ledger. `action` names the audit event. The number of queries does not grow
    with the number of visits, except for corrections.
    """
    last = _last_numbers([one.encounter.pk for one in new])
    if last:
        _supersede(list(last))
    now = clock.now()
    versions = CodingVersion.objects.bulk_create(
        CodingVersion(
            encounter=one.encounter,
            number=last.get(one.encounter.pk, 0) + 1,
            coder=coder,
            created_at=now,
            completed_at=now if complete else None,
            state=CodingVersion.State.COMPLETE if complete else CodingVersion.State.DRAFT,
            reason=reason[:255],
        )
        for one in new
    )
    written = list(zip(new, versions, strict=True))
    lines = [_new_lines(version, one.assessment, book) for one, version in written]
    if complete:
        _enter_charges(new, lines, reason, coder)
    Diagnosis.objects.bulk_create(
        row for one, version in written for row in _new_diagnoses(version, one.assessment, book)
    )
    ChargeLine.objects.bulk_create(line for own in lines for line in own)
    record_many(
        [
            EventData(
                actor=coder,
                action=action,
                subject=version,
                patient_id=one.encounter.patient_id,
                reason=reason,
                detail=_codes_detail(version, one.assessment),
            )
            for one, version in written
        ]
    )
    return versions


def _last_numbers(encounter_ids: Sequence[int]) -> dict[int, int]:
    return dict(
        CodingVersion.objects.filter(encounter__in=encounter_ids)
        .order_by()
        .values_list("encounter_id")
        .annotate(last=Max("number"))
    )


def _supersede(encounter_ids: Sequence[int]) -> None:
    """A draft that is superseded was never completed: it gets no `completed_at`."""
    CODING_VERSION.move_where(
        CodingVersion.objects.filter(encounter__in=encounter_ids),
        before=[CodingVersion.State.DRAFT, CodingVersion.State.COMPLETE],
        to=CodingVersion.State.SUPERSEDED,
    )


def _enter_charges(
    new: Sequence[NewVersion], lines: Sequence[list[ChargeLine]], reason: str, coder: User
) -> None:
    for one, own in zip(new, lines, strict=True):
        if one.in_force:
            carry_charges(
                one.encounter, in_force=one.in_force, kept=one.kept, to=own, reason=reason, by=coder
            )
    fresh = [
        (one.encounter, [line for line in own if line.receivable_id is None])
        for one, own in zip(new, lines, strict=True)
    ]
    open_charges(fresh, by=coder)


def _new_diagnoses(
    version: CodingVersion, assessment: Assessment, book: CodeBook
) -> Iterable[Diagnosis]:
    """The diagnoses of a version, with the words of the day; not saved."""
    visit = assessment.visit
    return [
        Diagnosis(
            version=version,
            position=position,
            code=code,
            description=_words(book.diagnosis(code, visit.service_date), 255),
        )
        for position, code in enumerate(visit.diagnoses, start=1)
    ]


def _new_lines(version: CodingVersion, assessment: Assessment, book: CodeBook) -> list[ChargeLine]:
    """The service lines of a version, with the words of the day; not saved."""
    visit = assessment.visit
    return [
        ChargeLine(
            version=version,
            position=position,
            code=line.code,
            description=_words(book.procedure(line.code, visit.service_date), 120),
            modifiers=list(line.modifiers),
            units=line.units,
            charge=line.charge or ZERO,
            expected_allowed=price.allowed if price else None,
            pointers=list(line.pointers),
            place_of_service=visit.place_of_service,
            service_date=visit.service_date,
        )
        for position, (line, price) in enumerate(
            zip(visit.lines, assessment.prices, strict=True), start=1
        )
    ]


def _words(fact: CodeFact | None, length: int) -> str:
    return fact.description[:length] if fact else ""


def _codes_detail(version: CodingVersion, assessment: Assessment) -> dict[str, Any]:
    """Codes and open warnings for the audit record; codes and ids only."""
    return {
        "version": version.number,
        "diagnoses": list(assessment.visit.diagnoses),
        "lines": ["-".join((line.code, *line.modifiers)) for line in assessment.visit.lines],
        "warnings": [finding.code for finding in assessment.findings if not finding.is_error],
    }


def locked_encounters(encounter_ids: Sequence[int], related: Sequence[str]) -> list[Encounter]:
    """The encounters in the order asked for, locked in the order of their keys."""
    found = locks.visits(encounter_ids, related)
    if len(found) < len(set(encounter_ids)):
        raise Refused("This visit is not there.", fix="Choose one from the work list.")
    return [found[pk] for pk in encounter_ids]
