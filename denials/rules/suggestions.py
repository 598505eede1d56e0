"""Which code change the note supports for a denied line. Pure: values in, suggestions out.

Only what is documented is suggested; each suggestion names its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_VISIT_PREFIXES = ("992", "993", "994")
_DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})


@dataclass(frozen=True, slots=True)
class DeniedLine:
    """A line of the denied claim, as it was billed."""

    position: int
    code: str
    modifiers: tuple[str, ...]
    units: int
    place_of_service: str
    is_denied: bool
    takes_qw: bool
    """The code list has it as a CLIA-waived test that is billed with QW."""


@dataclass(frozen=True, slots=True)
class Documented:
    """A service in the provider's note."""

    text: str
    code: str
    quantity: int
    is_separate: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Add a modifier to a line, because the note says so."""

    position: int
    code: str
    add: str
    why: str
    evidence: str

    @property
    def key(self) -> str:
        """Names it in an address: ``2-QW``."""
        return f"{self.position}-{self.add}"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the suggestions look at."""

    lines: tuple[DeniedLine, ...]
    documented: tuple[Documented, ...]
    note: str
    requires_qw: bool
    telehealth_modifier: str


def is_visit(code: str) -> bool:
    """An evaluation and management code (CPT 99202–99499; Medicare's wellness visits)."""
    return code.startswith(_VISIT_PREFIXES) or code in {"G0402", "G0438", "G0439"}


def suggest(situation: Situation, hints: Sequence[str]) -> list[Suggestion]:
    """What the playbook's hints find supported in the note, in the order of the hints."""
    finders = {
        "qw": _qw,
        "25": _separate_visit,
        "59": _distinct_procedure,
        "50": _both_sides,
        "side": _side,
        "repeat": _repeat,
        "telehealth": _telehealth,
    }
    found: list[Suggestion] = []
    for hint in hints:
        finder = finders.get(hint)
        if finder is None:
            continue
        found += [
            suggestion
            for line in situation.lines
            if line.is_denied and (suggestion := finder(line, situation)) is not None
        ]
    return list({suggestion.key: suggestion for suggestion in reversed(found)}.values())[::-1]


def _documented(line: DeniedLine, situation: Situation) -> Documented | None:
    return next((d for d in situation.documented if d.code == line.code), None)


def _qw(line: DeniedLine, situation: Situation) -> Suggestion | None:
    """A waived test needs QW for payers that want it (42 CFR 493.15; CLIA)."""
    if not line.takes_qw or "QW" in line.modifiers or not situation.requires_qw:
        return None
    done = _documented(line, situation)
    return Suggestion(
        line.position,
        line.code,
        "QW",
        f"{line.code} is a CLIA-waived test done in the clinic; this payer pays it only with QW.",
        done.text if done else "",
    )


def _separate_visit(line: DeniedLine, situation: Situation) -> Suggestion | None:
    """25: a visit that is significant and separate from a procedure of the same day."""
    others = [other for other in situation.lines if not is_visit(other.code)]
    if not is_visit(line.code) or "25" in line.modifiers or not others:
        return None
    done = _documented(line, situation) or next(
        (d for d in situation.documented if d.is_separate and is_visit(d.code)), None
    )
    if done is None or not done.is_separate:
        return None
    return Suggestion(
        line.position,
        line.code,
        "25",
        f"The note documents a visit that is significant and separate from {others[0].code}.",
        done.text,
    )


def _distinct_procedure(line: DeniedLine, situation: Situation) -> Suggestion | None:
    """59: a procedure distinct from another one of the day; never on a visit."""
    if is_visit(line.code) or _DISTINCT & set(line.modifiers) or len(situation.lines) < 2:
        return None
    done = _documented(line, situation)
    if done is None or not done.is_separate:
        return None
    return Suggestion(
        line.position,
        line.code,
        "59",
        "The note documents this procedure as distinct from the others of the day.",
        done.text,
    )


def _both_sides(line: DeniedLine, situation: Situation) -> Suggestion | None:
    done = _documented(line, situation)
    if (
        done is None
        or "bilateral" not in done.text.lower()
        or {"50", "RT", "LT"} & set(line.modifiers)
    ):
        return None
    return Suggestion(
        line.position, line.code, "50", "The note says that both sides were done.", done.text
    )


def _side(line: DeniedLine, situation: Situation) -> Suggestion | None:
    done = _documented(line, situation)
    if done is None or {"50", "RT", "LT"} & set(line.modifiers):
        return None
    words = done.text.lower().replace(",", " ").replace(".", " ").split()
    if ("left" in words) == ("right" in words):
        return None
    side = "LT" if "left" in words else "RT"
    return Suggestion(
        line.position,
        line.code,
        side,
        f"The note says which side: {'left' if side == 'LT' else 'right'}.",
        done.text,
    )


def _repeat(line: DeniedLine, situation: Situation) -> Suggestion | None:
    """76: the same procedure again by the same provider; only the later line carries it."""
    if is_visit(line.code) or {"76", "77", "91"} & set(line.modifiers):
        return None
    same = [other for other in situation.lines if other.code == line.code]
    done = _documented(line, situation)
    count = sum(d.quantity for d in situation.documented if d.code == line.code)
    if len(same) < 2 or line.position == same[0].position or done is None or count < len(same):
        return None
    return Suggestion(
        line.position,
        line.code,
        "76",
        f"The note documents it {count} times on this day.",
        done.text,
    )


def _telehealth(line: DeniedLine, situation: Situation) -> Suggestion | None:
    wanted = situation.telehealth_modifier
    if line.place_of_service not in {"02", "10"} or not wanted or wanted in line.modifiers:
        return None
    return Suggestion(
        line.position,
        line.code,
        wanted,
        f"A telehealth visit; this payer wants modifier {wanted} on it.",
        f"Place of service {line.place_of_service}",
    )
