"""Write ``docs/states.md`` from the tables of states: pictures, moves, who and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models

import claims.states
import coding.states
import core.clearinghouse.states
import core.work.states
import denials.states
import encounters.states
import payments.states
from core.access.enums import Role
from core.states import SYSTEM, StateTable

PLACES: Final = (
    encounters.states,
    coding.states,
    claims.states,
    payments.states,
    denials.states,
    core.clearinghouse.states,
    core.work.states,
)
TABLES: Final[tuple[StateTable[Any], ...]] = tuple(
    table for place in PLACES for table in place.TABLES
)
"""Every table of states, in the order of the pipeline."""

PAGE: Final = Path(settings.BASE_DIR) / "docs" / "states.md"

_HEAD = """# States

Each row that moves through the pipeline has one column that says where it stands, and one table of
legal moves (`*/states.py`). Only `move`, `move_all` and `move_where` of that table write the column
(`core/states.py`); a trigger refuses every move that is not in the table, and every row that is
created in another state than the table names (`core/guards.py`). “System” is the background worker
or a file that arrived. The column “Who” explains and enforces nothing: who may do what is checked
by `@requires` on the views, after the table in [roles.md](roles.md).

`manage.py document_states` writes this page from the tables; a test holds the two together, and
another one compares the tables with the moves that the database allows.
"""

_TABLE: Final = ["| From | To | What happened | Who | What it means |", "|---|---|---|---|---|"]


def page() -> str:
    """The whole page, as it stands in ``docs/states.md``."""
    return "\n".join([_HEAD, *(_section(table) for table in TABLES)])


def _section(table: StateTable[Any]) -> str:
    labels = _labels(table)
    lines = [
        f"## {table.title}",
        "",
        f"`{table.model._meta.db_table}.{table.column}`, table `{_name(table)}`.",
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    lines += [f'    state "{labels[state]}" as {_id(state)}' for state in _used(table)]
    lines += [f"    [*] --> {_id(state)}: {_plain(why)}" for state, why in table.created.items()]
    lines += [
        f"    {_id(before)} --> {_id(move.after)}: {_plain(move.event)}"
        for move in table.moves
        for before in move.before
    ]
    lines += ["```", "", *_TABLE]
    lines += [f"| (new) | {labels[state]} | {why} | | |" for state, why in table.created.items()]
    for move in table.moves:
        before = " / ".join(labels[one] for one in move.before)
        who = ", ".join(_who(one) for one in move.who)
        lines.append(f"| {before} | {labels[move.after]} | {move.event} | {who} | {move.meaning} |")
    return "\n".join([*lines, ""])


def _labels(table: StateTable[Any]) -> dict[str, str]:
    field = table.model._meta.get_field(table.column)
    assert isinstance(field, models.Field)
    return {"": "(current)", **{str(value): str(label) for value, label in field.flatchoices}}


def _used(table: StateTable[Any]) -> Iterable[str]:
    """The states that occur, in the order of the enumeration."""
    used = {*table.created, *(state for pair in table.pairs for state in pair)}
    return [state for state in _labels(table) if state in used]


def _name(table: StateTable[Any]) -> str:
    return next(
        f"{place.__name__}.{name}"
        for place in PLACES
        for name, value in vars(place).items()
        if value is table
    )


def _id(state: str) -> str:
    return state or "current"


def _plain(text: str) -> str:
    """Mermaid ends a label at a colon or a semicolon."""
    return text.replace(":", " -").replace(";", ",")


def _who(one: str) -> str:
    return "System" if one == SYSTEM else Role(one).label


class Command(BaseCommand):
    help = "Write docs/states.md from the tables of states."

    def handle(self, **options: Any) -> None:
        """Write the page and say where it is."""
        PAGE.write_text(page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} describes {len(TABLES)} tables of states.")
