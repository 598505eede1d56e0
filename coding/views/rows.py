"""The workspace's rows: what was typed, beside what it means and what it should pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coding.forms import LETTERS, CodesForm, LineRow
from coding.rules.book import CodeBook
from coding.rules.diagnoses import explain_invalid, side_of
from coding.services.assessing import Assessment
from core.findings import Finding
from core.money import ZERO, total
from core.ui import formats

# Findings that one click can answer, once the coder has seen that the note supports it.
_ONE_CLICK = {
    "modifier-25-missing": "25",
    "modifier-57-missing": "57",
    "modifier-qw-missing": "QW",
}


@dataclass(frozen=True, slots=True)
class DiagnosisRow:
    """A diagnosis as shown: its letter, its title, and why it cannot be used, if so."""

    number: int
    letter: str
    code: str
    words: str
    problem: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service line as shown. `problems` are the places of its findings."""

    number: int
    typed: LineRow
    words: str
    modifier_words: Sequence[tuple[str, str]]
    charge: Decimal | None
    allowed: Decimal | None
    basis: str
    problems: frozenset[str]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with its place in words and the change that answers it, if one click can."""

    finding: Finding
    place: str
    action: str
    action_label: str


@dataclass(frozen=True, slots=True)
class WorkspaceRows:
    """Everything that the form and its edits panel show."""

    diagnoses: list[DiagnosisRow]
    services: list[ServiceRow]
    findings: list[FindingRow]
    errors: int
    warnings: int
    charge: Decimal
    allowed: Decimal
    at_stake: Decimal
    all_priced: bool

    @property
    def error_words(self) -> str:
        """“2 to fix”."""
        return f"{self.errors} to fix"

    @property
    def warning_words(self) -> str:
        """“1 warning”."""
        return formats.counted(self.warnings, "warning")


def workspace_rows(form: CodesForm, assessment: Assessment, book: CodeBook) -> WorkspaceRows:
    """The rows of the form as they stand."""
    findings = assessment.findings
    errors = sum(1 for finding in findings if finding.is_error)
    prices = [price.allowed if price else None for price in assessment.prices]
    return WorkspaceRows(
        diagnoses=_diagnoses(form, assessment, book),
        services=_services(form, assessment, book),
        findings=[_finding_row(finding, assessment, book) for finding in findings],
        errors=errors,
        warnings=len(findings) - errors,
        charge=total(line.charge or ZERO for line in assessment.visit.lines),
        allowed=total(price for price in prices if price is not None),
        at_stake=_at_stake(findings),
        all_priced=None not in prices,
    )


def _at_stake(findings: Sequence[Finding]) -> Decimal:
    """The dearest finding of each line: a line can be lost only once."""
    dearest: dict[str, Decimal] = {}
    for finding in findings:
        line = finding.path.split(".")[0]
        dearest[line] = max(dearest.get(line, ZERO), finding.at_stake)
    return total(dearest.values())


def _diagnoses(form: CodesForm, assessment: Assessment, book: CodeBook) -> list[DiagnosisRow]:
    on = assessment.visit.service_date
    rows = []
    for number, code in enumerate(form.diagnoses, start=1):
        fact = book.diagnosis(code, on) or next(iter(book.diagnoses.get(code, [])), None)
        problem, _ = explain_invalid(book, code, on)
        letter = LETTERS[number - 1] if number <= len(LETTERS) else "–"
        rows.append(DiagnosisRow(number, letter, code, fact.description if fact else "", problem))
    return rows


def _services(form: CodesForm, assessment: Assessment, book: CodeBook) -> list[ServiceRow]:
    on = assessment.visit.service_date
    rows = []
    for number, (typed, line, price) in enumerate(
        zip(form.lines, assessment.visit.lines, assessment.prices, strict=True), start=1
    ):
        fact = book.procedure(line.code, on)
        known = [(one, book.modifier(one, on)) for one in line.modifiers]
        rows.append(
            ServiceRow(
                number=number,
                typed=typed,
                words=fact.description if fact else "",
                modifier_words=[(one, fact.description) for one, fact in known if fact],
                charge=line.charge,
                allowed=price.allowed if price else None,
                basis=price.basis if price else "",
                problems=frozenset(
                    finding.path.partition(".")[2]
                    for finding in assessment.findings
                    if finding.path.startswith(f"lines[{number}].") and finding.is_error
                ),
            )
        )
    return rows


def _finding_row(finding: Finding, assessment: Assessment, book: CodeBook) -> FindingRow:
    place, modifier = "", ""
    name, _, rest = finding.path.partition("[")
    number = int(rest.partition("]")[0]) if rest else 0
    if name == "lines" and 0 < number <= len(assessment.visit.lines):
        place = f"Line {number}"
        modifier = _answer(finding, assessment, book, number)
    elif name == "diagnoses" and 0 < number <= len(LETTERS):
        place = f"Diagnosis {LETTERS[number - 1]}"
    action = f"modifier:{number}:{modifier}" if modifier else ""
    return FindingRow(finding, place, action, f"Add {modifier}" if modifier else "")


def _answer(finding: Finding, assessment: Assessment, book: CodeBook, number: int) -> str:
    """The modifier that one click can add; the side is the one its diagnoses name."""
    if finding.code != "modifier-side-missing":
        return _ONE_CLICK.get(finding.code, "")
    visit = assessment.visit
    sides = {
        side_of(book.diagnosis(visit.diagnoses[pointer - 1], visit.service_date))
        for pointer in visit.lines[number - 1].pointers
        if 1 <= pointer <= len(visit.diagnoses)
    } - {""}
    return {"right": "RT", "left": "LT"}[sides.pop()] if len(sides) == 1 else ""


def place_words(book: CodeBook, place_of_service: str) -> str:
    """The place of service in words with its code: “Office (11)”."""
    facts = book.places.get(place_of_service)
    return f"{facts[-1].description} ({place_of_service})" if facts else place_of_service
