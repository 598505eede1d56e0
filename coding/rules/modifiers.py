"""Edits of the modifiers: the ones that are missing, and what each loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coding.rules.book import CodeBook
from coding.rules.diagnoses import side_of
from coding.rules.facts import (
    OFFICE_VISITS,
    CodedLine,
    CodedVisit,
    is_visit,
)
from coding.rules.pricing import Price
from core.findings import Finding, Severity
from core.money import ZERO

DISTINCT = frozenset({"XE", "XS", "XP", "XU"})
REPEAT = frozenset({"76", "77", "91"})
VISIT_ONLY = frozenset({"24", "25", "57"})
TELEHEALTH = frozenset({"93", "95", "GT"})
SIDES = frozenset({"RT", "LT"})
DIGITS = frozenset(
    {
        *(f"E{n}" for n in range(1, 5)),
        *(f"F{n}" for n in range(1, 10)),
        "FA",
        *(f"T{n}" for n in range(1, 10)),
        "TA",
    }
)
_HOME, _ELSEWHERE = "10", "02"


def check_modifiers(
    visit: CodedVisit, book: CodeBook, prices: Sequence[Price | None]
) -> Iterator[Finding]:
    """Everything that is wrong with the modifiers of a visit."""
    for position, line in enumerate(visit.lines, start=1):
        path = f"lines[{position}].modifiers"
        price = prices[position - 1]
        yield from _known(visit, book, line, path)
        yield from _contradictions(line, path)
        yield from _fitting(visit, book, line, path)
        if visit.payer.payer_id is None:
            continue  # the rest is about what an insurer pays
        yield from _waived(visit, book, line, price, path)
        yield from _side(visit, book, line, price, path)
        yield from _telehealth(visit, line, price, path)
        yield from _global_period(visit, book, line, price, path)
    if visit.payer.payer_id is not None:
        yield from _long_term_add_on(visit, prices)
        yield from _repeats(visit, prices)


def _known(visit: CodedVisit, book: CodeBook, line: CodedLine, path: str) -> Iterator[Finding]:
    if len(line.modifiers) > 4:
        yield Finding(
            "modifier-too-many",
            Severity.ERROR,
            path,
            f"{line.code} has {len(line.modifiers)} modifiers; four are the most.",
            "Keep the ones that change the payment first.",
        )
    if len(set(line.modifiers)) < len(line.modifiers):
        yield Finding(
            "modifier-twice",
            Severity.ERROR,
            path,
            f"{line.code} has the same modifier twice.",
            "Remove one of them.",
        )
    for modifier in dict.fromkeys(line.modifiers):
        if book.modifier(modifier, visit.service_date) is None:
            yield Finding(
                "modifier-unknown",
                Severity.ERROR,
                path,
                f"{modifier} is not a modifier that is valid on the day.",
                "Choose one from the list.",
            )


def _contradictions(line: CodedLine, path: str) -> Iterator[Finding]:
    modifiers = set(line.modifiers)
    if "59" in modifiers and modifiers & DISTINCT:
        yield Finding(
            "modifier-59-with-x",
            Severity.ERROR,
            path,
            f"{line.code} has 59 and {', '.join(sorted(modifiers & DISTINCT))}: they say the same.",
            "Keep the X modifier, it says more.",
        )
    if "50" in modifiers and modifiers & SIDES:
        yield Finding(
            "modifier-50-with-side",
            Severity.ERROR,
            path,
            f"{line.code} has 50 (both sides) together with a side.",
            "Keep 50 if both sides were done, else the side.",
        )
    if modifiers >= SIDES:
        yield Finding(
            "modifier-both-sides",
            Severity.ERROR,
            path,
            f"{line.code} has RT and LT on one line.",
            "Use 50, or one line for each side, as the payer wants it.",
        )
    if {"26", "TC"} <= modifiers:
        yield Finding(
            "modifier-26-and-tc",
            Severity.ERROR,
            path,
            f"{line.code} has 26 and TC: together they are the whole service.",
            "Remove both.",
        )


def _fitting(visit: CodedVisit, book: CodeBook, line: CodedLine, path: str) -> Iterator[Finding]:
    modifiers = set(line.modifiers)
    if modifiers & VISIT_ONLY and not _counts_as_visit(book, line.code):
        wrong = ", ".join(sorted(modifiers & VISIT_ONLY))
        yield Finding(
            "modifier-visit-only",
            Severity.ERROR,
            path,
            f"{wrong} is for visits, and {line.code} is not one.",
            "Put it on the visit; on a procedure use 58, 59, 78 or 79.",
        )
    if (modifiers & DISTINCT or "59" in modifiers) and line.code in OFFICE_VISITS:
        yield Finding(
            "modifier-59-on-visit",
            Severity.ERROR,
            path,
            f"59 and the X modifiers are not for visits ({line.code}).",
            "Use 25 instead.",
        )
    if "QW" in modifiers and book.procedures.get(line.code) and not book.flag(line.code, "qw"):
        yield Finding(
            "modifier-qw-not-waived",
            Severity.ERROR,
            path,
            f"{line.code} is not on the list of waived tests that take QW.",
            "Remove QW.",
        )
    row = book.rvus(line.code, (), visit.service_date)
    if row is None:
        return
    if modifiers & {"26", "TC"} and row.pc_tc not in ("1", "6"):
        yield Finding(
            "modifier-26-tc-not-split",
            Severity.ERROR,
            path,
            f"{line.code} cannot be split into reading and equipment.",
            "Remove 26 or TC.",
        )
    if "50" in modifiers and row.bilateral in ("0", "2", "9"):
        yield Finding(
            "modifier-50-not-bilateral",
            Severity.ERROR,
            path,
            f"Modifier 50 does not apply to {line.code}"
            f"{': the code means both sides' if row.bilateral == '2' else ''}.",
            "Remove 50.",
        )


def _counts_as_visit(book: CodeBook, code: str) -> bool:
    return is_visit(code) or book.category(code).startswith("em-")


def _waived(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    if book.flag(line.code, "qw") != "required" or "QW" in line.modifiers:
        return
    if not visit.payer.requires_qw:
        return
    yield Finding(
        "modifier-qw-missing",
        Severity.WARNING,
        path,
        f"{line.code} is a waived test: without QW {visit.payer.name} pays nothing for it.",
        "Add QW if the test was done in the clinic with a waived kit.",
        price.allowed if price else ZERO,
    )


def _side(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    if book.flag(line.code, "laterality") != "paired":
        return
    modifiers = set(line.modifiers)
    if not modifiers & (SIDES | {"50"}):
        yield Finding(
            "modifier-side-missing",
            Severity.WARNING,
            path,
            f"{line.code} is done on a side, and no modifier says which.",
            "Add RT or LT as the note says, or 50 for both.",
            price.allowed if price else ZERO,
        )
        return
    wanted = {"RT": "right", "LT": "left"}.get(next(iter(modifiers & SIDES), ""), "")
    named = {
        side_of(book.diagnosis(visit.diagnoses[pointer - 1], visit.service_date))
        for pointer in line.pointers
        if 1 <= pointer <= len(visit.diagnoses)
    }
    if wanted and named and wanted not in named and "" not in named:
        yield Finding(
            "modifier-side-differs",
            Severity.WARNING,
            path,
            f"{line.code} was done on the {wanted}, its diagnoses say the {named.pop()}.",
            "Compare with the note, and correct the modifier or the diagnosis.",
            price.allowed if price else ZERO,
        )


def _telehealth(
    visit: CodedVisit, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    remote = visit.place_of_service in (_HOME, _ELSEWHERE)
    marked = bool(set(line.modifiers) & TELEHEALTH)
    if marked and not remote:
        yield Finding(
            "telehealth-place",
            Severity.ERROR,
            path,
            f"{line.code} is marked as telehealth, but the place of service is "
            f"{visit.place_of_service}.",
            "Place of service 10 (patient at home) or 02, or no telehealth modifier.",
        )
    wanted = visit.payer.telehealth_modifier
    if remote and wanted and is_visit(line.code) and not marked:
        yield Finding(
            "telehealth-modifier-missing",
            Severity.WARNING,
            path,
            f"{visit.payer.name} wants {wanted} on telehealth visits.",
            f"Add {wanted} (93 if there was no picture).",
            price.allowed if price else ZERO,
        )


def _global_period(
    visit: CodedVisit, book: CodeBook, line: CodedLine, price: Price | None, path: str
) -> Iterator[Finding]:
    """Services in the follow-up days of an earlier procedure are part of it, unless marked."""
    is_em = _counts_as_visit(book, line.code)
    marks = {"24"} if is_em else {"58", "76", "77", "78", "79"}
    row = book.rvus(line.code, (), visit.service_date)
    surgical = row is not None and row.global_days in ("000", "010", "090")
    if set(line.modifiers) & marks or not (is_em or surgical):
        return
    for period in visit.global_periods:
        days = (visit.service_date - period.performed_on).days
        if 0 < days <= period.days:
            yield Finding(
                "global-period",
                Severity.WARNING,
                path,
                f"{line.code} falls into the {period.days} follow-up days of {period.code} "
                f"({period.performed_on:%b %-d, %Y}).",
                "Add 24 if the visit is about something else."
                if is_em
                else "Add 79 if unrelated, 58 if planned, 78 for a return to the operating room.",
                price.allowed if price else ZERO,
            )
            return


def _long_term_add_on(visit: CodedVisit, prices: Sequence[Price | None]) -> Iterator[Finding]:
    """G2211 does not pay beside a visit with 25 (except wellness, vaccines, prevention)."""
    with_25 = any("25" in line.modifiers and line.code in OFFICE_VISITS for line in visit.lines)
    excepted = any(
        line.code in ("G0402", "G0438", "G0439", "G0008", "G0009", "90471") for line in visit.lines
    )
    for position, line in enumerate(visit.lines, start=1):
        if line.code == "G2211" and with_25 and not excepted:
            price = prices[position - 1]
            yield Finding(
                "g2211-with-25",
                Severity.WARNING,
                f"lines[{position}].code",
                "G2211 does not pay beside a visit with modifier 25.",
                "Remove G2211, unless the other service is a vaccine or prevention.",
                price.allowed if price else ZERO,
            )


def _repeats(visit: CodedVisit, prices: Sequence[Price | None]) -> Iterator[Finding]:
    """The same code twice on a day, without a modifier, is denied as a duplicate."""
    first: dict[str, CodedLine] = {}
    for position, line in enumerate(visit.lines, start=1):
        earlier = first.setdefault(line.code, line)
        if earlier is line:
            continue
        telling = {"59"} | DISTINCT | REPEAT
        sides = SIDES | DIGITS
        if set(line.modifiers) & telling:
            continue
        if (set(line.modifiers) & sides) != (set(earlier.modifiers) & sides):
            continue
        price = prices[position - 1]
        yield Finding(
            "line-repeated",
            Severity.WARNING,
            f"lines[{position}].modifiers",
            f"{line.code} is there twice with nothing to distinguish the two: the second is "
            "denied as a duplicate.",
            "Use units on one line, or add 76 (repeated), 59 (separate) or the sides.",
            price.allowed if price else ZERO,
        )
