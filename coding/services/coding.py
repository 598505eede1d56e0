"""Assigning codes to an encounter and completing them: the visit gets its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from coding.models import ChargeLine, CodingVersion, Diagnosis
from coding.queries.visit import RELATED, coded_visit
from coding.rules import check_visit
from coding.rules.book import CodeBook
from coding.rules.facts import CodedLine, CodedVisit, CodeFact
from coding.rules.pricing import Price, expected_lines, list_charge
from coding.services.ledgering import open_charges
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from rcm import clock
from rcm.access.models import User
from rcm.audit.services import record
from rcm.errors import Refused
from rcm.findings import Finding
from rcm.money import ZERO
from rcm.work.services import close_item

_OPEN_FOR_CODING = (EncounterStatus.DOCUMENTED, EncounterStatus.CODING)


@dataclass(frozen=True, slots=True)
class LineInput:
    """A service as the coder enters it.

    `pointers` are positions of diagnoses from 1. Without a `charge` (US dollars, for all
    units) the clinic's charge list gives it.
    """

    code: str
    modifiers: Sequence[str] = ()
    units: int = 1
    pointers: Sequence[int] = (1,)
    charge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the edits and the fee schedule say about a set of codes, before anything is saved."""

    visit: CodedVisit
    findings: list[Finding]
    prices: list[Price | None] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop completion."""
        return [finding for finding in self.findings if finding.is_error]


def assess_codes(
    *,
    encounter: Encounter,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    book: CodeBook | None = None,
) -> Assessment:
    """Charges, expected payment and findings of these codes; nothing is written."""
    book = CodeBook() if book is None else book
    coded = [
        CodedLine(
            code=line.code,
            modifiers=tuple(line.modifiers),
            units=line.units,
            pointers=tuple(line.pointers),
            charge=line.charge,
        )
        for line in lines
    ]
    visit = coded_visit(encounter, diagnoses=diagnoses, lines=coded, book=book)
    visit = replace(visit, lines=tuple(_charged(visit, line, book) for line in visit.lines))
    prices = expected_lines(book, visit)
    return Assessment(visit, check_visit(visit, book, prices), prices)


def _charged(visit: CodedVisit, line: CodedLine, book: CodeBook) -> CodedLine:
    if line.charge is not None:
        return line
    return replace(line, charge=list_charge(book, line, visit.service_date))


def assign_codes(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    reason: str = "",
    book: CodeBook | None = None,
) -> CodingVersion:
    """Save the codes as a new draft version; an earlier draft is superseded, never edited.

    Refused: the encounter is on hold or not open for coding, or a code is not usable at
    all (unknown procedure without a charge, diagnosis that is no code).
    """
    with transaction.atomic():
        encounter = locked_encounter(encounter_id)
        _refuse_unless_open(encounter, coder)
        book = CodeBook() if book is None else book
        assessment = assess_codes(encounter=encounter, diagnoses=diagnoses, lines=lines, book=book)
        version, _ = _write_version(encounter, coder, assessment, book, reason)
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
        encounter = locked_encounter(encounter_id)
        version = CodingVersion.objects.select_for_update().get(pk=version_id)
        if version.state != CodingVersion.State.DRAFT:
            raise Refused(
                f"Version {version.number} is {version.get_state_display().lower()} already.",
                fix="Open the visit again to see its codes.",
                code="not_a_draft",
                conflict=True,
            )
        _refuse_unless_open(encounter, coder)
        stored = list(version.lines.all())
        assessment = assess_codes(
            encounter=encounter,
            diagnoses=[one.code for one in version.diagnoses.all()],
            lines=[as_input(line) for line in stored],
            book=book,
        )
        _complete(encounter, version, stored, assessment, coder)
    return version


def code_encounter(
    *,
    encounter_id: int,
    coder: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    book: CodeBook | None = None,
) -> CodingVersion:
    """`assign_codes` and `complete_coding` in one transaction, with the edits run once."""
    with transaction.atomic():
        encounter = locked_encounter(encounter_id)
        _refuse_unless_open(encounter, coder)
        book = CodeBook() if book is None else book
        assessment = assess_codes(encounter=encounter, diagnoses=diagnoses, lines=lines, book=book)
        refuse_errors(assessment)
        version, written = _write_version(encounter, coder, assessment, book, "")
        _complete(encounter, version, written, assessment, coder)
    return version


def open_coding(*, encounter_id: int, coder: User) -> Encounter:
    """Say that somebody codes this visit now; a visit that is past coding is left as it is."""
    with transaction.atomic():
        encounter = locked_encounter(encounter_id)
        if encounter.status == EncounterStatus.DOCUMENTED and encounter.on_hold_since is None:
            _mark_being_coded(encounter)
            record(
                actor=coder,
                action="coding.opened",
                subject=encounter,
                patient_id=encounter.patient_id,
            )
    return encounter


def locked_encounter(encounter_id: int) -> Encounter:
    try:
        return (
            Encounter.objects.select_for_update(of=("self",))
            .select_related(*RELATED)
            .get(pk=encounter_id)
        )
    except Encounter.DoesNotExist:
        raise Refused("This visit is not there.", fix="Choose one from the work list.") from None


def _refuse_unless_open(encounter: Encounter, coder: User) -> None:
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
            f"{encounter.number} is on hold: {encounter.hold_reason}.",
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


def refuse_errors(assessment: Assessment) -> None:
    errors = assessment.errors
    if errors:
        first, more = errors[0], len(errors) - 1
        raise Refused(
            first.message + (f" ({more} more)" if more else ""),
            fix=first.fix,
            code="coding_edits",
            findings=[finding.code for finding in errors],
        )


def _mark_being_coded(encounter: Encounter) -> None:
    if encounter.status != EncounterStatus.CODING:
        encounter.status = EncounterStatus.CODING
        encounter.save(update_fields=["status"])


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


def _write_version(
    encounter: Encounter, coder: User, assessment: Assessment, book: CodeBook, reason: str
) -> tuple[CodingVersion, list[ChargeLine]]:
    """A new draft with the next number; the draft before it is superseded."""
    refuse_errors(
        replace(
            assessment,
            findings=[one for one in assessment.findings if one.code in _UNSTORABLE],
        )
    )
    now = clock.now()
    last = encounter.coding_versions.aggregate(last=Max("number"))["last"] or 0
    if last:
        encounter.coding_versions.filter(state=CodingVersion.State.DRAFT).update(
            state=CodingVersion.State.SUPERSEDED, completed_at=now
        )
    version = CodingVersion.objects.create(
        encounter=encounter, number=last + 1, coder=coder, created_at=now, reason=reason
    )
    lines = write_codes(version, assessment, book)
    return version, lines


def write_codes(version: CodingVersion, assessment: Assessment, book: CodeBook) -> list[ChargeLine]:
    """The diagnoses and service lines of a version, with the words of the day."""
    visit = assessment.visit
    Diagnosis.objects.bulk_create(
        Diagnosis(
            version=version,
            position=position,
            code=code,
            description=_words(book.diagnosis(code, visit.service_date), 255),
        )
        for position, code in enumerate(visit.diagnoses, start=1)
    )
    return ChargeLine.objects.bulk_create(
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
    )


def _words(fact: CodeFact | None, length: int) -> str:
    return fact.description[:length] if fact else ""


def as_input(line: ChargeLine) -> LineInput:
    """A stored line as it was entered."""
    return LineInput(
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        pointers=line.pointers,
        charge=line.charge,
    )


def _complete(
    encounter: Encounter,
    version: CodingVersion,
    lines: list[ChargeLine],
    assessment: Assessment,
    coder: User,
) -> None:
    refuse_errors(assessment)
    now = clock.now()
    open_charges(encounter, lines, by=coder)
    for line, price in zip(lines, assessment.prices, strict=True):
        line.expected_allowed = price.allowed if price else None
    ChargeLine.objects.bulk_update(lines, ["receivable", "expected_allowed"])
    version.state = CodingVersion.State.COMPLETE
    version.completed_at = now
    version.save(update_fields=["state", "completed_at"])
    encounter.status = EncounterStatus.CODED
    encounter.coded_at = now
    encounter.save(update_fields=["status", "coded_at"])
    if encounter.coding_item_id is not None:
        close_item(item_id=encounter.coding_item_id, outcome="Coded", user=coder)
    record(
        actor=coder,
        action="coding.completed",
        subject=version,
        patient_id=encounter.patient_id,
        detail=codes_detail(version, assessment),
    )


def codes_detail(version: CodingVersion, assessment: Assessment) -> dict[str, object]:
    """Codes and open warnings for the audit record; codes and ids only."""
    return {
        "version": version.number,
        "diagnoses": list(assessment.visit.diagnoses),
        "lines": ["-".join((line.code, *line.modifiers)) for line in assessment.visit.lines],
        "warnings": [finding.code for finding in assessment.findings if not finding.is_error],
    }
