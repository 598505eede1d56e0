"""Loading published code lists, edits and fees, each in its publisher's own file format."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path

from django.db import IntegrityError, connection, transaction

from coding.enums import CodeSystem, FeeScheduleKind, ReleaseKind
from coding.formats import edits, icd10cm, procedures
from coding.formats.base import CodeRow, FormatError, plain
from coding.models import CodeNote, CodeRelease, FeeSchedule, FeeScheduleRate
from coding.services.code_search_index import refresh_icd_synonyms, refresh_spelling
from coding.services.staging import MergeCount, StagedRow, Target, copy_rows, merge
from core.errors import Refused
from core.money import cents

# One load at a time, in whatever process: an arbitrary key of a PostgreSQL advisory lock.
_LOCK = 7_316_001


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. `already_loaded`: the same bytes for the same date, nothing changed."""

    system: str
    file: str
    effective: date
    rows: int
    added: int
    revised: int
    ended: int
    already_loaded: bool
    seconds: Decimal

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "system": self.system,
            "file": self.file,
            "effective": self.effective.isoformat(),
            "rows": self.rows,
            "added": self.added,
            "revised": self.revised,
            "ended": self.ended,
            "already_loaded": self.already_loaded,
            "seconds": str(self.seconds),
        }


def load_codes(*, system: str, path: Path, effective: date, complete: bool = True) -> LoadResult:
    """Load one file, all or nothing; the same file for the same date again is a no-op.

    `complete` says that the file is the whole list of its kind: what is missing from it
    ends the day before `effective`. Raises `Refused` with the file, the line and the
    reason; nothing is changed then.
    """
    kind = _known(system)
    started = time.monotonic()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Refused(
            f"{path}: cannot be read ({error.strerror}).",
            fix="Check the path and its permissions.",
            code="unreadable",
            file=str(path),
            line=0,
        ) from error
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        key = {"kind": kind, "effective_from": effective, "sha256": digest}
        known = CodeRelease.objects.filter(**key).first()
        if known:
            count, done = MergeCount(known.rows, 0, 0, 0), True
        else:
            count, done = _load_new(kind, path, effective, complete=complete), False
            CodeRelease.objects.create(**key, source=path.name[:200], rows=count.rows)
    return LoadResult(
        kind.value,
        str(path),
        effective,
        count.rows,
        count.added,
        count.revised,
        count.ended,
        done,
        Decimal(str(round(time.monotonic() - started, 2))),
    )


def _known(system: str) -> ReleaseKind:
    try:
        return ReleaseKind(system)
    except ValueError:
        raise Refused(
            f"{system!r} is not a system the product knows.",
            fix=f"Use one of: {', '.join(ReleaseKind.values)}.",
            code="unknown_system",
        ) from None


def _load_new(kind: ReleaseKind, path: Path, effective: date, *, complete: bool) -> MergeCount:
    later = (
        CodeRelease.objects.filter(kind=kind, effective_from__gt=effective)
        .order_by("-effective_from")
        .first()
    )
    if later and complete:
        raise Refused(
            f"{path}: {kind.label} from {later.effective_from} ({later.source}) are loaded "
            f"already, so a list from {effective} would come too late.",
            fix="Load releases in the order of their dates.",
            code="out_of_order",
            conflict=True,
            file=str(path),
            line=0,
        )
    try:
        count = _LOADERS[kind](path, effective, complete)
    except FormatError as error:
        raise Refused(
            f"{path}, line {error.line}: {error.reason}."
            if error.line
            else f"{path}: {error.reason}.",
            fix="Correct the file, or get it again from its publisher; nothing was loaded.",
            code="unreadable",
            file=str(path),
            line=error.line,
            reason=error.reason,
        ) from error
    except IntegrityError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Refused(
            f"{path}: its periods contradict each other or what is loaded ({reason}).",
            fix="Check that the file and the date belong together.",
            code="contradiction",
            conflict=True,
            file=str(path),
            line=0,
        ) from error
    if count.rows == 0:
        raise Refused(
            f"{path}: no {kind.label} found in it.",
            fix="Check that it is the right file.",
            code="nothing_found",
            file=str(path),
            line=0,
        )
    return count


