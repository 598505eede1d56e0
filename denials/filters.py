"""The filters of the denials, for REST, the queue's page and the weekly report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core import clock
from core.access.enums import Role
from core.filters import Day, Dollars, Filters, Id, OneOf, PageFilters, Sort, Yes, order
from denials.enums import DenialState, Resolution, RootCause
from denials.models import Denial
from denials.queries.cases import snoozed, week_days
from payments.models.remittance import GROUPS

#: What the queue shows without a filter: cases that somebody still has to decide.
STATES = {
    "": ("To be worked", [DenialState.OPEN]),
    "later": ("Snoozed", [DenialState.OPEN]),
    "waiting": ("Corrected, waiting", [DenialState.CORRECTED]),
    "recovered": ("Recovered", [DenialState.RECOVERED]),
    "lost": (
        "Closed without payment",
        [DenialState.WRITTEN_OFF, DenialState.MOVED_TO_PATIENT, DenialState.UPHELD],
    ),
    "all": ("All", list(DenialState)),
}


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


class _Shown(df.ChoiceFilter):  # type: ignore[misc]  # the library has no types
    """A group of states; without one, the cases to be worked today."""

    def filter(self, qs: QuerySet[Denial], value: Any) -> QuerySet[Denial]:
        """Only cases in these states; snoozed ones are listed apart."""
        _, states = STATES[value or ""]
        if len(states) < len(DenialState):
            qs = qs.filter(state__in=states)
        if states == [DenialState.OPEN]:
            qs = qs.filter(snoozed() if value == "later" else ~snoozed())
        return qs


class DenialPageFilters(PageFilters, DenialFilters):
    """The queue of the pages. ``week`` (ISO, 2026-W46) goes before ``from`` and ``to``."""

    short_names = {
        "owner": "owner_role",
        "cause": "root_cause",
        "from": "denied_from",
        "to": "denied_to",
    }
    other_words = ("week",)
    in_form = ("q", "state", "payer", "owner", "cause", "due", "least")
    state = _Shown(choices=[(key, label) for key, (label, _) in STATES.items() if key])
    group = df.CharFilter(method="by_code")
    carc = df.CharFilter(method="by_code")
    due = df.ChoiceFilter(
        choices=[("overdue", "Passed"), ("week", "In 7 days"), ("month", "In 30 days")],
        method="by_due",
    )
    least = Dollars(field_name="amount", lookup_expr="gte", min_value=0)
    initial = df.ChoiceFilter(field_name="is_initial", choices=[("1", "First answers only")])
    q = df.CharFilter(method="by_words")
    sort = Sort(
        "-work_item__priority",
        then="pk",
        priority="work_item__priority",
        dollars="amount",
        deadline="deadline",
        denied="denied_on",
        claim="claim__number",
        payer="claim__payer__name",
    )

    def read(self, asked: QueryDict) -> QueryDict:
        """The week as its first and last day."""
        days = week_days(asked.get("week") or "")
        if days is not None:
            asked["denied_from"], asked["denied_to"] = (day.isoformat() for day in days)
        return asked

    def by_code(self, rows: QuerySet[Denial], name: str, value: str) -> QuerySet[Denial]:
        """A code of the adjustment: its group (CAS01) or its reason."""
        return rows.filter(**{name: value.upper()})

    def by_due(self, rows: QuerySet[Denial], name: str, value: str) -> QuerySet[Denial]:
        """By the deadline."""
        today = clock.today()
        if value == "overdue":
            return rows.filter(deadline__lt=today)
        last = today + dt.timedelta(days=7 if value == "week" else 30)
        return rows.filter(deadline__range=(today, last))

    def by_words(self, rows: QuerySet[Denial], name: str, value: str) -> QuerySet[Denial]:
        """A number of the claim, the patient's last name, a reason or a remark."""
        return rows.filter(
            Q(claim__number__istartswith=value)
            | Q(claim__payer_claim_number__iexact=value)
            | Q(claim__encounter__patient__last_name__istartswith=value.split(",")[0])
            | Q(rarcs__contains=[value.upper()])
            | Q(carc__iexact=value)
        )
