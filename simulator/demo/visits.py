"""What happens in the demo clinic: kinds of visits, with the note in our words and its coding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from coding.services.assessing import LineInput
from encounters.rules.details import DiagnosisText, NoteText, Sections, ServiceText
from simulator.demo.data import table

SLIPS = ("QW", "25", "59")
"""Modifiers that a coder in a hurry forgets, in the order in which it happens."""


@dataclass(frozen=True, slots=True)
class Service:
    """A line as it should be coded, in the provider's words."""

    text: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class Visit:
    """A kind of visit."""

    reason: str
    weight: float
    ages: tuple[int, int]
    kinds: frozenset[str]
    """Payers that it is for: medicare, medicaid, commercial."""
    sections: Sections
    diagnoses: tuple[DiagnosisText, ...]
    services: tuple[Service, ...]
    minutes: int = 20
    sex: str = ""
    authorized: frozenset[str] = frozenset()
    """Payer IDs that want a prior authorization for it."""

    def suits(self, *, age: int, sex: str, kind: str) -> bool:
        """Whether such a patient comes for it."""
        fits = self.ages[0] <= age <= self.ages[1] and kind in self.kinds
        return fits and self.sex in ("", sex)

    def note(self, encounter_id: int, *, with_codes: bool) -> NoteText:
        """The provider's note; without codes the coder finds them."""
        return NoteText(
            encounter_id,
            self.sections,
            tuple(d if with_codes else replace(d, code="") for d in self.diagnoses),
            tuple(
                ServiceText(
                    service.text,
                    service.code if with_codes else "",
                    quantity=service.units,
                    is_separate=bool({"25", "59"} & set(service.modifiers)),
                )
                for service in self.services
            ),
        )

    @property
    def codes(self) -> list[str]:
        """The diagnoses' codes, the main one first."""
        return [diagnosis.code for diagnosis in self.diagnoses]

    def lines(self, *, forget: str = "") -> list[LineInput]:
        """The services as they should be coded, or without one modifier."""
        return [
            LineInput(
                service.code,
                tuple(one for one in service.modifiers if one != forget),
                service.units,
                service.pointers,
            )
            for service in self.services
        ]

    @property
    def can_slip(self) -> list[str]:
        """The modifiers that can be forgotten here."""
        used = {one for service in self.services for one in service.modifiers}
        return [one for one in SLIPS if one in used]


def _service(text: str) -> Service:
    """``87880-QW x1 @1,2 | Rapid strep test``: code, modifiers, units, diagnoses, words."""
    head, _, words = text.partition(" | ")
    parts = head.split()
    code, *modifiers = parts[0].split("-")
    units = 1
    pointers: tuple[int, ...] = (1,)
    for part in parts[1:]:
        if part.startswith("x"):
            units = int(part[1:])
        else:
            pointers = tuple(int(one) for one in part[1:].split(","))
    return Service(words, code, tuple(modifiers), units, pointers)


def _diagnosis(text: str) -> DiagnosisText:
    code, _, words = text.partition(" | ")
    return DiagnosisText(words, code)


def _visit(entry: dict[str, Any]) -> Visit:
    youngest, oldest = entry["ages"]
    return Visit(
        reason=entry["reason"],
        weight=entry["weight"],
        ages=(youngest, oldest),
        kinds=frozenset(entry.get("kinds", "medicare medicaid commercial").split()),
        sections=Sections(
            entry["subjective"], entry["objective"], entry["assessment"], entry["plan"]
        ),
        diagnoses=tuple(_diagnosis(text) for text in entry["diagnoses"]),
        services=tuple(_service(text) for text in entry["services"]),
        minutes=entry.get("minutes", 20),
        sex=entry.get("sex", ""),
        authorized=frozenset(entry.get("authorized", "").split()),
    )


ALL: tuple[Visit, ...] = tuple(_visit(entry) for entry in table("visits")["visit"])
BY_REASON = {visit.reason: visit for visit in ALL}