# Titles weigh more than everyday words. `plain_words` is the title without accents.
_WORDS = (
    "setweight(to_tsvector('english', s.description || ' ' || s.plain_words), 'A') || "
    "setweight(to_tsvector('english', {row}.synonyms), 'B')"
)
_MEANING = ("synonyms", "category", "attributes")


def _code_target(system: CodeSystem, *, own_words: bool, keep_others: bool) -> Target:
    """How codes are merged. An official list brings titles; our own words and flags stay."""
    return Target(
        table="coding_code",
        keys=("code",),
        splitting=("billable",),
        revised=("description", *_MEANING) if own_words else ("description",),
        inserted=() if own_words else _MEANING,
        start="valid_from",
        end="valid_to",
        constants=(("system", f"'{system.value}'"), ("rank", "s.s_rank::smallint")),
        computed=(("words", _WORDS.format(row="s")),),
        recomputed=(("words", _WORDS.format(row="s" if own_words else "t")),),
        stage_only=("plain_words", "s_rank"),
        scope=f"t.system = '{system.value}'",
        keep_others=keep_others,
    )


def _rank(row: CodeRow) -> int:
    """Search order among equals: billable and short before headings, sequels and long titles."""
    later = row.description.endswith((", sequela", ", subsequent encounter"))
    return (8 if row.billable else 0) - min(len(row.description) // 12, 12) - (8 if later else 0)


def _staged_code(row: CodeRow, *, own_words: bool) -> StagedRow:
    meaning = (row.synonyms, row.category, json.dumps(row.attributes))
    unaccented = plain(row.description)
    return StagedRow(
        row.line,
        (
            row.code,
            row.billable,
            row.description,
            *meaning,
            "" if unaccented == row.description else unaccented,
            _rank(row),
        ),
        row.valid_from,
        row.valid_to,
    )


Loader = Callable[[Path, date, bool], MergeCount]


def _codes(
    system: CodeSystem, read: Callable[[Path], Iterable[CodeRow]], *, history: bool = False
) -> Loader:
    """A loader of codes. `history`: the file holds every period itself and ends nothing else."""

    def load(path: Path, effective: date, complete: bool) -> MergeCount:
        own_words = not complete and system in (CodeSystem.CPT, CodeSystem.HCPCS)
        keep_others = history or not complete
        rows = read(path)
        if system is CodeSystem.ICD10CM:
            rows, keep_others = _icd_rows(rows, keep_others=keep_others)
        target = _code_target(system, own_words=own_words, keep_others=keep_others)
        staged = (_staged_code(row, own_words=own_words) for row in rows)
        count = merge(target, staged, effective=effective)
        if system is CodeSystem.ICD10CM:
            refresh_icd_synonyms()
        refresh_spelling(system)
        return count

    return load


def _icd_rows(rows: Iterable[CodeRow], *, keep_others: bool) -> tuple[Iterator[CodeRow], bool]:
    """The rows, and whether codes outside the file stay: a list with dates ends nothing else."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return iterator, keep_others
    return chain([first], iterator), keep_others or first.valid_from is not None


def _edits(read: Callable[[Path], Iterable[edits.EditRow]], target: Target) -> Loader:
    """A loader of edits or fees; a file with dates of its own ends nothing else."""

    def load(path: Path, effective: date, complete: bool) -> MergeCount:
        iterator = iter(read(path))
        first = next(iterator, None)
        rows = iterator if first is None else chain([first], iterator)
        dated = first is not None and first.valid_from is not None
        staged = (StagedRow(row.line, row.values, row.valid_from, row.valid_to) for row in rows)
        return merge(
            replace(target, keep_others=dated or not complete), staged, effective=effective
        )

    return load


def _load_notes(path: Path, effective: date, complete: bool) -> MergeCount:
    """ICD-10-CM notes are replaced as a whole: each year's tabular list is complete in itself."""
    rows = list(icd10cm.read_notes(path))
    ended, _ = CodeNote.objects.all().delete()
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            CodeNote._meta.db_table,
            ["code", "kind", "text", '"references"'],
            ((row.code, row.kind.value, row.text, _array(row.references)) for row in rows),
        )
    refresh_icd_synonyms()
    return MergeCount(len(rows), len(rows), 0, ended)


