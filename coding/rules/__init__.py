"""Coding edits: pure functions over plain values that return findings."""

from __future__ import annotations

from coding.rules.book import CodeBook
from coding.rules.diagnoses import check_diagnoses
from coding.rules.facts import CodedVisit
from coding.rules.lines import check_lines
from coding.rules.modifiers import check_modifiers
from coding.rules.ncci import check_pairs
from coding.rules.pricing import Price, expected_lines
from core.findings import Finding, sorted_findings


def check_visit(
    visit: CodedVisit, book: CodeBook, prices: list[Price | None] | None = None
) -> list[Finding]:
    """All coding edits of a visit, the most serious and the dearest first.

    The book must hold the visit's codes (`coding.queries.extend_book`). `prices` are the
    expected lines when the caller has them already. Edits that only an insurer applies are
    left out when the patient pays.
    """
    if prices is None:
        prices = expected_lines(book, visit)
    return sorted_findings(
        [
            *check_diagnoses(visit, book),
            *check_lines(visit, book, prices),
            *check_modifiers(visit, book, prices),
            *(check_pairs(visit, book, prices) if visit.payer.payer_id is not None else ()),
        ]
    )
