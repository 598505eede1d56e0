"""Appointments, walk-ins, check-in and holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from core import clock
from core.ui.widgets import DateInput
from encounters.models import Coverage, Provider
from encounters.queries import clashes
from encounters.rules.details import NewAppointment, day_problem

MINUTES = [
    (10, "10 min"),
    (15, "15 min"),
    (20, "20 min"),
    (30, "30 min"),
    (45, "45 min"),
    (60, "60 min"),
]


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": "300"})


class _ProviderMixin(forms.Form):
    provider = forms.ModelChoiceField(
        queryset=Provider.objects.none(),
        empty_label="Choose",
        error_messages={"required": "Choose who sees the patient."},
    )
    reason = forms.CharField(
        label="Reason for the visit",
        max_length=120,
        error_messages={"required": "Enter why the patient comes, such as “sore throat”."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Provider.objects.filter(is_active=True)


class AppointmentForm(_ProviderMixin):
    """A visit on the schedule. Double booking is allowed once the person says so."""

    day = forms.DateField(
        widget=DateInput(), error_messages={"required": "Choose the day of the visit."}
    )
    time = forms.TimeField(
        widget=TimeInput(), error_messages={"required": "Choose the time of the visit."}
    )
    minutes = forms.TypedChoiceField(label="Length", choices=MINUTES, coerce=int, initial=20)
    overbook = forms.BooleanField(required=False, label="Book it beside the other visit")

    moved: int | None = None
    """The appointment that is moved: it does not clash with itself."""

    field_order = ["provider", "day", "time", "minutes", "reason", "overbook"]
    clashing: str = ""

    def clean(self) -> dict[str, Any]:
        """A day that has not passed, and nobody else at that time unless it is meant."""
        data = super().clean() or {}
        if data.get("day") and (problem := day_problem(data["day"], clock.today())):
            self.add_error("day", problem)
        if not self.errors and not data.get("overbook"):
            found = clashes(
                provider_id=data["provider"].pk,
                starts_at=self.starts_at(),
                minutes=data["minutes"],
                but=self.moved,
            )
            if found:
                at = timezone.localtime(found[0].starts_at)
                self.clashing = f"{at:%-I:%M %p}"
                self.add_error(
                    "time",
                    f"{data['provider']} already has a visit at {self.clashing} "
                    f"({found[0].minutes} min). Choose another time, or tick below to book both.",
                )
        return data

    def starts_at(self) -> datetime:
        """The moment at the clinic."""
        data = self.cleaned_data
        naive = datetime.combine(data["day"], data["time"])
        return timezone.make_aware(naive, timezone.get_default_timezone())

    def details(self, patient_id: int, facility_id: int) -> NewAppointment:
        """What was entered, for the service."""
        data = self.cleaned_data
        return NewAppointment(
            patient_id=patient_id,
            provider_id=data["provider"].pk,
            facility_id=facility_id,
            starts_at=self.starts_at(),
            minutes=data["minutes"],
            reason=data["reason"],
        )


class MoveForm(AppointmentForm):
    """Another time or provider for a visit that is on the schedule."""


class WalkInForm(_ProviderMixin):
    """A patient who is here without an appointment."""

    field_order = ["provider", "reason"]


class CheckInForm(forms.Form):
    """Who pays for this visit, and what the payer wants to see on the claim."""

    SELF_PAY = "self"

    primary = forms.ChoiceField(label="Pays first")
    secondary = forms.ChoiceField(label="Pays second", required=False)
    prior_authorization = forms.CharField(
        label="Prior authorization number", max_length=50, required=False
    )
    referral_number = forms.CharField(max_length=50, required=False)

    def __init__(self, *args: Any, coverages: list[Coverage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(row.pk), f"{row.payer.name} · {row.subscriber_number}") for row in coverages]
        first, second = self.fields["primary"], self.fields["secondary"]
        assert isinstance(first, forms.ChoiceField)
        assert isinstance(second, forms.ChoiceField)
        first.choices = [*rows, (self.SELF_PAY, "Self-pay: nobody is billed")]
        second.choices = [("", "None"), *rows]
        if len(rows) > 1:
            second.initial = rows[1][0]
        else:
            del self.fields["secondary"]

    def clean(self) -> dict[str, Any]:
        """A second payer needs a first one, and another one."""
        data = super().clean() or {}
        first, second = data.get("primary"), data.get("secondary")
        if second and first == self.SELF_PAY:
            self.add_error("secondary", "Choose who pays first before who pays second.")
        elif second and second == first:
            self.add_error("secondary", "Choose another coverage than the one that pays first.")
        return data

    def coverage_ids(self) -> list[int]:
        """First, second; empty for self-pay."""
        chosen = (self.cleaned_data["primary"], self.cleaned_data.get("secondary"))
        return [int(value) for value in chosen if value and value != self.SELF_PAY]


class HoldForm(forms.Form):
    """Why a visit is not to be billed yet."""

    reason = forms.CharField(
        max_length=255,
        error_messages={"required": "Say why the visit is held, so that somebody can release it."},
    )
