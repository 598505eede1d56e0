"""Small parts that several answers share, and the links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.db.models import Model
from django.urls import reverse
from rest_framework import serializers

from claims.models import Claim
from coding.models import ChargeLine, Diagnosis
from core.access.models import User
from core.access.permissions import may
from encounters.models import Coverage, Encounter, Facility, Patient, Payer, Provider

M = TypeVar("M", bound=Model)
Link = tuple[str, str, str]
"""Name, permission that opens it, address."""


def names(words: str) -> tuple[str, ...]:
    """The fields of a serializer, written as words."""
    return tuple(words.split())


class RowSerializer(serializers.ModelSerializer[M]):
    """A row as it is read; nothing is ever written through it."""

    def allows(self, permission: str) -> bool:
        """Whether the reader holds the permission."""
        return may(cast(User, self.context["request"].user), permission)

    def visible(self, links: Iterable[Link]) -> dict[str, str]:
        """The links that the reader may open."""
        return {name: address for name, permission, address in links if self.allows(permission)}


def of(name: str, row_id: int) -> str:
    """The address of one row: ``of("claim", 7)``."""
    return reverse(f"api:{name}-detail", args=[row_id])


def those(name: str, **filters: Any) -> str:
    """The address of a filtered list: ``those("claim", patient=7)``."""
    query = "&".join(f"{key}={value}" for key, value in filters.items())
    return f"{reverse(f'api:{name}-list')}?{query}"


class Label(serializers.CharField):
    """The words of a coded field: ``Label("state")``. Asking the row itself is three times as
    quick as a source that is a method, which is inspected for each row."""

    def __init__(self, name: str) -> None:
        super().__init__(source="*", read_only=True)
        self.name = name

    def get_attribute(self, instance: Model) -> str:
        """What Django calls the display value."""
        return str(getattr(instance, f"get_{self.name}_display")())


class PatientRef(RowSerializer[Patient]):
    """Who was treated."""

    name = serializers.CharField(read_only=True, help_text="Last, First M")

    class Meta:
        model = Patient
        fields = read_only_fields = ("id", "mrn", "name")


class ProviderRef(RowSerializer[Provider]):
    """Who treated."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Provider
        fields = read_only_fields = ("id", "npi", "name")

    def get_name(self, row: Provider) -> str:
        """First Last, credentials."""
        return str(row)


class PayerRef(RowSerializer[Payer]):
    """Who insures."""

    class Meta:
        model = Payer
        fields = read_only_fields = ("id", "name", "kind")


class FacilityRef(RowSerializer[Facility]):
    """Where."""

    class Meta:
        model = Facility
        fields = read_only_fields = ("id", "name", "npi")


class EncounterRef(RowSerializer[Encounter]):
    """The visit."""

    class Meta:
        model = Encounter
        fields = read_only_fields = ("id", "number")


class ClaimRef(RowSerializer[Claim]):
    """The claim."""

    state_label = Label("state")

    class Meta:
        model = Claim
        fields = read_only_fields = ("id", "number", "state", "state_label")


class CoverageSerializer(RowSerializer[Coverage]):
    """An insurance of a patient, under its numbers, for its days."""

    payer = PayerRef(read_only=True)
    relationship_label = Label("relationship")

    class Meta:
        model = Coverage
        fields = read_only_fields = names(
            "id priority payer plan_name subscriber_number group_number relationship "
            "relationship_label effective_from effective_to"
        )


class DiagnosisSerializer(RowSerializer[Diagnosis]):
    """A diagnosis and the position that lines point to."""

    class Meta:
        model = Diagnosis
        fields = read_only_fields = ("position", "code", "description")


class ChargeLineSerializer(RowSerializer[ChargeLine]):
    """A coded service with its charge."""

    class Meta:
        model = ChargeLine
        fields = read_only_fields = names(
            "id position code description modifiers units charge pointers place_of_service "
            "service_date"
        )
