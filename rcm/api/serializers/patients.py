"""Patients."""

from __future__ import annotations

from django.urls import reverse
from rest_framework import serializers

from encounters.models import Patient
from rcm.api.serializers.parts import CoverageSerializer, RowSerializer, names, of, those


class PatientSerializer(RowSerializer[Patient]):
    """A patient on a list."""

    name = serializers.CharField(read_only=True, help_text="Last, First M")
    links = serializers.SerializerMethodField()

    class Meta:
        model = Patient
        fields: tuple[str, ...] = names(
            "id mrn name last_name first_name middle_name birth_date sex phone links"
        )
        read_only_fields = fields

    def get_links(self, row: Patient) -> dict[str, str]:
        """Where to go from here."""
        return self.visible(
            [
                ("self", "patient.view", of("patient", row.pk)),
                ("page", "patient.view", reverse("front_desk:patient", args=[row.pk])),
                ("encounters", "encounter.view", those("encounter", patient=row.pk)),
                ("claims", "claim.view", those("claim", patient=row.pk)),
                ("denials", "denial.view", those("denial", patient=row.pk)),
            ]
        )


class PatientDetailSerializer(PatientSerializer):
    """A patient with address and every coverage that was ever right, primary first."""

    coverages = CoverageSerializer(many=True, read_only=True, source="shown_coverages")

    class Meta(PatientSerializer.Meta):
        fields = (
            *PatientSerializer.Meta.fields,
            "address",
            "city",
            "state",
            "zip_code",
            "email",
            "coverages",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields
