"""Visits."""

from __future__ import annotations

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coding.models import CodingVersion
from encounters.models import Encounter
from rcm.api.serializers.parts import (
    ChargeLineSerializer,
    ClaimRef,
    CoverageSerializer,
    DiagnosisSerializer,
    FacilityRef,
    Label,
    PatientRef,
    ProviderRef,
    RowSerializer,
    names,
    of,
    those,
)


class EncounterSerializer(RowSerializer[Encounter]):
    """A visit on a list."""

    status_label = Label("status")
    patient = PatientRef(read_only=True)
    provider = ProviderRef(read_only=True)
    facility = FacilityRef(read_only=True)
    primary_coverage = CoverageSerializer(read_only=True, allow_null=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Encounter
        fields: tuple[str, ...] = names(
            "id number service_date status status_label patient provider facility "
            "place_of_service reason on_hold_since hold_reason primary_coverage checked_in_at "
            "documented_at coded_at billed_at closed_at links"
        )
        read_only_fields = fields

    def get_links(self, row: Encounter) -> dict[str, str]:
        """Where to go from here."""
        return self.visible(
            [
                ("self", "encounter.view", of("encounter", row.pk)),
                ("page", "encounter.view", reverse("front_desk:encounter", args=[row.pk])),
                ("patient", "patient.view", of("patient", row.patient_id)),
                ("claims", "claim.view", those("claim", encounter=row.pk)),
            ]
        )


class CodingSerializer(RowSerializer[CodingVersion]):
    """The codes in force."""

    diagnoses = DiagnosisSerializer(many=True, read_only=True)
    lines = ChargeLineSerializer(many=True, read_only=True)

    class Meta:
        model = CodingVersion
        fields = read_only_fields = ("id", "number", "completed_at", "reason", "diagnoses", "lines")


class EncounterDetailSerializer(EncounterSerializer):
    """A visit with its second insurance, its codes and its claims, as far as the role sees them."""

    secondary_coverage = CoverageSerializer(read_only=True, allow_null=True)
    coding = serializers.SerializerMethodField(
        help_text="The completed codes; null before a coder has finished, and for a role that "
        "does not see codes"
    )
    claims = serializers.SerializerMethodField(help_text="Null for a role that does not see claims")

    class Meta(EncounterSerializer.Meta):
        fields = (
            *EncounterSerializer.Meta.fields,
            "secondary_coverage",
            "prior_authorization",
            "referral_number",
            "coding",
            "claims",
        )
        read_only_fields = fields

    @extend_schema_field(CodingSerializer(allow_null=True))
    def get_coding(self, row: Encounter) -> object:
        """The version in force."""
        if not self.allows("coding.view"):
            return None
        version = (
            row.coding_versions.filter(state=CodingVersion.State.COMPLETE)
            .prefetch_related("diagnoses", "lines")
            .first()
        )
        return CodingSerializer(version, context=self.context).data if version else None

    @extend_schema_field(ClaimRef(many=True, allow_null=True))
    def get_claims(self, row: Encounter) -> object:
        """Its claims, the newest first."""
        if not self.allows("claim.view"):
            return None
        return ClaimRef(row.claims.all(), many=True, context=self.context).data
