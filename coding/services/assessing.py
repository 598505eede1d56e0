"""What the edits and the fee schedule say about a set of codes; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from coding.queries.visit import Past, coded_visit
from coding.rules import check_visit
from coding.rules.book import CodeBook
from coding.rules.facts import CodedLine, CodedVisit
from coding.rules.pricing import Price, expected_lines, list_charge
from core.errors import Refused
from core.findings import Finding
from encounters.models import Encounter


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
    past: Past | None = None,
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
    visit = coded_visit(encounter, diagnoses=diagnoses, lines=coded, book=book, past=past)
    visit = replace(visit, lines=tuple(_charged(visit, line, book) for line in visit.lines))
    prices = expected_lines(book, visit)
    return Assessment(visit, check_visit(visit, book, prices), prices)


def _charged(visit: CodedVisit, line: CodedLine, book: CodeBook) -> CodedLine:
    if line.charge is not None:
        return line
    return replace(line, charge=list_charge(book, line, visit.service_date))


def refuse_errors(
    assessment: Assessment, *, of: str = "", only: Collection[str] | None = None
) -> None:
    """Raise `Refused` with the first finding of severity error.

    `of` names the visit; `only` limits it to findings with these codes.
    """
    errors = [one for one in assessment.errors if only is None or one.code in only]
    if errors:
        first, more = errors[0], len(errors) - 1
        raise Refused(
            f"{of}: {first.message}" if of else first.message,
            fix=first.fix + (f" ({more} more to fix.)" if more else ""),
            code="coding_edits",
            findings=[finding.code for finding in errors],
        )
