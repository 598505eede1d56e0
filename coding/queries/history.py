"""The coding story of an encounter: its versions and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coding.models import ChargeLine, CodingVersion
from core.money import total


@dataclass(frozen=True, slots=True)
class LineView:
    """A service line as it is shown in a comparison."""

    code: str
    description: str
    modifiers: Sequence[str]
    units: int
    diagnoses: Sequence[str]
    charge: Decimal
    changed: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with the lines of the version before it, marked where they differ."""

    version: CodingVersion
    diagnoses: list[tuple[str, str]]
    before: list[LineView]
    after: list[LineView]
    dropped_diagnoses: list[str] = field(default_factory=list)
    new_diagnoses: list[str] = field(default_factory=list)

    @property
    def charge(self) -> Decimal:
        """The charges of all lines, in US dollars."""
        return total(line.charge for line in self.after)

    @property
    def version_name(self) -> str:
        """“Version 2”."""
        return f"Version {self.version.number}"

    @property
    def lines_changed(self) -> bool:
        """Whether any service line differs from the version before."""
        return any(line.changed for line in (*self.before, *self.after))


def coding_history(encounter_id: int) -> list[VersionView]:
    """Each version of an encounter, the latest first; three queries."""
    versions = list(
        CodingVersion.objects.filter(encounter_id=encounter_id)
        .select_related("coder")
        .prefetch_related("diagnoses", "lines")
        .order_by("number")
    )
    views = []
    previous: CodingVersion | None = None
    for version in versions:
        views.append(_view(version, previous))
        previous = version
    return views[::-1]


def _view(version: CodingVersion, previous: CodingVersion | None) -> VersionView:
    diagnoses = [(one.code, one.description) for one in version.diagnoses.all()]
    codes = [code for code, _ in diagnoses]
    before_codes = [one.code for one in previous.diagnoses.all()] if previous else []
    before = _shown(previous) if previous else []
    after = _shown(version)
    old_keys, new_keys = {_key(line) for line in before}, {_key(line) for line in after}
    return VersionView(
        version=version,
        diagnoses=diagnoses,
        before=[
            _marked(line, previous is not None and _key(line) not in new_keys) for line in before
        ],
        after=[
            _marked(line, previous is not None and _key(line) not in old_keys) for line in after
        ],
        dropped_diagnoses=[code for code in before_codes if code not in codes],
        new_diagnoses=[code for code in codes if previous and code not in before_codes],
    )


def _shown(version: CodingVersion) -> list[LineView]:
    letters = {one.position: one.code for one in version.diagnoses.all()}
    return [_line(line, letters) for line in version.lines.all()]


def _line(line: ChargeLine, letters: dict[int, str]) -> LineView:
    return LineView(
        code=line.code,
        description=line.description,
        modifiers=tuple(line.modifiers),
        units=line.units,
        diagnoses=tuple(letters.get(pointer, "?") for pointer in line.pointers),
        charge=line.charge,
        changed=False,
    )


def _key(line: LineView) -> tuple[object, ...]:
    return line.code, line.modifiers, line.units, line.diagnoses, line.charge


def _marked(line: LineView, changed: bool) -> LineView:
    return LineView(
        line.code,
        line.description,
        line.modifiers,
        line.units,
        line.diagnoses,
        line.charge,
        changed,
    )
