"""The code book: what the rules look up, loaded once and good for any date of service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from coding.rules.facts import (
    CodeFact,
    ContractFact,
    FactorFact,
    GpciFact,
    MueFact,
    PayerTerms,
    PtpFact,
    RvuFact,
)


class _Dated(Protocol):
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date | None: ...


Fact = TypeVar("Fact", bound=_Dated)


def on_day(facts: Iterable[Fact] | None, on: date) -> Fact | None:
    """The fact whose period covers the day; the latest start wins."""
    best: Fact | None = None
    for fact in facts or ():
        covers = fact.start <= on and (fact.end is None or on <= fact.end)
        if covers and (best is None or fact.start > best.start):
            best = fact
    return best


def headings(code: str) -> list[str]:
    """The code and the headings above it: M25.511 → M25.511, M25.51, M25.5, M25."""
    bare = code.replace(".", "")
    return [
        f"{bare[:length]}" if length == 3 else f"{bare[:3]}.{bare[3:length]}"
        for length in range(len(bare), 2, -1)
    ]


@dataclass(slots=True)
class CodeBook:
    """Facts by code, with their periods. `coding.queries.extend_book` fills it.

    `known_*` are the codes that were looked up already, found or not.
    """

    diagnoses: dict[str, list[CodeFact]] = field(default_factory=dict)
    procedures: dict[str, list[CodeFact]] = field(default_factory=dict)
    modifiers: dict[str, list[CodeFact]] = field(default_factory=dict)
    places: dict[str, list[CodeFact]] = field(default_factory=dict)
    # Excludes1 by code or heading: the text and its code patterns.
    excludes: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    ptp: dict[tuple[str, str], list[PtpFact]] = field(default_factory=dict)
    mue: dict[str, list[MueFact]] = field(default_factory=dict)
    rvu: dict[tuple[str, str], list[RvuFact]] = field(default_factory=dict)
    gpci: dict[str, list[GpciFact]] = field(default_factory=dict)
    factors: list[FactorFact] = field(default_factory=list)
    # Prices of one unit by schedule start, latest first.
    charges: list[tuple[date, dict[str, Decimal]]] = field(default_factory=list)
    medicare_fees: list[tuple[date, dict[str, Decimal]]] = field(default_factory=list)
    contracts: dict[int, list[ContractFact]] = field(default_factory=dict)
    # How each payer wants it, by period.
    terms: dict[int, list[tuple[date, date | None, PayerTerms]]] = field(default_factory=dict)
    known_diagnoses: set[str] = field(default_factory=set)
    known_procedures: set[str] = field(default_factory=set)
    known_payers: set[int] = field(default_factory=set)
    basics_loaded: bool = False

    def diagnosis(self, code: str, on: date) -> CodeFact | None:
        """The diagnosis code as valid on the day."""
        return _valid(self.diagnoses.get(code), on)

    def procedure(self, code: str, on: date) -> CodeFact | None:
        """The CPT or HCPCS code as valid on the day."""
        return _valid(self.procedures.get(code), on)

    def modifier(self, code: str, on: date) -> CodeFact | None:
        """The modifier as valid on the day."""
        return _valid(self.modifiers.get(code), on)

    def category(self, code: str) -> str:
        """The clinic's own grouping of a procedure code; empty when it has none."""
        facts = self.procedures.get(code)
        return facts[0].category if facts else ""

    def flag(self, code: str, name: str) -> str:
        """An attribute of a procedure code (`qw`, `laterality`, `addon_of`, `ages`), or empty."""
        facts = self.procedures.get(code)
        return str(facts[0].attributes.get(name, "")) if facts else ""

    def is_facility(self, place_of_service: str) -> bool:
        """Whether Medicare pays the facility rate there (no practice expense of an office)."""
        facts = self.places.get(place_of_service)
        return bool(facts and facts[-1].attributes.get("facility"))

    def pair(self, column1: str, column2: str, on: date) -> PtpFact | None:
        """The NCCI edit of two codes on the day."""
        return on_day(self.ptp.get((column1, column2)), on)

    def limit(self, code: str, on: date) -> MueFact | None:
        """The medically unlikely edit of a code on the day."""
        return on_day(self.mue.get(code), on)

    def rvus(self, code: str, modifiers: Sequence[str], on: date) -> RvuFact | None:
        """The fee schedule row: of 26 or TC when billed and listed, else of the whole service."""
        for part in ("26", "TC"):
            if part in modifiers and (row := on_day(self.rvu.get((code, part)), on)):
                return row
        return on_day(self.rvu.get((code, "")), on)

    def charge_of(self, code: str, on: date) -> Decimal | None:
        """The clinic's charge for one unit, in US dollars."""
        return _price(self.charges, code, on)

    def medicare_fee_of(self, code: str, on: date) -> Decimal | None:
        """Medicare's price of one unit where no RVU sets it (laboratory, drugs, vaccines)."""
        return _price(self.medicare_fees, code, on)

    def payer_terms(self, payer_id: int | None, on: date) -> PayerTerms:
        """How the payer wants it on the day; without a payer, the patient pays."""
        if payer_id is None:
            return PayerTerms()
        periods = self.terms.get(payer_id, [])
        for start, end, terms in periods:
            if start <= on and (end is None or on <= end):
                return terms
        return periods[-1][2] if periods else PayerTerms(payer_id=payer_id)

    def excludes_of(self, code: str) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        """Each Excludes1 note that applies to the code: its code, text, patterns."""
        for place in headings(code):
            for text, patterns in self.excludes.get(place, ()):
                yield place, text, patterns


def _valid(facts: list[CodeFact] | None, on: date) -> CodeFact | None:
    return next((fact for fact in facts or () if fact.covers(on)), None)


def _price(schedules: list[tuple[date, dict[str, Decimal]]], code: str, on: date) -> Decimal | None:
    for start, prices in schedules:
        if start <= on:
            return prices.get(code)
    return None


def matches(pattern: str, code: str) -> bool:
    """Whether a note's pattern names the code: `J06.0` (and below), `A38.-`, `O10-O11`."""
    first, last = _bounds(pattern)
    bare = code.replace(".", "")
    return first <= bare[: len(first)] and bare[: len(last)] <= last


def _bounds(pattern: str) -> tuple[str, str]:
    text = pattern.replace(".", "")
    if text.endswith("-"):
        text = text.rstrip("-")
    first, _, last = text.partition("-")
    return first, last or first
