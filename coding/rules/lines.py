"""Edits of the service lines by themselves: code, units, pointers, charge, CLIA, patient status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from coding.rules.book import CodeBook
from coding.rules.facts import (
    OFFICE_VISITS,
    OFFICE_VISITS_KNOWN,
    OFFICE_VISITS_NEW,
    CodedLine,
    CodedVisit,
    established_equivalent,
)
from coding.rules.pricing import Price, expected_price
from core.findings import Finding, Severity
from core.money import ZERO

_MOST_LINES = 50  # 837P: LX loops of a claim
_YEARS_NEW = 3


def check_lines(
    visit: CodedVisit, book: CodeBook, prices: Sequence[Price | None]
) -> Iterator[Finding]:
    """Everything that is wrong with single lines, and what a line needs beside it."""
    if not visit.lines:
        yield Finding(
            "line-missing",
            Severity.ERROR,
            "lines",
            "There is no service.",
            "Add the services that the note documents.",
        )
    if len(visit.lines) > _MOST_LINES:
        yield Finding(
            "line-too-many",
            Severity.ERROR,
            "lines",
            f"{len(visit.lines)} services: a professional claim carries 50.",
            "Split the visit's services over two claims.",
        )
    for position, line in enumerate(visit.lines, start=1):
        path = f"lines[{position}]"
        yield from _code(visit, book, line, path)
        yield from _pointers(visit, line, path)
        yield from _charge(line, path)
        yield from _units(visit, book, line, path)
        yield from _clia(visit, book, line, prices[position - 1], path)
        yield from _add_on(visit, book, line, prices[position - 1], path)
        yield from _patient_status(visit, book, line, path)
        yield from _age(visit, book, line, prices[position - 1], path)
        yield from _not_covered(visit, line, prices[position - 1], path)
    yield from _administration(visit, book, prices)


def _code(visit: CodedVisit, book: CodeBook, line: CodedLine, path: str) -> Iterator[Finding]:
    if book.procedure(line.code, visit.service_date):
        return
    periods = book.procedures.get(line.code)
    if periods:
        last = periods[-1]
        when = (
            f"its last day was {last.valid_to:%b %-d, %Y}"
            if last.valid_to
            else f"it begins on {last.valid_from:%b %-d, %Y}"
        )
        message = f"{line.code} is not valid on {visit.service_date:%b %-d, %Y}: {when}."
        name = "procedure-not-valid-on-date"
    else:
        message, name = f"{line.code} is not in the loaded code lists.", "procedure-unknown"
    yield Finding(
        name,
        Severity.ERROR,
        f"{path}.code",
        message,
        "Choose a code from the search, or ask the administrator to load the list that has it.",
    )


def _pointers(visit: CodedVisit, line: CodedLine, path: str) -> Iterator[Finding]:
    place = f"{path}.pointers"
    if not line.pointers:
        yield Finding(
            "pointer-missing",
            Severity.ERROR,
            place,
            f"{line.code} points to no diagnosis.",
            "Type the letter of the diagnosis it was done for, the main one first.",
        )
    if len(line.pointers) > 4:
        yield Finding(
            "pointer-too-many",
            Severity.ERROR,
            place,
            f"{line.code} points to {len(line.pointers)} diagnoses; four are the most.",
            "Keep the four that matter.",
        )
    if len(set(line.pointers)) < len(line.pointers):
        yield Finding(
            "pointer-twice",
            Severity.ERROR,
            place,
            f"{line.code} points to the same diagnosis twice.",
            "Remove one of them.",
        )
    for pointer in line.pointers:
        if not 1 <= pointer <= max(len(visit.diagnoses), 0):
            letter = chr(64 + pointer) if 1 <= pointer <= 26 else str(pointer)
            yield Finding(
                "pointer-nowhere",
                Severity.ERROR,
                place,
                f"{line.code} points to diagnosis {letter}, which is not there.",
                "Point to one of the diagnoses above, or add it.",
            )


def _charge(line: CodedLine, path: str) -> Iterator[Finding]:
    if line.charge is None or line.charge <= ZERO:
        yield Finding(
            "charge-missing",
            Severity.ERROR,
            f"{path}.charge",
            f"{line.code} has no charge.",
            "Type its charge in dollars and cents, such as 45.00, or add the code to the charge "
            "list.",
        )


def _units(visit: CodedVisit, book: CodeBook, line: CodedLine, path: str) -> Iterator[Finding]:
    place = f"{path}.units"
    if line.units < 1:
        yield Finding(
            "units-missing",
            Severity.ERROR,
            place,
            f"{line.code} has no units.",
            "Type how many were done; one is the least.",
        )
        return
    limit = book.limit(line.code, visit.service_date)
    if limit is None or limit.units == 0:
        return
    if limit.mai == "1":
        if line.units > limit.units:
            yield Finding(
                "mue-line",
                Severity.WARNING,
                place,
                f"{line.units} units of {line.code} on one line; Medicare expects at most "
                f"{limit.units} (MUE, per line).",
                "Check the units; if the note supports them, split them over lines with 76 or 59.",
            )
        return
    total = sum(other.units for other in visit.lines if other.code == line.code)
    is_first = next(other for other in visit.lines if other.code == line.code) is line
    if total <= limit.units or not is_first:
        return
    absolute = limit.mai == "2"
    yield Finding(
        "mue-day-absolute" if absolute else "mue-day",
        Severity.ERROR if absolute else Severity.WARNING,
        place,
        f"{total} units of {line.code} on one day; Medicare pays at most {limit.units} "
        f"(MUE, per day{', never more' if absolute else ''}).",
        "Correct the units."
        if absolute
        else "Check the units; more are paid only on appeal with the record.",
    )


def _clia(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    if book.category(line.code) == "lab" and not visit.clia_number:
        yield Finding(
            "clia-missing",
            Severity.ERROR,
            f"{path}.code",
            f"{line.code} is a laboratory test and the facility has no CLIA number.",
            "Ask the administrator to add the CLIA number to the facility.",
            price.allowed if price else ZERO,
        )


def _add_on(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    primaries = book.flag(line.code, "addon_of").split()
    if primaries and not any(other.code in primaries for other in visit.lines):
        shown = " or ".join(primaries[:3]) + (" …" if len(primaries) > 3 else "")
        yield Finding(
            "add-on-alone",
            Severity.ERROR,
            f"{path}.code",
            f"{line.code} is an add-on: it is paid only beside {shown}.",
            "Add the main service, or use the code for the first one.",
            price.allowed if price else ZERO,
        )


def _patient_status(
    visit: CodedVisit, book: CodeBook, line: CodedLine, path: str
) -> Iterator[Finding]:
    """New = not seen in three years by the same specialty in the same group (CPT)."""
    if line.code not in OFFICE_VISITS:
        return
    if line.code in OFFICE_VISITS_NEW and _seen_lately(visit.seen_before_on, visit.service_date):
        other = established_equivalent(line.code)
        yield Finding(
            "new-patient-seen-before",
            Severity.WARNING,
            f"{path}.code",
            f"{line.code} is for new patients, but this one was seen on "
            f"{visit.seen_before_on:%b %-d, %Y} by the same specialty.",
            f"Use the code for known patients with the same complexity: {other}.",
            _price_of(visit, book, other),
        )
    never_seen = visit.history_known and not _seen_lately(visit.seen_before_on, visit.service_date)
    if line.code in OFFICE_VISITS_KNOWN - {"99211"} and never_seen:
        yield Finding(
            "known-patient-never-seen",
            Severity.WARNING,
            f"{path}.code",
            f"{line.code} is for known patients, but no visit in the last three years is on file.",
            f"If the patient is new to the clinic, use 9920{line.code[-1]}.",
        )


def _age(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    first, _, last = book.flag(line.code, "ages").partition("-")
    if not first or visit.patient_age is None:
        return
    if not int(first) <= visit.patient_age <= int(last):
        ages = f"{first} and over" if last == "124" else f"{first} to {last}"
        yield Finding(
            "procedure-age",
            Severity.WARNING,
            f"{path}.code",
            f"{line.code} is for ages {ages}; the patient is {visit.patient_age}.",
            "Use the code for the patient's age.",
            price.allowed if price else ZERO,
        )


def _not_covered(
    visit: CodedVisit, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    # Without units or a charge nothing is paid either, and that has a finding of its own.
    is_complete = line.units > 0 and line.charge is not None and line.charge > ZERO
    if not is_complete or visit.payer.payer_id is None or price is None:
        return
    if price.allowed == ZERO:
        yield Finding(
            "not-covered",
            Severity.WARNING,
            f"{path}.code",
            f"{visit.payer.name} pays nothing for {line.code}.",
            "Check for a code that the payer covers, or tell the patient what it will cost.",
        )


def _seen_lately(seen: date | None, on: date) -> bool:
    if seen is None:
        return False
    try:
        horizon = on.replace(year=on.year - _YEARS_NEW)
    except ValueError:  # 29 February
        horizon = on.replace(year=on.year - _YEARS_NEW, day=28)
    return seen > horizon


def _price_of(visit: CodedVisit, book: CodeBook, code: str) -> Decimal:
    line = CodedLine(code, charge=book.charge_of(code, visit.service_date))
    price = expected_price(book, visit, line)
    return price.allowed if price else ZERO


def _administration(
    visit: CodedVisit, book: CodeBook, prices: Sequence[Price | None]
) -> Iterator[Finding]:
    """A vaccine without its administration, the administration without its vaccine, and drugs."""
    categories = [book.category(line.code) for line in visit.lines]
    for position, category in enumerate(categories, start=1):
        line = visit.lines[position - 1]
        path = f"lines[{position}].code"
        price = prices[position - 1]
        if category == "vaccine" and "vaccine-admin" not in categories:
            yield Finding(
                "vaccine-without-administration",
                Severity.WARNING,
                path,
                f"{line.code} is a vaccine, and nothing says that it was given.",
                "Add 90471 (Medicare flu: G0008, pneumonia: G0009) if the note documents it.",
                _price_of(visit, book, "90471"),
            )
        if category == "vaccine-admin" and "vaccine" not in categories:
            yield Finding(
                "administration-without-vaccine",
                Severity.WARNING,
                path,
                f"{line.code} says a vaccine was given, but no vaccine is coded.",
                "Add the vaccine that the note names.",
                price.allowed if price else ZERO,
            )
        given = {"procedure", "injection", "treatment"} & set(categories)
        if category == "drug" and not given:
            yield Finding(
                "drug-without-administration",
                Severity.WARNING,
                path,
                f"{line.code} is a drug, and nothing says how it was given.",
                "Add 96372 for a shot, or the procedure it was part of, if the note documents it.",
                _price_of(visit, book, "96372"),
            )
