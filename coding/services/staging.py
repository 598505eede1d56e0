# ruff: noqa: S608  (table and column names are the program's own; values are parameters)
"""The one way in which published rows enter the effective-dated tables: stage, merge, count.

All or nothing inside the caller's transaction. Rows reach a temporary table by COPY and
are merged by set operations, so that 1.7 million NCCI pairs are a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from coding.formats.base import FormatError

STAGE = "coding_stage"


@dataclass(frozen=True, slots=True)
class Target:
    """An effective-dated table and how published rows meet the rows that are there.

    A change in `splitting` columns ends the period and opens another; a change in
    `revised` columns is written into the open period; `inserted` columns matter for new
    rows only. `computed` are expressions over the staged row `s`, `recomputed` the same
    for a revised row `t`. `scope` is a condition on the rows that the file is about.
    """

    table: str
    keys: Sequence[str]
    splitting: Sequence[str]
    revised: Sequence[str] = ()
    inserted: Sequence[str] = ()
    start: str = "effective_from"
    end: str = "effective_to"
    constants: tuple[tuple[str, str], ...] = ()
    computed: tuple[tuple[str, str], ...] = ()
    recomputed: tuple[tuple[str, str], ...] = ()
    stage_only: Sequence[str] = ()
    scope: str = "TRUE"
    keep_others: bool = False

    @property
    def columns(self) -> list[str]:
        """What a staged row holds, without its period."""
        return [*self.keys, *self.splitting, *self.revised, *self.inserted]


@dataclass(frozen=True, slots=True)
class StagedRow:
    """Values in the order of `Target.columns` and `Target.stage_only`."""

    line: int
    values: Sequence[Any]
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class MergeCount:
    """What a merge did, in rows."""

    rows: int
    added: int
    revised: int
    ended: int


class _CopyStream:
    """A file-like object that COPY reads rows from, a block at a time."""

    def __init__(self, rows: Iterator[str]) -> None:
        self._rows = rows
        self._rest = ""
        self.error: FormatError | None = None

    def read(self, size: int = 8192) -> str:
        parts = [self._rest]
        length = len(self._rest)
        while length < size:
            try:
                row = next(self._rows, None)
            except FormatError as error:
                self.error = error  # COPY would hide it behind an error of its own
                raise
            if row is None:
                break
            parts.append(row)
            length += len(row)
        text = "".join(parts)
        self._rest = text[size:]
        return text[:size]


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


def copy_rows(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY `rows` into `table`; names are the program's own, never the file's."""
    lines = ("\t".join(map(_copy_cell, row)) + "\n" for row in rows)
    stream = _CopyStream(lines)
    try:
        with connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", stream, 1 << 17)
    except DatabaseError:
        if stream.error:
            raise stream.error from None
        raise


def merge(target: Target, rows: Iterable[StagedRow], *, effective: date) -> MergeCount:
    """Bring the table to what the file says from `effective` on.

    Rows without a period of their own are the complete list valid from `effective` (rows
    that are not in it end the day before, unless the target keeps others); rows with a
    period are taken as they are. Raises `FormatError` for a key that is there twice.
    """
    with connection.cursor() as cursor:
        _stage(cursor, target, rows, effective)
        _refuse_doubles(cursor, target)
        cursor.execute(f"SELECT count(*) FROM {STAGE}")
        staged = cursor.fetchone()[0]
        ended = 0 if target.keep_others else _end_missing(cursor, target, effective)
        revised = _revise(cursor, target)
        ended += _end_changed(cursor, target)
        added = _insert(cursor, target)
        cursor.execute(f"DROP TABLE {STAGE}")
    return MergeCount(staged, added, revised, ended)


def _stage(
    cursor: CursorWrapper, target: Target, rows: Iterable[StagedRow], effective: date
) -> None:
    columns = ", ".join([*target.columns, f"{target.start} AS s_start", f"{target.end} AS s_end"])
    extra = "".join(f", ''::text AS {name}" for name in target.stage_only)
    cursor.execute(
        f"CREATE TEMP TABLE {STAGE} ON COMMIT DROP AS SELECT {columns}{extra}, "
        f"0 AS s_line, true AS s_dated FROM {target.table} WITH NO DATA"
    )
    names = [*target.columns, *target.stage_only, "s_start", "s_end", "s_line", "s_dated"]
    copy_rows(
        cursor,
        STAGE,
        names,
        (
            (*row.values, row.start or effective, row.end, row.line, row.start is not None)
            for row in rows
        ),
    )
    cursor.execute(f"CREATE INDEX ON {STAGE} ({', '.join(target.keys)})")
    cursor.execute(f"ANALYZE {STAGE}")


