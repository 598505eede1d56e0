"""One search over patients, visits and claims. Each person finds what their role may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Prefetch

from claims.models import Claim
from claims.queries.lists import listed_claims, with_words
from core.access.models import User
from core.access.permissions import may
from encounters.models import Encounter, Patient
from encounters.queries.patients import patient_search

SHORTEST = 2
T = TypeVar("T")
_NUMBER = re.compile(r"^[A-Za-z]?\d[\dA-Za-z-]*$")


@dataclass(slots=True)
class SearchResults:
    """What was found, each kind in its order; `None` for a kind that the role may not see."""

    patients: list[Patient] | None = None
    encounters: list[Encounter] | None = None
    claims: list[Claim] | None = None
    more: set[str] = field(default_factory=set)
    """Kinds of which there is more than is shown."""

    @property
    def count(self) -> int:
        """How many hits are shown."""
        return sum(len(kind or []) for kind in (self.patients, self.encounters, self.claims))


def search(text: str, *, user: User, limit: int) -> SearchResults:
    """The best hits of each kind for a name, MRN, birth date, member ID, visit or claim number."""
    text = " ".join(text.split())
    found = SearchResults()
    if len(text) < SHORTEST:
        return found
    number = bool(_NUMBER.fullmatch(text))
    if may(user, "patient.view"):
        rows = list(patient_search(text)[: limit + 1])
        found.patients = _cut(rows, limit, "patients", found)
    if may(user, "encounter.view") and number:
        visits = (
            Encounter.objects.filter(number__startswith=text.upper())
            .select_related("patient", "provider")
            .order_by("-pk")[: limit + 1]
        )
        found.encounters = _cut(list(visits), limit, "encounters", found)
    if may(user, "claim.view"):
        found.claims = _cut(_claims(text, number, found.patients, limit), limit, "claims", found)
    return found


def _claims(text: str, number: bool, patients: list[Patient] | None, limit: int) -> list[Claim]:
    if number:
        return list(listed_claims().filter(with_words(text)).order_by("-pk")[: limit + 1])
    if not patients:
        return []
    rows = Claim.objects.filter(encounter__patient__in=patients)
    return list(
        rows.select_related("encounter__patient", "payer").order_by("-service_date")[: limit + 1]
    )


def _cut(rows: list[T], limit: int, kind: str, found: SearchResults) -> list[T]:
    if len(rows) > limit:
        found.more.add(kind)
    return rows[:limit]


def patient_claims(patient_id: int) -> list[Encounter]:
    """The patient's visits, newest first, each with its claims (``shown_claims``)."""
    return list(
        Encounter.objects.filter(patient_id=patient_id)
        .select_related("provider", "primary_coverage__payer")
        .prefetch_related(
            Prefetch(
                "claims",
                Claim.objects.select_related("payer").order_by("part", "payer_sequence"),
                to_attr="shown_claims",
            )
        )
        .order_by("-service_date", "-pk")[:50]
    )
