"""NCCI procedure-to-procedure edits, with modifier 25 on visits as their most common answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coding.rules.book import CodeBook
from coding.rules.facts import OFFICE_VISITS, CodedLine, CodedVisit, is_visit
from coding.rules.modifiers import DIGITS, DISTINCT, REPEAT, SIDES
from coding.rules.pricing import Price
from core.findings import Finding, Severity
from core.money import ZERO

_SEPARATE = frozenset({"59", "58", "78", "79"}) | DISTINCT | REPEAT
_VISIT_SEPARATE = frozenset({"24", "25", "57"})


def check_pairs(
    visit: CodedVisit, book: CodeBook, prices: Sequence[Price | None]
) -> Iterator[Finding]:
    """Pairs where column 2 is not paid, and visits that need 25 or 57."""
    needs_25: set[int] = set()
    for one, first in enumerate(visit.lines, start=1):
        for two, second in enumerate(visit.lines, start=1):
            if one == two:
                continue
            edit = book.pair(first.code, second.code, visit.service_date)
            if edit is None or edit.indicator == "9":
                continue
            price = prices[two - 1]
            if edit.indicator == "0":
                yield _never(first, second, two, price)
            elif not _told_apart(first, second):
                if is_visit(second.code) and is_visit(first.code):
                    yield _two_visits(first, second, two, price)
                elif is_visit(second.code):
                    needs_25.add(two)
                else:
                    yield _bundled(first, second, two, price)
    yield from _visits(visit, book, prices, needs_25)


def _told_apart(first: CodedLine, second: CodedLine) -> bool:
    if is_visit(second.code):
        return bool(set(second.modifiers) & _VISIT_SEPARATE)
    if (set(first.modifiers) | set(second.modifiers)) & _SEPARATE:
        return True
    sides = SIDES | DIGITS
    one, two = set(first.modifiers) & sides, set(second.modifiers) & sides
    return bool(one and two and one != two)


def _never(first: CodedLine, second: CodedLine, position: int, price: Price | None) -> Finding:
    return Finding(
        "ncci-never-together",
        Severity.ERROR,
        f"lines[{position}].code",
        f"{second.code} is part of {first.code}: NCCI pays it never on the same day.",
        f"Remove {second.code}.",
        price.allowed if price else ZERO,
    )


def _bundled(first: CodedLine, second: CodedLine, position: int, price: Price | None) -> Finding:
    return Finding(
        "ncci-bundled",
        Severity.WARNING,
        f"lines[{position}].modifiers",
        f"{second.code} counts as part of {first.code} on the same day (NCCI): it would pay "
        "nothing.",
        "Add 59 or XE, XS, XP, XU if the note shows that it was separate; else remove it.",
        price.allowed if price else ZERO,
    )


def _two_visits(first: CodedLine, second: CodedLine, position: int, price: Price | None) -> Finding:
    return Finding(
        "two-visits",
        Severity.WARNING,
        f"lines[{position}].code",
        f"{first.code} and {second.code} are both visits of the same day: one of them pays.",
        "Keep the one that the note supports; 25 only if they were about different problems.",
        price.allowed if price else ZERO,
    )


def _visits(
    visit: CodedVisit, book: CodeBook, prices: Sequence[Price | None], needs_25: set[int]
) -> Iterator[Finding]:
    """Modifier 25 beside a minor procedure or prevention, 57 beside major surgery."""
    major = [line for line in visit.lines if _global_days(visit, book, line) == "090"]
    prevention = [
        line
        for line in visit.lines
        if book.category(line.code).startswith(("em-preventive", "em-wellness"))
    ]
    for position, line in enumerate(visit.lines, start=1):
        if line.code not in OFFICE_VISITS and position not in needs_25:
            continue
        price = prices[position - 1]
        path = f"lines[{position}].modifiers"
        if major and line.code in OFFICE_VISITS and "57" not in line.modifiers:
            yield Finding(
                "modifier-57-missing",
                Severity.WARNING,
                path,
                f"{line.code} on the day of {major[0].code} (major surgery) counts as part of it.",
                "Add 57 if the operation was decided at this visit.",
                price.allowed if price else ZERO,
            )
            continue
        beside = _beside(visit, book, line, needs_25, position, prevention)
        if beside and not set(line.modifiers) & _VISIT_SEPARATE:
            yield Finding(
                "modifier-25-missing",
                Severity.WARNING,
                path,
                f"{line.code} together with {beside}: without 25 the visit counts as part of it "
                "and pays nothing.",
                "Add 25 if the note shows a visit of its own beside the procedure.",
                price.allowed if price else ZERO,
            )
        elif "25" in line.modifiers and len(visit.lines) == 1:
            yield Finding(
                "modifier-25-needless",
                Severity.WARNING,
                path,
                f"{line.code} has 25, but there is nothing beside it on this day.",
                "Remove 25, or add the service it goes with.",
            )


def _beside(
    visit: CodedVisit,
    book: CodeBook,
    line: CodedLine,
    needs_25: set[int],
    position: int,
    prevention: list[CodedLine],
) -> str:
    """The codes that make 25 necessary, as text; empty when none does."""
    if position in needs_25:
        codes = [
            other.code
            for other in visit.lines
            if (edit := book.pair(other.code, line.code, visit.service_date))
            and edit.indicator == "1"
        ]
        return ", ".join(codes)
    others = [other.code for other in prevention if other is not line]
    return ", ".join(others)


def _global_days(visit: CodedVisit, book: CodeBook, line: CodedLine) -> str:
    row = book.rvus(line.code, line.modifiers, visit.service_date)
    return row.global_days if row else ""
