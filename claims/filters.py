"""The filters of the claim list, for REST and for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters as df
from django.db.models import QuerySet

from claims.enums import AWAITING_PAYER, ClaimState
from claims.models import Claim
from claims.queries.ageing import sent_between
from claims.queries.lists import with_words
from claims.rules import BUCKETS
from core import clock
from core.filters import Day, Dollars, Filters, Id, OneOf, PageFilters, Sort, Yes, order
from core.ui.status import pill
from encounters.models import Payer, Provider

GROUPS: dict[str, tuple[str, tuple[ClaimState, ...]]] = {
    "work": ("Needs work", (ClaimState.HELD, ClaimState.REJECTED, ClaimState.DENIED)),
    "to_send": ("To be sent", (ClaimState.READY, ClaimState.QUEUED)),
    "on_way": (
        "On the way to the payer",
        (ClaimState.SENT, ClaimState.ACCEPTED_BY_CLEARINGHOUSE),
    ),
    "waiting": ("Waiting for the payer", AWAITING_PAYER),
    "done": ("Answered or closed", (ClaimState.ADJUDICATED, ClaimState.CLOSED)),
}
"""Several states under one name: word of the address → label and states."""

STATES = [
    ("Together", [(key, label) for key, (label, _) in GROUPS.items()]),
    ("One state", [(state.value, pill("claim", state.value).label) for state in ClaimState]),
]


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


class ClaimPageFilters(PageFilters, ClaimFilters):
    """The claim list of the pages. Unknown payers and providers are ignored."""

    short_names = {"from": "service_from", "to": "service_to"}
    in_form = ("q", "state", "payer", "provider", "age", "from", "to", "min", "max")
    q = df.CharFilter(max_length=60, method="by_words")
    state = df.ChoiceFilter(choices=STATES, empty_label="All states", method="by_state")
    payer = df.ChoiceFilter(field_name="payer_id", empty_label="All payers")
    provider = df.ChoiceFilter(field_name="encounter__provider_id", empty_label="All providers")
    age = df.ChoiceFilter(
        choices=[(one.key, f"{one.label} days") for one in BUCKETS],
        empty_label="Any age",
        method="by_age",
    )
    min = Dollars(field_name="total_charge", lookup_expr="gte", min_value=0)
    max = Dollars(field_name="total_charge", lookup_expr="lte", min_value=0)
    sort = Sort(
        "-service_date -pk",
        number="pk",
        service_date="service_date pk",
        patient="encounter__patient__last_name encounter__patient__first_name pk",
        payer="payer__name pk",
        charge="total_charge pk",
        state="state service_date pk",
        sent="sent_on pk",
        deadline="filing_deadline pk",
    )

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Claim]) -> None:
        super().__init__(data, queryset)
        self.filters["payer"].extra["choices"] = list(Payer.objects.values_list("pk", "name"))
        self.filters["provider"].extra["choices"] = [
            (one.pk, str(one)) for one in Provider.objects.all()
        ]

    @property
    def more_count(self) -> int:
        """How many of the filters behind "Dates and amounts" are set."""
        names = ("service_from", "service_to", "min", "max")
        return sum(bool(self.form.cleaned_data.get(name)) for name in names)

    def by_words(self, rows: QuerySet[Claim], name: str, value: str) -> QuerySet[Claim]:
        """A number of the claim, or the patient's name."""
        return rows.filter(with_words(value))

    def by_state(self, rows: QuerySet[Claim], name: str, value: str) -> QuerySet[Claim]:
        """One state, or a group of them."""
        states = GROUPS[value][1] if value in GROUPS else (value,)
        return rows.filter(state__in=states)

    def by_age(self, rows: QuerySet[Claim], name: str, value: str) -> QuerySet[Claim]:
        """Claims that wait for the payer, by the days since they were sent."""
        bucket = next(one for one in BUCKETS if one.key == value)
        return rows.filter(
            sent_between(bucket, clock.today(), "submissions__"),
            submissions__is_current=True,
            state__in=AWAITING_PAYER,
        )
