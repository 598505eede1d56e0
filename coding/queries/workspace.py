"""What the coding workspace shows of an encounter."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from coding.models import CodingVersion
from encounters.models import ClinicalNote, Encounter


def encounter_to_code() -> QuerySet[Encounter]:
    """Encounters with everything that the workspace shows above the codes."""
    return Encounter.objects.select_related(
        "patient",
        "provider",
        "facility",
        "primary_coverage__payer",
        "secondary_coverage__payer",
        "coding_item__assigned_to",
    )


def signed_notes(encounter: Encounter) -> list[ClinicalNote]:
    """The signed note and its addenda, with what was documented."""
    return list(
        encounter.notes.filter(signed_at__isnull=False)
        .select_related("author")
        .prefetch_related("diagnoses", "services")
        .order_by("number")
    )


def version_in_work(encounter: Encounter) -> CodingVersion | None:
    """The draft, else the version in force."""
    return (
        encounter.coding_versions.filter(
            state__in=(CodingVersion.State.DRAFT, CodingVersion.State.COMPLETE)
        )
        .select_related("coder")
        .prefetch_related(Prefetch("diagnoses"), Prefetch("lines"))
        .order_by("-number")
        .first()
    )
