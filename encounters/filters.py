"""The filters of the lists of patients and of visits."""

from __future__ import annotations

import django_filters as df
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.filters import Day, Filters, Id, OneOf, Yes, order
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Patient
from encounters.queries import patient_search


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
