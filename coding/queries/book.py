"""Filling the code book from the database, a few queries for any number of codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Q

from coding.enums import CodeSystem, FeeScheduleKind, NoteKind
from coding.models import (
    Code,
    CodeNote,
    ContractRate,
    ConversionFactor,
    FeeSchedule,
    FeeScheduleRate,
    Gpci,
    MueEdit,
    PtpEdit,
    RvuRow,
)
from coding.rules.book import CodeBook, headings
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
from encounters.models import Payer, PayerPolicy

T = TypeVar("T")

_FACT_FIELDS = (
    "system",
    "code",
    "description",
    "billable",
    "valid_from",
    "valid_to",
    "category",
    "attributes",
)


def load_book(
    *,
    diagnoses: Iterable[str] = (),
    procedures: Iterable[str] = (),
    payers: Iterable[int | None] = (),
) -> CodeBook:
    """A new code book with the given codes and payers, with all their periods."""
    return extend_book(CodeBook(), diagnoses=diagnoses, procedures=procedures, payers=payers)


def extend_book(
    book: CodeBook,
    *,
    diagnoses: Iterable[str] = (),
    procedures: Iterable[str] = (),
    payers: Iterable[int | None] = (),
) -> CodeBook:
    """Look up what the book does not hold yet; no query when it holds everything."""
    if not book.basics_loaded:
        _add_basics(book)
    new_diagnoses = set(diagnoses) - book.known_diagnoses
    new_procedures = set(procedures) - book.known_procedures
    new_payers = {payer for payer in payers if payer is not None} - book.known_payers
    if new_diagnoses or new_procedures:
        _add_codes(book, new_diagnoses, new_procedures)
    if new_diagnoses:
        _add_excludes(book, new_diagnoses)
        book.known_diagnoses |= new_diagnoses
    if new_procedures:
        _add_edits_and_prices(book, new_procedures)
        book.known_procedures |= new_procedures
    if new_payers:
        _add_contracts(book, new_payers)
        _add_terms(book, new_payers)
        book.known_payers |= new_payers
    return book


def _build(kind: Callable[..., T], row: Sequence[Any]) -> T:
    """A fact from a row whose columns are in the order of its fields."""
    return kind(*row)


def _add_basics(book: CodeBook) -> None:
    rows = Code.objects.filter(
        system__in=(CodeSystem.MODIFIER, CodeSystem.PLACE_OF_SERVICE)
    ).order_by("valid_from")
    for row in rows.values_list(*_FACT_FIELDS):
        fact = _build(CodeFact, row)
        table = book.modifiers if fact.system == CodeSystem.MODIFIER else book.places
        table.setdefault(fact.code, []).append(fact)
    for kind, amount, start, end in ConversionFactor.objects.values_list(
        "kind", "amount", "effective_from", "effective_to"
    ):
        book.factors.append(FactorFact(kind, amount, start, end))
    for locality, *indices in Gpci.objects.values_list(
        "locality", "work", "practice_expense", "malpractice", "effective_from", "effective_to"
    ):
        book.gpci.setdefault(locality, []).append(_build(GpciFact, indices))
    book.basics_loaded = True


def _add_codes(book: CodeBook, diagnoses: set[str], procedures: set[str]) -> None:
    rows = Code.objects.filter(
        Q(system=CodeSystem.ICD10CM, code__in=diagnoses)
        | Q(system__in=(CodeSystem.CPT, CodeSystem.HCPCS), code__in=procedures)
    ).order_by("valid_from")
    for row in rows.values_list(*_FACT_FIELDS):
        fact = _build(CodeFact, row)
        table = book.diagnoses if fact.system == CodeSystem.ICD10CM else book.procedures
        table.setdefault(fact.code, []).append(fact)


def _add_excludes(book: CodeBook, diagnoses: set[str]) -> None:
    places = {place for code in diagnoses for place in headings(code)} - set(book.excludes)
    notes = CodeNote.objects.filter(code__in=places, kind=NoteKind.EXCLUDES1)
    for place in places:
        book.excludes[place] = []
    for code, text, references in notes.values_list("code", "text", "references"):
        book.excludes[code].append((text, tuple(references)))


def _add_edits_and_prices(book: CodeBook, new: set[str]) -> None:
    everything = new | book.known_procedures
    pairs = PtpEdit.objects.filter(column1__in=everything, column2__in=everything)
    if book.known_procedures:
        pairs = pairs.filter(Q(column1__in=new) | Q(column2__in=new))
    for one, two, indicator, start, end in pairs.values_list(
        "column1", "column2", "modifier_indicator", "effective_from", "effective_to"
    ):
        book.ptp.setdefault((one, two), []).append(PtpFact(one, two, indicator, start, end))
    for code, *values in MueEdit.objects.filter(code__in=new).values_list(
        "code", "units", "adjudication_indicator", "effective_from", "effective_to"
    ):
        book.mue.setdefault(code, []).append(_build(MueFact, values))
    for code, modifier, *rvus in RvuRow.objects.filter(code__in=new).values_list(
        "code",
        "modifier",
        "status",
        "work",
        "nonfacility_pe",
        "facility_pe",
        "malpractice",
        "pc_tc",
        "global_days",
        "multiple",
        "bilateral",
        "effective_from",
        "effective_to",
    ):
        book.rvu.setdefault((code, modifier), []).append(_build(RvuFact, rvus))
    _add_prices(book, new)


def _add_prices(book: CodeBook, new: set[str]) -> None:
    prices: dict[tuple[str, date], dict[str, Decimal]] = defaultdict(dict)
    for start, prices_of in book.charges:
        prices[FeeScheduleKind.CHARGES, start] = prices_of
    for start, prices_of in book.medicare_fees:
        prices[FeeScheduleKind.MEDICARE, start] = prices_of
    for kind, start in FeeSchedule.objects.values_list("kind", "effective_from"):
        prices[kind, start]  # a schedule without this code hides the older one
    rates = FeeScheduleRate.objects.filter(code__in=new, modifier="")
    for kind, start, code, amount in rates.values_list(
        "schedule__kind", "schedule__effective_from", "code", "amount"
    ):
        prices[kind, start][code] = amount
    newest_first = sorted(prices, key=lambda key: key[1], reverse=True)
    book.charges = [
        (start, prices[kind, start])
        for kind, start in newest_first
        if kind == FeeScheduleKind.CHARGES
    ]
    book.medicare_fees = [
        (start, prices[kind, start])
        for kind, start in newest_first
        if kind == FeeScheduleKind.MEDICARE
    ]


def _add_contracts(book: CodeBook, payers: set[int]) -> None:
    for payer_id, *values in ContractRate.objects.filter(payer_id__in=payers).values_list(
        "payer_id",
        "code",
        "modifier",
        "amount",
        "percent_of_medicare",
        "version",
        "effective_from",
        "effective_to",
    ):
        book.contracts.setdefault(payer_id, []).append(_build(ContractFact, values))


def _add_terms(book: CodeBook, payers: set[int]) -> None:
    """Each payer's policies; a payer without any is known by its name and kind alone."""
    for payer_id, name, kind in Payer.objects.filter(pk__in=payers).values_list(
        "pk", "name", "kind"
    ):
        terms = PayerTerms(payer_id=payer_id, name=name, kind=kind)
        book.terms[payer_id] = [(date.max, None, terms)]
    policies = PayerPolicy.objects.filter(payer_id__in=payers).order_by("-effective_from")
    for policy in policies.select_related("payer"):
        terms = PayerTerms(
            payer_id=policy.payer_id,
            name=policy.payer.name,
            kind=policy.payer.kind,
            requires_qw=policy.requires_qw,
            telehealth_modifier=policy.telehealth_modifier,
        )
        book.terms[policy.payer_id].insert(-1, (policy.effective_from, policy.effective_to, terms))