def _refuse_doubles(cursor: CursorWrapper, target: Target) -> None:
    keys = ", ".join(target.keys)
    cursor.execute(
        f"SELECT {keys}, min(s_line), max(s_line) FROM {STAGE} "
        f"GROUP BY {keys}, s_start HAVING count(*) > 1 ORDER BY max(s_line) LIMIT 1"
    )
    if row := cursor.fetchone():
        name = " ".join(str(part) for part in row[:-2] if part != "")
        raise FormatError(row[-1], f"{name} is repeated: it is already on line {row[-2]}")
    cursor.execute(
        f"SELECT {keys}, s_line FROM {STAGE} WHERE s_end < s_start ORDER BY s_line LIMIT 1"
    )
    if row := cursor.fetchone():
        name = " ".join(str(part) for part in row[:-1] if part != "")
        raise FormatError(row[-1], f"{name} ends before it begins")


def _same_key(target: Target) -> str:
    return " AND ".join(f"t.{key} = s.{key}" for key in target.keys)


def _distinct(columns: Sequence[str]) -> str:
    if not columns:
        return "FALSE"
    left = ", ".join(f"t.{name}" for name in columns)
    right = ", ".join(f"s.{name}" for name in columns)
    return f"ROW({left}) IS DISTINCT FROM ROW({right})"


def _overlap(target: Target) -> str:
    return (
        f"COALESCE(t.{target.end}, 'infinity') >= s.s_start "
        f"AND t.{target.start} <= COALESCE(s.s_end, 'infinity')"
    )


def _end_missing(cursor: CursorWrapper, target: Target, effective: date) -> int:
    missing = (
        f"{target.scope} AND t.{target.end} IS NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {STAGE} s WHERE {_same_key(target)})"
    )
    cursor.execute(
        f"DELETE FROM {target.table} t WHERE {missing} AND t.{target.start} >= %s", [effective]
    )
    deleted = int(cursor.rowcount)
    cursor.execute(
        f"UPDATE {target.table} t SET {target.end} = %s::date - 1 WHERE {missing}", [effective]
    )
    return deleted + int(cursor.rowcount)


def _revise(cursor: CursorWrapper, target: Target) -> int:
    """Rows that go on with the same meaning: new words, or a period known more exactly."""
    period = (
        f"{target.start} = CASE WHEN s.s_dated THEN s.s_start ELSE t.{target.start} END, "
        f"{target.end} = CASE WHEN s.s_dated THEN s.s_end ELSE t.{target.end} END"
    )
    period_differs = (
        f"(s.s_dated AND ROW(t.{target.start}, t.{target.end}) "
        "IS DISTINCT FROM ROW(s.s_start, s.s_end))"
    )
    same_meaning = f"NOT ({_distinct(target.splitting)})"
    values = "".join(f", {name} = s.{name}" for name in target.revised)
    values += "".join(f", {name} = {expression}" for name, expression in target.recomputed)
    cursor.execute(
        f"UPDATE {target.table} t SET {period}{values} FROM {STAGE} s "
        f"WHERE {target.scope} AND {_same_key(target)} AND {_overlap(target)} AND {same_meaning} "
        f"AND ({_distinct(target.revised)} OR {period_differs})"
    )
    revised = int(cursor.rowcount)
    # Same day, other meaning: the later file corrects the earlier one.
    settled = "".join(f", {name} = s.{name}" for name in target.splitting)
    cursor.execute(
        f"UPDATE {target.table} t SET {target.end} = s.s_end{settled}{values} FROM {STAGE} s "
        f"WHERE {target.scope} AND {_same_key(target)} AND t.{target.start} = s.s_start "
        f"AND {_distinct(target.splitting)}"
    )
    return revised + int(cursor.rowcount)


def _end_changed(cursor: CursorWrapper, target: Target) -> int:
    cursor.execute(
        f"UPDATE {target.table} t SET {target.end} = s.s_start - 1 FROM {STAGE} s "
        f"WHERE {target.scope} AND {_same_key(target)} AND t.{target.start} < s.s_start "
        f"AND COALESCE(t.{target.end}, 'infinity') >= s.s_start "
        f"AND {_distinct(target.splitting)}"
    )
    ended = int(cursor.rowcount)
    cursor.execute(
        f"UPDATE {STAGE} s SET s_end = (SELECT min(t.{target.start}) - 1 FROM {target.table} t "
        f"WHERE {target.scope} AND {_same_key(target)} AND t.{target.start} > s.s_start) "
        f"WHERE s_end IS NULL AND EXISTS (SELECT 1 FROM {target.table} t "
        f"WHERE {target.scope} AND {_same_key(target)} AND t.{target.start} > s.s_start)"
    )
    return ended


def _insert(cursor: CursorWrapper, target: Target) -> int:
    names = [*target.columns, target.start, target.end]
    values = [f"s.{name}" for name in target.columns] + ["s.s_start", "s.s_end"]
    for name, expression in (*target.constants, *target.computed):
        names.append(name)
        values.append(expression)
    cursor.execute(
        f"INSERT INTO {target.table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM {STAGE} s WHERE NOT EXISTS (SELECT 1 FROM {target.table} t "
        f"WHERE {target.scope} AND {_same_key(target)} AND {_overlap(target)}) "
        f"ORDER BY {', '.join('s.' + key for key in target.keys)}, s.s_start"
    )
    return int(cursor.rowcount)
