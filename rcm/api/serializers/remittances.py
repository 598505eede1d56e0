"""Remittances: who paid what, and why not more."""

from __future__ import annotations

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from payments.models import (
    Adjustment,
    ProviderAdjustment,
    Remark,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from payments.rules.reasons import PLB_WORDS, STATUS_WORDS, reason, remark_words
from rcm.api.serializers.parts import ClaimRef, Label, PayerRef, RowSerializer, names, of

EMBEDDED_CLAIMS = 200
"""How many claims a remittance's detail contains; all of them are at its `claims` link."""


class RemittanceSerializer(RowSerializer[Remittance]):
    """A remittance (one 835 transaction) on a list."""

    state_label = Label("state")
    payer = PayerRef(read_only=True, allow_null=True)
    claim_count = serializers.IntegerField(read_only=True)
    unposted_count = serializers.IntegerField(
        read_only=True, help_text="Payments that match no claim of ours"
    )
    links = serializers.SerializerMethodField()

    class Meta:
        model = Remittance
        fields: tuple[str, ...] = names(
            "id trace_number payer payer_name payer_identifier method amount payment_date "
            "production_date state state_label held_reason claim_count unposted_count received_at "
            "posted_at links"
        )
        read_only_fields = fields

    def get_links(self, row: Remittance) -> dict[str, str]:
        """Where to go from here."""
        return self.visible(
            [
                ("self", "remittance.view", of("remittance", row.pk)),
                ("claims", "remittance.view", reverse("api:remittance-claims", args=[row.pk])),
                ("page", "remittance.view", reverse("payments:detail", args=[row.pk])),
                ("file", "remittance.view", reverse("payments:file", args=[row.pk])),
            ]
        )


class AdjustmentSerializer(RowSerializer[Adjustment]):
    """One CAS reason; a positive amount lowers the payment."""

    meaning = serializers.SerializerMethodField()

    class Meta:
        model = Adjustment
        fields = read_only_fields = names("id group carc meaning amount quantity disposition")

    def get_meaning(self, row: Adjustment) -> str:
        """The CARC in plain words."""
        return reason(row.carc).words


class RemarkSerializer(RowSerializer[Remark]):
    """One RARC."""

    meaning = serializers.SerializerMethodField()

    class Meta:
        model = Remark
        fields = read_only_fields = ("code", "meaning")

    def get_meaning(self, row: Remark) -> str:
        """The RARC in plain words."""
        return remark_words(row.code)


class RemittanceLineSerializer(RowSerializer[RemittanceLine]):
    """One service's payment (SVC)."""

    adjustments = AdjustmentSerializer(many=True, read_only=True)
    remarks = RemarkSerializer(many=True, read_only=True)

    class Meta:
        model = RemittanceLine
        fields = read_only_fields = names(
            "id position code modifiers submitted_code charge paid units allowed control_number "
            "service_date matched_by adjustments remarks"
        )


class RemittanceClaimSerializer(RowSerializer[RemittanceClaim]):
    """One claim's payment (CLP), with its reasons at claim level and line by line."""

    status_label = serializers.SerializerMethodField()
    state_label = Label("state")
    claim = ClaimRef(read_only=True, allow_null=True)
    adjustments = AdjustmentSerializer(many=True, read_only=True, source="of_claim")
    remarks = RemarkSerializer(many=True, read_only=True, source="remarks_of_claim")
    lines = RemittanceLineSerializer(many=True, read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = RemittanceClaim
        fields = read_only_fields = names(
            "id position patient_control_number status_code status_label charge paid "
            "patient_responsibility payer_claim_number patient_name member_number service_date "
            "state state_label matched_by unmatched_reason claim adjustments remarks lines links"
        )

    def get_status_label(self, row: RemittanceClaim) -> str:
        """CLP02 in words."""
        return STATUS_WORDS.get(row.status_code, f"Status {row.status_code}")

    def get_links(self, row: RemittanceClaim) -> dict[str, str]:
        """Where to go from here."""
        links = [("page", "remittance.view", reverse("payments:payment", args=[row.pk]))]
        if row.claim_id:
            links.append(("claim", "claim.view", of("claim", row.claim_id)))
        return self.visible(links)


class ProviderAdjustmentSerializer(RowSerializer[ProviderAdjustment]):
    """A PLB amount, of no claim; positive lowers the payment."""

    meaning = serializers.SerializerMethodField()

    class Meta:
        model = ProviderAdjustment
        fields = read_only_fields = names(
            "id position provider_identifier reason meaning reference amount"
        )

    def get_meaning(self, row: ProviderAdjustment) -> str:
        """PLB03-1 in words."""
        return PLB_WORDS.get(row.reason, f"Adjustment {row.reason}")


class RemittanceDetailSerializer(RemittanceSerializer):
    """A remittance with its first 200 claims and what belongs to no claim."""

    provider_adjustments = ProviderAdjustmentSerializer(many=True, read_only=True)
    claims = serializers.SerializerMethodField(
        help_text=f"The first {EMBEDDED_CLAIMS}; all of them, page by page, at links.claims"
    )

    class Meta(RemittanceSerializer.Meta):
        fields = (
            *RemittanceSerializer.Meta.fields,
            "payee_name",
            "payee_identifier",
            "handling",
            "provider_adjustments",
            "claims",
        )
        read_only_fields = fields

    @extend_schema_field(RemittanceClaimSerializer(many=True))
    def get_claims(self, row: Remittance) -> object:
        """The claims that the view has read."""
        return RemittanceClaimSerializer(
            self.context["claims"], many=True, context=self.context
        ).data
