"""The filters of the administrator's lists. A value that cannot be read is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet

from core.access.enums import Role
from core.access.models import User
from core.audit.models import AuditEvent
from core.filters import Id, PageFilters
from rcm.administration.queries import start_of


class UserFilters(PageFilters):
    """People who sign in."""

    q = df.CharFilter(max_length=80, method="by_words")
    role = df.ChoiceFilter(choices=Role.choices, empty_label="All roles")
    state = df.ChoiceFilter(
        choices=[("open", "Can sign in"), ("closed", "Closed")],
        empty_label="Everybody",
        method="by_state",
    )

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Part of the user name or of the person's name."""
        return rows.filter(
            Q(username__icontains=value)
            | Q(first_name__icontains=value)
            | Q(last_name__icontains=value)
        )

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Whether the person can sign in."""
        return rows.filter(is_active=value == "open")


class SubjectField(forms.CharField):
    """`claims.claim 12`: the kind of row and, optionally, its number."""

    def clean(self, value: Any) -> tuple[str, int | None] | None:
        """The kind and the number; None when nothing was entered."""
        kind, _, number = super().clean(value).lower().partition(" ")
        number = number.strip().removeprefix("#")
        if number and not (number.isdecimal() and len(number) < 19):
            raise forms.ValidationError("Write a kind and a number, such as claims.claim 12.")
        return (kind, int(number) if number else None) if kind else None


class _Subject(df.Filter):  # type: ignore[misc]  # the library has no types
    field_class = SubjectField


class AuditFilters(PageFilters):
    """The audit record. The page names what it left out."""

    actor = df.ChoiceFilter(field_name="actor_id", label="Who", empty_label="Everybody")
    action = df.CharFilter(label="Action", max_length=64, method="by_action")
    subject = _Subject(label="Subject", max_length=90, method="by_subject")
    patient = Id(field_name="patient_id", label="Patient id")
    since = df.DateFilter(label="From", method="by_since")
    until = df.DateFilter(label="To", method="by_until")

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[AuditEvent]) -> None:
        super().__init__(data, queryset)
        people = User.objects.order_by("last_name", "first_name", "username")
        self.filters["actor"].extra["choices"] = [(one.pk, one.display_name) for one in people]

    def by_action(self, rows: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        """Beginning of the action's name."""
        return rows.filter(action__startswith=value.lower())

    def by_subject(
        self, rows: QuerySet[AuditEvent], name: str, value: tuple[str, int | None]
    ) -> QuerySet[AuditEvent]:
        """All rows of a kind, or one of them."""
        kind, number = value
        rows = rows.filter(subject_type=kind)
        return rows if number is None else rows.filter(subject_id=number)

    def by_since(self, rows: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        """From the beginning of that day at the clinic."""
        return rows.filter(at__gte=start_of(value))

    def by_until(self, rows: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        """To the end of that day."""
        return rows.filter(at__lt=start_of(value + timedelta(days=1)))