def _array(values: Iterable[str]) -> str:
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def _fees(kind: FeeScheduleKind, column: str, name: str) -> Loader:
    """A loader of prices: the whole list from its date."""

    def load(path: Path, effective: date, complete: bool) -> MergeCount:
        schedule, made = FeeSchedule.objects.get_or_create(
            kind=kind, effective_from=effective, defaults={"name": name}
        )
        ended = 0 if made else schedule.rates.all().delete()[0]
        rates = [
            FeeScheduleRate(schedule=schedule, code=code, amount=cents(amount))
            for code, amount in procedures.read_charges(path, column)
        ]
        FeeScheduleRate.objects.bulk_create(rates, batch_size=2000)
        return MergeCount(len(rates), len(rates), 0, ended)

    return load


_PTP = Target(
    table="coding_ptpedit",
    keys=("column1", "column2"),
    splitting=("modifier_indicator",),
    revised=("rationale",),
)
_MUE = Target(
    table="coding_mueedit",
    keys=("code",),
    splitting=("units", "adjudication_indicator"),
    revised=("rationale",),
)
_RVU = Target(
    table="coding_rvurow",
    keys=("code", "modifier"),
    splitting=(
        "status",
        "work",
        "nonfacility_pe",
        "facility_pe",
        "malpractice",
        "pc_tc",
        "global_days",
        "multiple",
        "bilateral",
        "assistant",
    ),
)
_GPCI = Target(
    table="coding_gpci",
    keys=("locality",),
    splitting=("work", "practice_expense", "malpractice"),
    inserted=("state", "name"),
)
_CF = Target(table="coding_conversionfactor", keys=("kind",), splitting=("amount",))


def _gpci_rows(path: Path) -> Iterator[edits.EditRow]:
    for row in edits.read_gpci(path):
        locality, state, name, *indices = row.values
        yield replace(row, values=(locality, *indices, state, name))


_LOADERS: dict[ReleaseKind, Loader] = {
    ReleaseKind.ICD10CM: _codes(CodeSystem.ICD10CM, icd10cm.read_codes),
    ReleaseKind.ICD10CM_NOTES: _load_notes,
    ReleaseKind.CPT: _codes(CodeSystem.CPT, procedures.read_cpt),
    ReleaseKind.HCPCS: _codes(CodeSystem.HCPCS, procedures.read_hcpcs),
    ReleaseKind.MODIFIER: _codes(CodeSystem.MODIFIER, procedures.read_code_table),
    ReleaseKind.PLACE_OF_SERVICE: _codes(CodeSystem.PLACE_OF_SERVICE, procedures.read_code_table),
    ReleaseKind.CARC: _codes(CodeSystem.CARC, procedures.read_carc, history=True),
    ReleaseKind.RARC: _codes(CodeSystem.RARC, procedures.read_rarc, history=True),
    ReleaseKind.NCCI_PTP: _edits(edits.read_ptp, _PTP),
    ReleaseKind.MUE: _edits(edits.read_mue, _MUE),
    ReleaseKind.PFS_RVU: _edits(edits.read_rvu, _RVU),
    ReleaseKind.GPCI: _edits(_gpci_rows, _GPCI),
    ReleaseKind.CONVERSION_FACTOR: _edits(edits.read_conversion_factors, _CF),
    ReleaseKind.CHARGES: _fees(FeeScheduleKind.CHARGES, "charge", "Clinic charges"),
    ReleaseKind.LAB_FEES: _fees(
        FeeScheduleKind.MEDICARE, "lab_rate", "Medicare laboratory, drug and vaccine fees"
    ),
}
