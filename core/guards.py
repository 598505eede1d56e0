"""Guards of the database, written once: the operations that migrations make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.migrations import RunSQL

CREATED: Final = "*"
"""Stands for "no row yet" in a list of moves: ``*`` → the states in which a row is created."""

Moves = Mapping[str, Sequence[str]]

_GUARD = """
CREATE FUNCTION {name}_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := '*';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD."{column}";
    END IF;
    IF (before || '>' || NEW."{column}") <> ALL ({name}_moves()) THEN
        RAISE EXCEPTION '{table} %: {column} may not go from "%" to "%"', NEW.id, before,
            NEW."{column}" USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name}_begins BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}_is_legal();
CREATE TRIGGER {name}_moves BEFORE UPDATE OF "{column}" ON {table}
    FOR EACH ROW WHEN (OLD."{column}" IS DISTINCT FROM NEW."{column}")
    EXECUTE FUNCTION {name}_is_legal();
"""
_NO_GUARD = """
DROP TRIGGER {name}_moves ON {table};
DROP TRIGGER {name}_begins ON {table};
DROP FUNCTION {name}_is_legal();
DROP FUNCTION {name}_moves();
"""


def state_guard(table: str, column: str, moves: Moves) -> RunSQL:
    """The database refuses every move of the column that is not in the list.

    `moves` is a literal copy of the app's table of states (`core.states`), as it is when the
    migration is written; a test compares what the database has at last with the table as it is.
    ``SELECT {table}_{column}_moves()`` gives the list.
    """
    names = {"table": table, "column": column, "name": f"{table}_{column}"}
    return RunSQL(_moves(table, column, moves) + _GUARD.format(**names), _NO_GUARD.format(**names))


def new_state_moves(table: str, column: str, *, before: Moves, after: Moves) -> RunSQL:
    """Another list of legal moves for a column that has its guard already."""
    return RunSQL(_moves(table, column, after), _moves(table, column, before))


def _moves(table: str, column: str, moves: Moves) -> str:
    pairs = sorted(f"{before}>{after}" for before, afters in moves.items() for after in afters)
    listed = ", ".join(f"'{pair}'" for pair in pairs)
    return (
        f"CREATE OR REPLACE FUNCTION {table}_{column}_moves() RETURNS text[] LANGUAGE sql"
        f" IMMUTABLE AS $$ SELECT ARRAY[{listed}]::text[] $$;"
    )


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a function of the database is called, such as ``BEFORE DELETE`` of a table."""

    name: str
    event: str
    table: str
    when: str = ""
    """A condition on OLD and NEW; empty: always."""

    @property
    def create(self) -> str:
        """The statement that makes it, up to the function."""
        each = "STATEMENT" if self.event.endswith("TRUNCATE") else "ROW"
        when = f" WHEN ({self.when})" if self.when else ""
        return f"CREATE TRIGGER {self.name} {self.event} ON {self.table} FOR EACH {each}{when}"

    @property
    def drop(self) -> str:
        """The statement that removes it."""
        return f"DROP TRIGGER {self.name} ON {self.table};"


def refuse(
    function: str,
    message: str,
    triggers: Sequence[Trigger],
    *,
    value: str = "",
    code: str = "restrict_violation",
) -> RunSQL:
    """A function that refuses with this message, and the triggers that call it.

    `value` (``OLD.id``) fills the ``%`` of the message. `code` is PostgreSQL's name of the error;
    empty: ``raise_exception``.
    """
    call = f"    RAISE EXCEPTION '{message}'" + (f", {value}" if value else "")
    using = f" USING ERRCODE = '{code}';" if code else ";"
    if len(call + using) > 100:
        using = f"\n       {using}"
    create = (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n{call}{using}\nEND $$;"
    )
    called = call_on(function, triggers)
    return RunSQL(f"{create}{called.sql}", f"{called.reverse_sql}DROP FUNCTION {function}();")


def call_on(function: str, triggers: Sequence[Trigger]) -> RunSQL:
    """More triggers that call a function which is there already."""
    return RunSQL(
        "".join(f"{one.create} EXECUTE FUNCTION {function}();" for one in triggers),
        "".join(one.drop for one in reversed(triggers)),
    )


def numbers(sequence: str, *, most: int) -> RunSQL:
    """Numbers from 1 that the database hands out once each, and never again from the start."""
    return RunSQL(
        f"CREATE SEQUENCE {sequence} MINVALUE 1 MAXVALUE {most} NO CYCLE;",
        f"DROP SEQUENCE {sequence};",
    )
