"""The rows of a note's two tables between the form and the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from encounters.models import ClinicalNote
from encounters.rules.details import DiagnosisText, Sections, ServiceText

SPARE = 1


@dataclass(frozen=True, slots=True)
class NoteDiagnosisRow:
    """A diagnosis as typed."""

    key: int
    text: str = ""
    code: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NoteServiceRow:
    """A service as typed."""

    key: int
    text: str = ""
    code: str = ""
    quantity: str = "1"
    is_separate: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NoteRows:
    """A note as typed."""

    sections: Sections = field(default_factory=Sections)
    diagnoses: list[NoteDiagnosisRow] = field(default_factory=list)
    services: list[NoteServiceRow] = field(default_factory=list)

    def with_problems(self, problems: Mapping[str, str]) -> NoteRows:
        """Each refusal at its row."""
        return replace(
            self,
            diagnoses=[
                replace(row, problem=problems.get(f"diagnoses[{i}]", ""))
                for i, row in enumerate(self.diagnoses)
            ],
            services=[
                replace(row, problem=problems.get(f"services[{i}]", ""))
                for i, row in enumerate(self.services)
            ],
        )

    def padded(self, first_key: int = 1) -> NoteRows:
        """With an empty row at the end of each table (two in an empty one)."""
        keys = [row.key for row in self.diagnoses] + [row.key for row in self.services]
        highest = max(keys, default=first_key - 1)
        spare_dx = SPARE if self.diagnoses else 2
        spare_services = SPARE if self.services else 2
        return replace(
            self,
            diagnoses=[
                *self.diagnoses,
                *(NoteDiagnosisRow(highest + n + 1) for n in range(spare_dx)),
            ],
            services=[
                *self.services,
                *(NoteServiceRow(highest + n + 1) for n in range(spare_services)),
            ],
        )

    def diagnosis_texts(self) -> list[DiagnosisText]:
        """For the service."""
        return [DiagnosisText(row.text, row.code) for row in self.diagnoses]

    def service_texts(self) -> list[ServiceText]:
        """For the service; a quantity that is no number becomes 0 and is refused there."""
        return [
            ServiceText(
                row.text,
                row.code,
                _number(row.quantity),
                row.is_separate,
            )
            for row in self.services
        ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def rows_of_note(note: ClinicalNote | None) -> NoteRows:
    """A saved draft; nothing yet is empty."""
    if note is None:
        return NoteRows()
    return NoteRows(
        Sections(note.subjective, note.objective, note.assessment, note.plan),
        [NoteDiagnosisRow(n, row.text, row.code) for n, row in enumerate(note.diagnoses.all(), 1)],
        [
            NoteServiceRow(n, row.text, row.code, str(row.quantity), row.is_separate)
            for n, row in enumerate(note.services.all(), 1)
        ],
    )


def rows_of_post(data: QueryDict | Mapping[str, Any]) -> NoteRows:
    """What was typed: parallel lists, the flag ``separate`` by the row's key."""
    post = data if isinstance(data, QueryDict) else QueryDict()
    separate = set(post.getlist("service_separate"))
    return NoteRows(
        Sections(
            *(
                post.get(name, "").strip()
                for name in ("subjective", "objective", "assessment", "plan")
            )
        ),
        [
            NoteDiagnosisRow(n, text.strip(), code.strip())
            for n, (text, code) in enumerate(
                zip(post.getlist("diagnosis_text"), post.getlist("diagnosis_code"), strict=False), 1
            )
            if text.strip() or code.strip()
        ],
        [
            NoteServiceRow(n, text.strip(), code.strip(), quantity.strip() or "1", key in separate)
            for n, (key, text, code, quantity) in enumerate(
                zip(
                    post.getlist("service_key"),
                    post.getlist("service_text"),
                    post.getlist("service_code"),
                    post.getlist("service_quantity"),
                    strict=False,
                ),
                1,
            )
            if text.strip() or code.strip()
        ],
    )
