"""The filters of remittances, of the claims in one, and of the unposted queue."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.filters import Day, Dollars, Filters, Id, OneOf, PageFilters, Sort, Yes, order
from core.parameters import parse_pk
from payments.enums import Disposition, PaymentState, RemittanceState
from payments.models import Adjustment, Remittance, RemittanceClaim


class RemittanceFilters(Filters):
    """Remittances."""

    trace_number = df.CharFilter(lookup_expr="iexact")
    state = OneOf(choices=RemittanceState.choices)
    payer = Id(field_name="payer_id")
    payment_from = Day(field_name="payment_date", lookup_expr="gte")
    payment_to = Day(field_name="payment_date", lookup_expr="lte")
    amount_from = Dollars(field_name="amount", lookup_expr="gte")
    amount_to = Dollars(field_name="amount", lookup_expr="lte")
    claim = Id(method="by_claim", help_text="Pays or answers this claim")
    has_unposted = Yes(method="by_unposted", help_text="Holds payments that match no claim")
    ordering = order(
        received="received_at",
        payment_date="payment_date",
        amount="amount",
        trace_number="trace_number",
    )

    def by_claim(self, rows: QuerySet[Remittance], name: str, value: int) -> QuerySet[Remittance]:
        """One of its payments is of this claim."""
        return rows.filter(Exists(_claims_inside().filter(claim_id=value)))

    def by_unposted(
        self, rows: QuerySet[Remittance], name: str, value: bool
    ) -> QuerySet[Remittance]:
        """Some of it waits for a person."""
        found = Exists(_claims_inside().filter(state=PaymentState.UNPOSTED))
        return rows.filter(found if value else ~found)


class RemittancePageFilters(PageFilters, RemittanceFilters):
    """The list of the pages: found by trace number, payer, claim number or patient."""

    in_form = ("q", "state", "payer")
    q = df.CharFilter(method="by_words")
    payer = df.CharFilter(method="by_payer")
    sort = Sort(
        "-received_at",
        then="-pk",
        received="received_at",
        payer="payer_name",
        date="payment_date",
        amount="amount",
        trace="trace_number",
    )

    def by_words(self, rows: QuerySet[Remittance], name: str, value: str) -> QuerySet[Remittance]:
        """The check or its payer, or one of the claims inside."""
        inside = _claims_inside().filter(
            Q(patient_control_number__istartswith=value)
            | Q(payer_claim_number__iexact=value)
            | Q(patient_name__istartswith=value)
        )
        return rows.filter(
            Q(trace_number__icontains=value) | Q(payer_name__icontains=value) | Exists(inside)
        )

    def by_payer(self, rows: QuerySet[Remittance], name: str, value: str) -> QuerySet[Remittance]:
        """A payer's id; `other` for payers that are not on file."""
        if value == "other":
            return rows.filter(payer=None)
        payer_id = parse_pk(value)
        return rows if payer_id is None else rows.filter(payer_id=payer_id)


class PaymentPageFilters(PageFilters):
    """The claims of one remittance."""

    show = df.ChoiceFilter(
        choices=[("denied", "Denied in part or whole"), *PaymentState.choices], method="by_outcome"
    )
    q = df.CharFilter(method="by_words")

    def by_outcome(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A state, or that some of the charge was denied."""
        if value != "denied":
            return rows.filter(state=value)
        denied = Adjustment.objects.filter(
            remittance_claim=OuterRef("pk"), disposition=Disposition.DENIED, amount__gt=0
        )
        return rows.filter(Exists(denied))

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Beginning of a claim number or of the patient's name."""
        return rows.filter(
            Q(patient_control_number__istartswith=value)
            | Q(payer_claim_number__istartswith=value)
            | Q(patient_name__istartswith=value)
        )


class UnpostedPageFilters(PageFilters):
    """The unposted queue, the most urgent first."""

    in_form = ("q", "money")
    q = df.CharFilter(method="by_words")
    money = df.ChoiceFilter(
        choices=[("yes", "With money"), ("no", "Without money")], method="by_money"
    )
    sort = Sort(
        "-work_item__priority",
        then="pk",
        paid="paid",
        received="remittance__received_at",
        payer="remittance__payer_name",
    )

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Part of a number, or of the name of the patient or payer."""
        return rows.filter(
            Q(patient_control_number__icontains=value)
            | Q(payer_claim_number__icontains=value)
            | Q(patient_name__icontains=value)
            | Q(remittance__trace_number__icontains=value)
            | Q(remittance__payer_name__icontains=value)
        )

    def by_money(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Whether the payer paid something."""
        return rows.exclude(paid=0) if value == "yes" else rows.filter(paid=0)


def _claims_inside() -> QuerySet[RemittanceClaim]:
    return RemittanceClaim.objects.filter(remittance=OuterRef("pk"))
