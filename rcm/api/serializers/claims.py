"""Claims, their submissions, and what was answered before adjudication."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims.enums import SubmissionEnd
from claims.models import Acknowledgement, Claim, ClaimLine, ScrubFinding, Submission
from rcm.api.serializers.parts import (
    CoverageSerializer,
    DiagnosisSerializer,
    EncounterRef,
    FacilityRef,
    Label,
    PatientRef,
    PayerRef,
    ProviderRef,
    RowSerializer,
    names,
    of,
    those,
)


class ClaimSerializer(RowSerializer[Claim]):
    """A claim on a list."""

    state_label = Label("state")
    encounter = EncounterRef(read_only=True)
    patient = PatientRef(source="encounter.patient", read_only=True)
    provider = ProviderRef(source="encounter.provider", read_only=True)
    payer = PayerRef(read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields: tuple[str, ...] = names(
            "id number kind payer_sequence part state state_label service_date total_charge "
            "filing_deadline encounter patient provider payer payer_claim_number was_clean "
            "created_at first_sent_at first_adjudicated_at closed_at links"
        )
        read_only_fields = fields

    def get_links(self, row: Claim) -> dict[str, str]:
        """Where to go from here."""
        return self.visible(
            [
                ("self", "claim.view", of("claim", row.pk)),
                ("page", "claim.view", reverse("claims:detail", args=[row.pk])),
                ("segments", "claim.view", reverse("claims:segments", args=[row.pk])),
                ("patient", "patient.view", of("patient", row.encounter.patient_id)),
                ("encounter", "encounter.view", of("encounter", row.encounter_id)),
                ("remittances", "remittance.view", those("remittance", claim=row.pk)),
                ("denials", "denial.view", those("denial", claim=row.pk)),
            ]
        )


class ClaimLineSerializer(RowSerializer[ClaimLine]):
    """A service line as it is sent (837 loop 2400)."""

    class Meta:
        model = ClaimLine
        fields = read_only_fields = names(
            "id position control_number code modifiers units charge pointers service_date "
            "place_of_service"
        )


class AcknowledgementSerializer(RowSerializer[Acknowledgement]):
    """A TA1, 999 or 277CA about a submission."""

    class Meta:
        model = Acknowledgement
        fields = read_only_fields = names(
            "id kind accepted category_code status_code entity_code segment message fix "
            "payer_claim_number received_at"
        )


class FindingSerializer(RowSerializer[ScrubFinding]):
    """What the scrubber found before sending."""

    class Meta:
        model = ScrubFinding
        fields = read_only_fields = names(
            "id code severity path message fix at_stake found_at resolved_at"
        )


class SubmissionSerializer(RowSerializer[Submission]):
    """One version of the claim as it was sent, and how it was received."""

    # Empty while it is in force, so the document has to know that.
    end = serializers.ChoiceField(SubmissionEnd.choices, allow_blank=True, read_only=True)
    frequency_label = Label("frequency")
    acknowledgements = AcknowledgementSerializer(many=True, read_only=True)

    class Meta:
        model = Submission
        fields: tuple[str, ...] = names(
            "id number control_number is_current frequency frequency_label original_reference "
            "total_charge created_at queued_at sent_at clearinghouse_accepted_at "
            "payer_accepted_at rejected_at adjudicated_at end acknowledgements"
        )
        read_only_fields = fields


class CurrentSubmissionSerializer(SubmissionSerializer):
    """The submission in force, with its codes, lines and findings."""

    diagnoses = DiagnosisSerializer(many=True, read_only=True, source="coding_version.diagnoses")
    lines = ClaimLineSerializer(many=True, read_only=True)
    findings = FindingSerializer(many=True, read_only=True)

    class Meta(SubmissionSerializer.Meta):
        fields = (*SubmissionSerializer.Meta.fields, "diagnoses", "lines", "findings")
        read_only_fields = fields


class ClaimDetailSerializer(ClaimSerializer):
    """A claim with what is sent for it now, and what was sent before."""

    coverage = CoverageSerializer(read_only=True)
    facility = FacilityRef(read_only=True)
    current_submission = serializers.SerializerMethodField()
    earlier_submissions = SubmissionSerializer(many=True, read_only=True)

    class Meta(ClaimSerializer.Meta):
        fields = (
            *ClaimSerializer.Meta.fields,
            "coverage",
            "facility",
            "current_submission",
            "earlier_submissions",
        )
        read_only_fields = fields

    @extend_schema_field(CurrentSubmissionSerializer(allow_null=True))
    def get_current_submission(self, row: Any) -> object:
        """The one in force, which the query has put into `current`."""
        for submission in row.current:
            return CurrentSubmissionSerializer(submission, context=self.context).data
        return None
