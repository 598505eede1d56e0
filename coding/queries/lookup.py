"""Everything the product knows about one code on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from coding.enums import CodeSystem, NoteKind
from coding.models import Code, CodeNote, PtpEdit
from coding.queries.book import load_book
from coding.queries.search import PROCEDURES, successors
from coding.rules.book import headings
from coding.rules.facts import MueFact, RvuFact


@dataclass(frozen=True, slots=True)
class CodeDetail:
    """A code with its periods, notes (its own and its headings'), edits and charge."""

    code: str
    title: str
    system: str
    periods: list[Code]
    is_valid: bool
    notes: list[tuple[str, list[CodeNote]]]
    pairs: list[PtpEdit]
    limit: MueFact | None
    rvus: RvuFact | None
    charge: Decimal | None
    attributes: dict[str, object]
    since_then: list[str]


def takes_qw(code: str) -> Exists:
    """Whether the procedure in the column `code` is a waived test that is billed with QW.

    The code list says which are (CMS, tests granted waived status under CLIA): those that every
    payer wants it for, and those that have waived kits.
    """
    waived = Code.objects.filter(
        system__in=PROCEDURES, code=OuterRef(code), attributes__qw__in=["required", "possible"]
    )
    return Exists(waived)


def code_detail(code: str, *, systems: Sequence[str], on: date) -> CodeDetail | None:
    """The code on the day; None when no list holds it. At most a dozen queries."""
    periods = list(Code.objects.filter(system__in=systems, code=code).order_by("valid_from"))
    if not periods:
        return None
    valid = [
        one
        for one in periods
        if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
    ]
    shown = (valid or periods)[-1]
    book = load_book(procedures=[code]) if shown.system != CodeSystem.ICD10CM else None
    return CodeDetail(
        code=code,
        title=shown.description,
        system=shown.get_system_display(),
        periods=periods,
        is_valid=bool(valid) and shown.billable,
        notes=_notes(code) if shown.system == CodeSystem.ICD10CM else [],
        pairs=_pairs(code, on) if book else [],
        limit=book.limit(code, on) if book else None,
        rvus=book.rvus(code, (), on) if book else None,
        charge=book.charge_of(code, on) if book else None,
        attributes=shown.attributes,
        since_then=_since_then(shown, on),
    )


def _since_then(shown: Code, on: date) -> list[str]:
    if shown.system != CodeSystem.ICD10CM or shown.valid_to is None or shown.valid_to >= on:
        return []
    return successors(shown.code, shown.valid_to)


def _notes(code: str) -> list[tuple[str, list[CodeNote]]]:
    places = headings(code)
    found: dict[str, list[CodeNote]] = {}
    for note in CodeNote.objects.filter(code__in=places).order_by("code", "id"):
        found.setdefault(NoteKind(note.kind).label, []).append(note)
    order = [kind.label for kind in NoteKind]
    return sorted(found.items(), key=lambda item: order.index(item[0]))


def _pairs(code: str, on: date) -> list[PtpEdit]:
    return list(
        PtpEdit.objects.filter(
            Q(column1=code) | Q(column2=code),
            Q(effective_to=None) | Q(effective_to__gte=on),
            effective_from__lte=on,
        ).order_by("column1", "column2")[:60]
    )
