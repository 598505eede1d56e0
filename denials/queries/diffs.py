"""Two coding versions laid beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from coding.models import CodingVersion


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A service line as it is compared and shown."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    diagnoses: tuple[str, ...]
    charge: Decimal | None
    description: str = ""
    changed: bool = False

    @property
    def key(self) -> tuple[str, tuple[str, ...], int, tuple[str, ...], Decimal | None]:
        """What counts as a change."""
        return (self.code, self.modifiers, self.units, self.diagnoses, self.charge)


def lines_of(version: CodingVersion | None) -> list[CodeLine]:
    """The version's lines with the diagnoses they point to (both prefetched)."""
    if version is None:
        return []
    codes = {diagnosis.position: diagnosis.code for diagnosis in version.diagnoses.all()}
    return [
        CodeLine(
            code=line.code,
            modifiers=tuple(line.modifiers),
            units=line.units,
            diagnoses=tuple(codes[p] for p in line.pointers if p in codes),
            charge=line.charge,
            description=line.description,
        )
        for line in sorted(version.lines.all(), key=lambda line: line.position)
    ]


def diff_lines(
    before: Sequence[CodeLine], after: Sequence[CodeLine]
) -> tuple[list[CodeLine], list[CodeLine]]:
    """Both lists with what changed marked: a line that is in both is unchanged."""
    left = [line.key for line in after]
    marked_before: list[CodeLine] = []
    for line in before:
        same = line.key in left
        if same:
            left.remove(line.key)
        marked_before.append(replace(line, changed=not same))
    right = [line.key for line in before]
    marked_after: list[CodeLine] = []
    for line in after:
        same = line.key in right
        if same:
            right.remove(line.key)
        marked_after.append(replace(line, changed=not same))
    return marked_before, marked_after
