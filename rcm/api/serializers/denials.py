"""Denials: what was refused, why, who works it until when, and what recovered the money."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims.models import Submission
from denials.models import Correction, Denial
from denials.rules.playbook import find_entry
from payments.models import RemittanceLine
from payments.rules.reasons import reason, remark_words
from rcm.api.serializers.parts import (
    ClaimRef,
    Label,
    PatientRef,
    PayerRef,
    ProviderRef,
    RowSerializer,
    names,
    of,
)


class DeniedLineSerializer(RowSerializer[RemittanceLine]):
    """The service that was refused, as the payer names it."""

    class Meta:
        model = RemittanceLine
        fields = read_only_fields = names("id position code modifiers charge paid control_number")


class DenialSerializer(RowSerializer[Denial]):
    """A denial on a list."""

    state_label = Label("state")
    root_cause_label = Label("root_cause")
    route_label = Label("route")
    meaning = serializers.SerializerMethodField()
    is_overdue = serializers.BooleanField(read_only=True)
    claim = ClaimRef(read_only=True)
    patient = PatientRef(source="claim.encounter.patient", read_only=True)
    provider = ProviderRef(source="claim.encounter.provider", read_only=True)
    payer = PayerRef(source="claim.payer", read_only=True)
    line = DeniedLineSerializer(read_only=True, allow_null=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Denial
        fields: tuple[str, ...] = names(
            "id state state_label group carc meaning rarcs amount recovered root_cause "
            "root_cause_label owner_role route route_label denied_on deadline is_overdue "
            "is_initial opened_at closed_at claim patient provider payer line links"
        )
        read_only_fields = fields

    def get_meaning(self, row: Denial) -> str:
        """The CARC in plain words."""
        return reason(row.carc).words

    def get_links(self, row: Denial) -> dict[str, str]:
        """Where to go from here."""
        return self.visible(
            [
                ("self", "denial.view", of("denial", row.pk)),
                ("page", "denial.view", reverse("denials:detail", args=[row.pk])),
                ("claim", "claim.view", of("claim", row.claim_id)),
                ("patient", "patient.view", of("patient", row.claim.encounter.patient_id)),
                ("remittance", "remittance.view", of("remittance", row.payment.remittance_id)),
            ]
        )


class SubmissionRef(RowSerializer[Submission]):
    """A version of the claim."""

    class Meta:
        model = Submission
        fields = read_only_fields = ("id", "control_number", "frequency", "sent_at")


class CorrectionSerializer(RowSerializer[Correction]):
    """The change that answered a denial, and the dollars recovered with it."""

    from_submission = SubmissionRef(read_only=True)
    to_submission = SubmissionRef(read_only=True)
    recovered = serializers.DecimalField(
        source="brought",
        max_digits=12,
        decimal_places=2,
        read_only=True,
        allow_null=True,
        help_text="What the payer paid for it after this change, US dollars; empty: no answer yet",
    )

    class Meta:
        model = Correction
        fields = read_only_fields = names(
            "id made_at reason recovered from_submission to_submission"
        )


class PlaySerializer(serializers.Serializer[Any]):
    """What the playbook says about such a denial."""

    title = serializers.CharField()
    meaning = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())


class RemarkWordsSerializer(serializers.Serializer[Any]):
    """A RARC in plain words."""

    code = serializers.CharField()
    meaning = serializers.CharField()


class DenialDetailSerializer(DenialSerializer):
    """A denial with its remarks, what to do, and its corrections."""

    submission = SubmissionRef(read_only=True)
    remarks = serializers.SerializerMethodField()
    what_to_do = serializers.SerializerMethodField()
    corrections = CorrectionSerializer(many=True, read_only=True)

    class Meta(DenialSerializer.Meta):
        fields = (
            *DenialSerializer.Meta.fields,
            "close_reason",
            "submission",
            "remarks",
            "what_to_do",
            "corrections",
        )
        read_only_fields = fields

    @extend_schema_field(RemarkWordsSerializer(many=True))
    def get_remarks(self, row: Denial) -> list[dict[str, str]]:
        """Each RARC with its words."""
        return [{"code": one, "meaning": remark_words(one)} for one in row.rarcs]

    @extend_schema_field(PlaySerializer)
    def get_what_to_do(self, row: Denial) -> dict[str, object]:
        """The most exact entry of the playbook."""
        entry = find_entry(row.group, row.carc, row.rarcs, row.claim.payer.kind)
        return {"title": entry.title, "meaning": entry.meaning, "steps": list(entry.steps)}
