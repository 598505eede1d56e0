"""A provider's day: who comes, what is to be written, what is to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.access.models import User
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models import (
    Appointment,
    ClinicalNote,
    DocumentedDiagnosis,
    DocumentedService,
    Encounter,
    Provider,
)
from encounters.queries.schedule import appointments_on


@dataclass(frozen=True, slots=True)
class ToDo:
    """A visit whose note is not signed yet."""

    encounter: Encounter
    note: ClinicalNote | None
    """The draft, when there is one."""


@dataclass(frozen=True, slots=True)
class ProviderDay:
    """What the provider's first page shows."""

    provider: Provider
    to_do: list[ToDo]
    appointments: list[Appointment]
    signed_today: int
    held: list[Encounter]
    """Signed visits that are on hold: a coder's question to the provider, mostly."""

    @property
    def waiting(self) -> int:
        """Patients who are checked in and have no signed note."""
        return len(self.to_do)


def provider_of(user: User) -> Provider | None:
    """The provider this sign-in belongs to."""
    return Provider.objects.filter(user=user).first()


def provider_day(provider: Provider, day: date) -> ProviderDay:
    """The day, and every note still open from before, oldest first."""
    encounters = list(
        Encounter.objects.filter(provider=provider, status=EncounterStatus.CHECKED_IN)
        .select_related("patient", "appointment")
        .order_by("service_date", "checked_in_at", "pk")
    )
    drafts = {
        note.encounter_id: note
        for note in ClinicalNote.objects.filter(encounter__in=encounters, number=1, signed_at=None)
    }
    appointments = [
        row
        for row in appointments_on(day, provider_id=provider.pk)
        if row.state != AppointmentState.CANCELLED
    ]
    signed = Encounter.objects.filter(
        ~Q(status=EncounterStatus.CHECKED_IN), provider=provider, service_date=day
    ).count()
    return ProviderDay(
        provider=provider,
        to_do=[ToDo(row, drafts.get(row.pk)) for row in encounters],
        appointments=appointments,
        signed_today=signed,
        held=list(
            Encounter.objects.filter(
                provider=provider,
                on_hold_since__isnull=False,
                status__in=[EncounterStatus.DOCUMENTED, EncounterStatus.CODING],
            )
            .select_related("patient")
            .order_by("on_hold_since")
        ),
    )


def note_of(encounter_id: int) -> ClinicalNote | None:
    """The visit's note (not its addenda) with diagnoses and services."""
    return (
        ClinicalNote.objects.filter(encounter_id=encounter_id, number=1)
        .prefetch_related("diagnoses", "services")
        .first()
    )


def common_services(provider: Provider, limit: int = 15) -> list[tuple[str, str]]:
    """The services this provider documents most, as (words, code): offered while typing."""
    return _most_frequent(DocumentedService.objects.filter(note__author=provider), limit)


def common_diagnoses(provider: Provider, limit: int = 15) -> list[tuple[str, str]]:
    """The diagnoses this provider documents most, as (words, code)."""
    return _most_frequent(DocumentedDiagnosis.objects.filter(note__author=provider), limit)


def _most_frequent(rows: QuerySet[Any], limit: int) -> list[tuple[str, str]]:
    counted = rows.values_list("text", "code").annotate(times=Count("pk"))
    return [(text, code) for text, code, _ in counted.order_by("-times", "text")[:limit]]
