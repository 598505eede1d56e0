"""What changed between two codings of a visit, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.ui.charts import pick


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A code, a modifier or a diagnosis; `is_new` when the other side does not have it."""

    text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line of a change. `kind`: same, removed (as it was) or added (as it is now)."""

    kind: str
    code: DiffPart
    modifiers: list[DiffPart]
    diagnoses: list[DiffPart]
    units: Any
    charge: Any
    units_are_new: bool
    charge_is_new: bool


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    modifiers: tuple[str, ...]
    diagnoses: tuple[str, ...]
    units: Any
    charge: Any


def _read(row: Any) -> _Line:
    return _Line(
        code=str(pick(row, "code", 0)),
        modifiers=tuple(str(m) for m in pick(row, "modifiers", 1) or () if m),
        diagnoses=tuple(str(d) for d in pick(row, "diagnoses", 2) or ()),
        units=pick(row, "units", 3, None),
        charge=pick(row, "charge", 4, None),
    )


def _row(kind: str, line: _Line, other: _Line | None) -> DiffRow:
    def parts(mine: Sequence[str], theirs: Sequence[str]) -> list[DiffPart]:
        return [DiffPart(text, other is None or text not in theirs) for text in mine]

    return DiffRow(
        kind=kind,
        code=DiffPart(line.code, other is None or line.code != other.code),
        modifiers=parts(line.modifiers, other.modifiers if other else ()),
        diagnoses=parts(line.diagnoses, other.diagnoses if other else ()),
        units=line.units,
        charge=line.charge,
        units_are_new=other is None or line.units != other.units,
        charge_is_new=other is None or line.charge != other.charge,
    )


def compare(before: Iterable[Any], after: Iterable[Any]) -> list[DiffRow]:
    """The lines of two codings, paired by their code and then by their order.

    A line has `code`, `modifiers`, `diagnoses`, `units`, `charge` (mapping, object or tuple).
    """
    old, new = [_read(row) for row in before], [_read(row) for row in after]
    partner: dict[int, int] = {}
    free = list(range(len(old)))
    for same_code in (True, False):
        for place, line in enumerate(new):
            if place in partner:
                continue
            found = next((i for i in free if not same_code or old[i].code == line.code), None)
            if found is not None:
                partner[place] = found
                free.remove(found)
    rows = []
    for place, line in enumerate(new):
        was = old[partner[place]] if place in partner else None
        if was == line:
            rows.append(_row("same", line, line))
            continue
        if was is not None:
            rows.append(_row("removed", was, line))
        rows.append(_row("added", line, was))
    rows.extend(_row("removed", old[index], None) for index in free)
    return rows
