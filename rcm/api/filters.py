"""The filters and orders of each list. Each is an index or a foreign key of its table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import django_filters as df
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from claims.enums import ClaimState
from core import clock
from core.access.enums import Role
from denials.enums import DenialState, Resolution, RootCause
from denials.models import Denial
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Patient
from encounters.queries import patient_search
from payments.enums import PaymentState, RemittanceState
from payments.models import Remittance, RemittanceClaim
from payments.models.remittance import GROUPS

LARGEST_ID: Final = 2**63 - 1


class WholeNumber(forms.IntegerField):
    """An id: what the database could not hold is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, **kwargs})


@extend_schema_field(OpenApiTypes.INT64)
class Id(df.Filter):  # type: ignore[misc]  # the library has no types
    """Rows that belong to one row, by its id."""

    field_class = WholeNumber


@extend_schema_field(OpenApiTypes.DATE)
class Day(df.DateFilter):  # type: ignore[misc]
    """A day, ISO 8601 and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d{1,2})?$"})
class Dollars(df.Filter):  # type: ignore[misc]
    """US dollars with at most two decimals."""

    field_class = forms.DecimalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=14, decimal_places=2, **kwargs)


class Flag(forms.Field):
    """``true`` or ``false``; another word is refused and never "both"."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Read the word."""
        known = {"": None, "true": True, "false": False, "1": True, "0": False}
        text = str(value or "").lower()
        if text not in known:
            raise forms.ValidationError("Say true or false.")
        return known[text]


@extend_schema_field(OpenApiTypes.BOOL)
class Yes(df.Filter):  # type: ignore[misc]
    """True or false."""

    field_class = Flag


class OneOf(df.MultipleChoiceFilter):  # type: ignore[misc]
    """One of the words; several by repeating the parameter."""


class Order(df.OrderingFilter):  # type: ignore[misc]
    """Which column orders the list; ``-`` turns it round. Equal rows stand by id, always."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Order, and let no two requests give equal rows in another order."""
        if not value:
            return qs
        columns = [self.get_ordering_value(one) for one in value]
        return qs.order_by(*columns, "-pk" if columns[-1].startswith("-") else "pk")


def order(**columns: str) -> Order:
    """``order(charge="total_charge")``: the word of the address, and its column."""
    return Order(fields=[(column, word) for word, column in columns.items()])


class Filters(df.FilterSet):  # type: ignore[misc]
    """What the lists have in common."""

    @classmethod
    def names(cls) -> Iterable[str]:
        """The parameters that are known."""
        return [*cls.base_filters, "page", "page_size"]


class PatientFilters(Filters):
    """Patients."""

    q = df.CharFilter(
        method="by_words",
        max_length=100,
        help_text="Name (forgives typing errors), MRN, birth date, phone or subscriber number; "
        "the likeliest first",
    )
    mrn = df.CharFilter(lookup_expr="iexact")
    last_name = df.CharFilter(lookup_expr="istartswith", help_text="Beginning of the last name")
    birth_date = Day()
    payer = Id(method="by_payer", help_text="Insured today by this payer")
    ordering = order(last_name="last_name", birth_date="birth_date", created_at="created_at")

    def by_words(self, rows: QuerySet[Patient], name: str, value: str) -> QuerySet[Patient]:
        """The search of the pages; it comes first and the other filters narrow it."""
        return patient_search(value)

    def by_payer(self, rows: QuerySet[Patient], name: str, value: int) -> QuerySet[Patient]:
        """A coverage in force today."""
        today = clock.today()
        insured = Coverage.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=today),
            patient=OuterRef("pk"),
            payer_id=value,
            superseded_at=None,
            effective_from__lte=today,
        )
        return rows.filter(Exists(insured))


