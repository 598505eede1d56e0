"""Where the payer's answer and our records disagree, and which side can be taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

LABELS: Final = {
    "subscriber_number": "Subscriber number",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Birth date",
    "sex": "Sex",
    "group_number": "Group number",
    "plan_name": "Plan",
    "plan_end": "Last day of the plan",
    "plan_begin": "First day of the plan",
}

PERSON: Final = frozenset({"last_name", "first_name", "birth_date", "sex"})
"""Changes the patient; everything else changes the coverage."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact on which the two sides disagree."""

    field: str
    ours: str
    theirs: str

    @property
    def label(self) -> str:
        """What the fact is called."""
        return LABELS[self.field]

    @property
    def is_person(self) -> bool:
        """Whether taking it over changes the patient."""
        return self.field in PERSON

    @property
    def ours_shown(self) -> str:
        """Our side as people write it."""
        return self._shown(self.ours)

    @property
    def theirs_shown(self) -> str:
        """The payer's side as people write it."""
        return self._shown(self.theirs)

    def _shown(self, value: str) -> str:
        if value and self.field in {"birth_date", "plan_begin", "plan_end"}:
            day = date.fromisoformat(value)
            return f"{day:%b} {day.day}, {day.year}"
        return value

    @property
    def verb(self) -> str:
        """What the button says."""
        if self.field == "plan_end":
            return "End the coverage"
        return "Fill in" if not self.ours else "Use the payer's"


def compare(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[Difference]:
    """Facts that the payer named and that differ from ours, in the order of the card.

    Names are compared without case and punctuation, since payers print in capitals; a first name
    that only adds or drops a middle name is the same.
    """
    found = []
    for field in LABELS:
        said, known = theirs.get(field, ""), ours.get(field, "")
        if said and not _same(field, known, said):
            found.append(Difference(field, known, said))
    return found


def _same(field: str, known: str, said: str) -> bool:
    if field in {"last_name", "first_name"}:
        a, b = _letters(known), _letters(said)
        if field == "first_name":
            return a.startswith(b) or b.startswith(a) if a and b else a == b
        return a == b
    if field == "plan_name":  # the payer's wording only fills a gap
        return bool(known)
    if field == "plan_begin":
        # A plan that began before our record of it is no news; one that begins later is.
        return not known or date.fromisoformat(said) <= date.fromisoformat(known)
    if field == "sex":
        return said == "U" or known == said
    return _plain(known) == _plain(said)


def _letters(value: str) -> str:
    return "".join(c for c in value.upper() if c.isalpha())


def _plain(value: str) -> str:
    return "".join(c for c in value.upper() if c.isalnum())
