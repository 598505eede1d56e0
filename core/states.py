"""States: which moves of a row are legal, and the only code that makes them.

A `StateTable` belongs to one column of one model. It says in which states a row is created and
how it may move from there: before, after, what happened, whose work causes it, what it means.
Each app's ``states.py`` holds its tables as data. The same moves are in the database, where a
trigger refuses every other one (`core.guards.state_guard`), and as pictures in
``docs/states.md``. A row that stays where it is makes no move.

`Move.who` explains and enforces nothing: permissions are checked before a service is called, by
``@requires`` on the view (`core.access`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import models

from core.bulk import update_rows

SYSTEM: Final = "system"
"""The background worker or a file that arrived, without a person."""

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Move:
    """Legal moves into one state, for one cause."""

    before: tuple[str, ...]
    after: str
    event: str
    """What happened, in a few words: the arrow of the picture."""
    who: tuple[str, ...]
    """Roles (`core.access.enums.Role`) whose work can cause it, or `SYSTEM`: for the reader."""
    meaning: str
    """What it means for the work, one sentence."""


class IllegalMove(RuntimeError):
    """A move that is not in the table, or of a row that was not where it was read: a mistake."""

    def __init__(self, table: StateTable[Any], pk: object, before: str, after: str, why: str = ""):
        self.pk, self.before, self.after = pk, before, after
        super().__init__(
            f"{table.model._meta.label} {pk}: {table.column} may not go from "
            f"{before!r} to {after!r}{why}"
        )


class StateTable(Generic[M]):
    """The legal moves of one column; `move`, `move_all` and `move_where` alone write it."""

    def __init__(
        self,
        model: type[M],
        column: str,
        *,
        title: str,
        created: Mapping[str, str],
        moves: Sequence[Move],
    ) -> None:
        self.model, self.column, self.title = model, column, title
        self.created: Final = dict(created)
        """State → when a row is created in it."""
        self.moves: Final = tuple(moves)
        self.pairs: Final = {(one, move.after) for move in moves for one in move.before}
        field = model._meta.get_field(column)
        assert isinstance(field, models.Field)
        known = [value for value, _ in field.flatchoices]
        named = {*self.created, *(state for pair in self.pairs for state in pair)} - {""}
        if not named <= set(known):
            raise ValueError(f"{title}: unknown states {sorted(named - set(known))}")

    def allows(self, before: str, after: str) -> bool:
        """Whether a row may be moved from the one state to the other."""
        return (before, after) in self.pairs

    def move(self, row: M, to: str, *, fields: Sequence[str] = ()) -> None:
        """Move one row that the caller has locked; `fields` names what else was changed on it."""
        self.move_all([(row, to)], fields=fields)

    def move_all(self, moves: Iterable[tuple[M, str]], *, fields: Sequence[str] = ()) -> None:
        """Move locked rows, each to its state, and write their other `fields`: one UPDATE.

        Raises `IllegalMove`, and writes nothing, when one of the moves is not in the table or
        one of the rows no longer is where it was read (it was not locked).
        """
        pairs = list(moves)
        before = [str(getattr(row, self.column)) for row, _ in pairs]
        for (row, to), was in zip(pairs, before, strict=True):
            if was != to and (was, to) not in self.pairs:
                raise IllegalMove(self, row.pk, was, str(to))
        rows = [row for row, _ in pairs]
        for row, to in pairs:
            setattr(row, self.column, to)
        changed = update_rows(rows, [self.column, *fields], only_if={self.column: before})
        if changed != len(rows):
            self._refuse_moved(pairs, before)

    def move_where(
        self, rows: models.QuerySet[M], *, before: Sequence[str], to: str, **values: Any
    ) -> int:
        """Move those of the rows that are in one of the states `before`; gives how many.

        `values` are written along. Raises `IllegalMove` when the table lacks one of the moves,
        whether or not there is such a row.
        """
        for was in before:
            if (was, to) not in self.pairs:
                raise IllegalMove(self, "*", was, to)
        found = rows.filter(**{f"{self.column}__in": before})
        return found.update(**{self.column: to}, **values)

    def _refuse_moved(self, pairs: Sequence[tuple[M, str]], before: Sequence[str]) -> None:
        rows = self.model._default_manager.in_bulk([row.pk for row, _ in pairs])
        for (row, to), was in zip(pairs, before, strict=True):
            now = rows.get(row.pk)
            if now is None or getattr(now, self.column) != to:
                raise IllegalMove(self, row.pk, was, to, ": it was moved meanwhile, lock it first")
        raise IllegalMove(self, "*", "*", "*", ": a row is named twice, or was moved meanwhile")