class EncounterFilters(Filters):
    """Visits."""

    number = df.CharFilter(lookup_expr="iexact")
    status = OneOf(choices=EncounterStatus.choices)
    service_date = Day()
    service_from = Day(field_name="service_date", lookup_expr="gte")
    service_to = Day(field_name="service_date", lookup_expr="lte")
    patient = Id(field_name="patient_id")
    provider = Id(field_name="provider_id")
    facility = Id(field_name="facility_id")
    payer = Id(field_name="primary_coverage__payer_id", help_text="The primary payer")
    on_hold = Yes(field_name="on_hold_since", lookup_expr="isnull", exclude=True)
    ordering = order(service_date="service_date", number="number", status="status")


class ClaimFilters(Filters):
    """Claims."""

    number = df.CharFilter(lookup_expr="iexact")
    payer_claim_number = df.CharFilter(lookup_expr="iexact")
    state = OneOf(choices=ClaimState.choices)
    service_from = Day(field_name="service_date", lookup_expr="gte")
    service_to = Day(field_name="service_date", lookup_expr="lte")
    deadline_to = Day(field_name="filing_deadline", lookup_expr="lte")
    charge_from = Dollars(field_name="total_charge", lookup_expr="gte")
    charge_to = Dollars(field_name="total_charge", lookup_expr="lte")
    encounter = Id(field_name="encounter_id")
    patient = Id(field_name="encounter__patient_id")
    provider = Id(field_name="encounter__provider_id")
    facility = Id(field_name="facility_id")
    payer = Id(field_name="payer_id")
    was_clean = Yes(help_text="Passed all edits at the first scrub")
    ordering = order(
        number="number",
        service_date="service_date",
        charge="total_charge",
        state="state",
        deadline="filing_deadline",
        sent="first_sent_at",
    )


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
        inside = RemittanceClaim.objects.filter(remittance=OuterRef("pk"), claim_id=value)
        return rows.filter(Exists(inside))

    def by_unposted(
        self, rows: QuerySet[Remittance], name: str, value: bool
    ) -> QuerySet[Remittance]:
        """Some of it waits for a person."""
        found = Exists(
            RemittanceClaim.objects.filter(remittance=OuterRef("pk"), state=PaymentState.UNPOSTED)
        )
        return rows.filter(found if value else ~found)


class DenialFilters(Filters):
    """Denials."""

    state = OneOf(choices=DenialState.choices)
    group = OneOf(choices=GROUPS, help_text="CAS01")
    carc = df.CharFilter(lookup_expr="iexact", help_text="Claim adjustment reason code")
    rarc = df.CharFilter(method="by_remark", help_text="Remittance advice remark code")
    root_cause = OneOf(choices=RootCause.choices)
    owner_role = OneOf(choices=Role.choices)
    route = OneOf(choices=Resolution.choices)
    denied_from = Day(field_name="denied_on", lookup_expr="gte")
    denied_to = Day(field_name="denied_on", lookup_expr="lte")
    deadline_to = Day(field_name="deadline", lookup_expr="lte")
    overdue = Yes(method="by_overdue", help_text="To be worked, and its deadline has passed")
    amount_from = Dollars(field_name="amount", lookup_expr="gte")
    amount_to = Dollars(field_name="amount", lookup_expr="lte")
    is_initial = Yes(help_text="On the claim's first remittance")
    claim = Id(field_name="claim_id")
    payer = Id(field_name="claim__payer_id")
    provider = Id(field_name="claim__encounter__provider_id")
    patient = Id(field_name="claim__encounter__patient_id")
    ordering = order(denied_on="denied_on", amount="amount", deadline="deadline", carc="carc")

    def by_remark(self, rows: QuerySet[Denial], name: str, value: str) -> QuerySet[Denial]:
        """One of its remarks."""
        return rows.filter(rarcs__contains=[value.upper()])

    def by_overdue(self, rows: QuerySet[Denial], name: str, value: bool) -> QuerySet[Denial]:
        """As the queue of the pages counts it."""
        late = Q(state=DenialState.OPEN, deadline__lt=clock.today())
        return rows.filter(late) if value else rows.exclude(pk__in=rows.filter(late).values("pk"))
