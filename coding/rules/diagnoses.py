"""Edits of the diagnoses: valid, billable, alone and together (ICD-10-CM, MCE)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from coding.rules.book import CodeBook, headings, matches
from coding.rules.facts import CodedVisit, CodeFact
from core.findings import Finding, Severity

_MOST_DIAGNOSES = 12  # 837P: HI segment, 12 unique diagnoses
_RIGHT, _LEFT = "right", "left"


def check_diagnoses(visit: CodedVisit, book: CodeBook) -> Iterator[Finding]:
    """Everything that is wrong with the diagnoses of a visit."""
    if not visit.diagnoses:
        yield Finding(
            "diagnosis-missing",
            Severity.ERROR,
            "diagnoses",
            "There is no diagnosis.",
            "Add the diagnosis that the note documents, the main reason for the visit first.",
        )
    if len(visit.diagnoses) > _MOST_DIAGNOSES:
        yield Finding(
            "diagnosis-too-many",
            Severity.ERROR,
            "diagnoses",
            f"{len(visit.diagnoses)} diagnoses: a professional claim carries 12.",
            "Keep the twelve that matter to the services.",
        )
    seen: dict[str, int] = {}
    for position, code in enumerate(visit.diagnoses, start=1):
        path = f"diagnoses[{position}]"
        if code in seen:
            yield Finding(
                "diagnosis-twice",
                Severity.ERROR,
                path,
                f"{code} is entered twice (also in place {seen[code]}).",
                "Remove one of them.",
            )
            continue
        seen[code] = position
        fact = book.diagnosis(code, visit.service_date)
        if fact is None or not fact.billable:
            yield _not_usable(book, code, fact, path, visit.service_date)
            continue
        yield from _by_itself(visit, fact, position, path)
    yield from _excluded_pairs(visit, book)


def explain_invalid(book: CodeBook, code: str, on: date) -> tuple[str, str]:
    """Why a diagnosis code cannot be used on the day, and what to do: two sentences."""
    fact = book.diagnosis(code, on)
    if fact is not None and fact.billable:
        return "", ""
    if fact is not None:
        return (
            f"{code} ({fact.description}) is a heading: it needs more characters.",
            f"Choose one of the codes below {code}.",
        )
    periods = book.diagnoses.get(code, [])
    earlier = [one for one in periods if one.valid_to is not None and one.valid_to < on]
    later = [one for one in periods if one.valid_from > on]
    if earlier and earlier[-1].valid_to:
        return (
            (
                f"{code} is not valid on {on:%b %-d, %Y}: its last day was "
                f"{earlier[-1].valid_to:%b %-d, %Y}."
            ),
            f"Search for the codes below {headings(code)[-1]} that are valid on the day.",
        )
    if later:
        return (
            (
                f"{code} is not valid on {on:%b %-d, %Y}: it begins on "
                f"{later[0].valid_from:%b %-d, %Y}."
            ),
            "Use the code that was valid on the day of the visit.",
        )
    return (
        f"{code} is not an ICD-10-CM code.",
        "Search by words or by the first characters, and choose from the list.",
    )


def _not_usable(book: CodeBook, code: str, fact: CodeFact | None, path: str, on: date) -> Finding:
    message, fix = explain_invalid(book, code, on)
    name = (
        "diagnosis-not-billable"
        if fact is not None
        else ("diagnosis-not-valid-on-date" if book.diagnoses.get(code) else "diagnosis-unknown")
    )
    return Finding(name, Severity.ERROR, path, message, fix)


def _by_itself(visit: CodedVisit, fact: CodeFact, position: int, path: str) -> Iterator[Finding]:
    edits = fact.attributes.get("edits", ())
    if position == 1 and "manifestation" in edits:
        yield Finding(
            "diagnosis-manifestation-first",
            Severity.ERROR,
            path,
            f"{fact.code} is a manifestation: it cannot stand first.",
            "Put the underlying disease before it.",
        )
    if position == 1 and "ecodepdx" in edits:
        yield Finding(
            "diagnosis-external-cause-first",
            Severity.ERROR,
            path,
            f"{fact.code} says how it happened and cannot be first.",
            "Put the injury before it.",
        )
    yield from _age(visit, fact, edits, path)


# Medicare Code Editor: ages in years, first and last.
_AGES = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}


def _age(visit: CodedVisit, fact: CodeFact, edits: tuple[str, ...], path: str) -> Iterator[Finding]:
    if visit.patient_age is None:
        return
    for name, (first, last) in _AGES.items():
        if name in edits and not first <= visit.patient_age <= last:
            yield Finding(
                "diagnosis-age",
                Severity.WARNING,
                path,
                f"{fact.code} is meant for ages {first} to {last}; the patient is "
                f"{visit.patient_age}.",
                "Check the code and the birth date.",
            )


def _excluded_pairs(visit: CodedVisit, book: CodeBook) -> Iterator[Finding]:
    reported: set[frozenset[str]] = set()
    for position, code in enumerate(visit.diagnoses, start=1):
        for place, text, patterns in book.excludes_of(code):
            for other in visit.diagnoses:
                pair = frozenset((code, other))
                if len(pair) == 1 or pair in reported:
                    continue
                if any(matches(pattern, other) for pattern in patterns):
                    reported.add(pair)
                    yield Finding(
                        "diagnosis-excludes1",
                        Severity.ERROR,
                        f"diagnoses[{position}]",
                        f"{code} and {other} never go together: {place} excludes “{text}”.",
                        "Keep the one that the note supports.",
                    )


def side_of(fact: CodeFact | None) -> str:
    """`right`, `left` or empty: the side that a diagnosis title names."""
    words = set() if fact is None else set(fact.description.lower().replace(",", " ").split())
    if _RIGHT in words and _LEFT not in words:
        return _RIGHT
    if _LEFT in words and _RIGHT not in words:
        return _LEFT
    return ""
