"""A patient's insurance."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django import forms

from core import clock
from core.ui.widgets import DateInput
from encounters.enums import Relationship, Sex
from encounters.forms.base import show_problems
from encounters.models import Coverage, Payer
from encounters.rules.details import CoverageDetails

MISSING_NUMBER = (
    "Enter the subscriber (member) number from the insurance card: the payer cannot find the "
    "patient without it."
)
PRIORITIES = [(1, "Primary: pays first"), (2, "Secondary"), (3, "Tertiary")]


class CoverageForm(forms.Form):
    """An insurance card. With ``optional`` it may stay empty as a whole (registering a patient)."""

    payer = forms.ModelChoiceField(
        queryset=Payer.objects.none(),
        error_messages={"required": "Choose the payer that is on the insurance card."},
    )
    priority = forms.TypedChoiceField(choices=PRIORITIES, coerce=int, initial=1)
    subscriber_number = forms.CharField(
        label="Subscriber (member) number",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    group_number = forms.CharField(max_length=50, required=False)
    plan_name = forms.CharField(label="Plan", max_length=60, required=False)
    relationship = forms.ChoiceField(
        label="Patient is the subscriber’s",
        choices=[
            (value, label if value != Relationship.SELF else "Self: the patient is the subscriber")
            for value, label in Relationship.choices
        ],
        initial=Relationship.SELF,
    )
    subscriber_last_name = forms.CharField(max_length=60, required=False)
    subscriber_first_name = forms.CharField(max_length=35, required=False)
    subscriber_birth_date = forms.DateField(required=False, widget=DateInput())
    subscriber_sex = forms.ChoiceField(required=False, choices=[("", "Not known"), *Sex.choices])
    effective_from = forms.DateField(
        label="Valid from",
        widget=DateInput(),
        error_messages={
            "required": "Enter the first day the coverage is valid, as on the card.",
            "invalid": "Enter the date as month, day and year.",
        },
    )
    effective_to = forms.DateField(label="Valid until", required=False, widget=DateInput())

    def __init__(
        self,
        *args: Any,
        coverage: Coverage | None = None,
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        if coverage is not None:
            values = asdict(CoverageDetails.of(coverage))
            values["payer"] = values.pop("payer_id")
            kwargs.setdefault("initial", values)
        super().__init__(*args, **kwargs)
        self.optional = optional
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Payer.objects.filter(is_active=True)
        field.empty_label = "No insurance now" if optional else "Choose"
        if optional:
            field.required = False
        else:
            number = self.fields["subscriber_number"]
            number.required = True
            number.error_messages["required"] = MISSING_NUMBER
        if coverage is None:
            self.fields["effective_from"].initial = clock.today().replace(month=1, day=1)

    @property
    def is_left_out(self) -> bool:
        """Whether the optional insurance was left empty."""
        return self.optional and self.cleaned_data.get("payer") is None

    def clean(self) -> dict[str, Any]:
        """The rules of the service, with the payer's own format of numbers."""
        data = super().clean() or {}
        if self.is_left_out:
            if data.get("subscriber_number") or data.get("group_number"):
                self.add_error("payer", "Choose the payer of this subscriber number.")
            elif "effective_from" in self.errors:
                del self.errors["effective_from"]
            return data
        if data.get("payer") and data.get("effective_from"):
            _, problems = self.details().look(today=clock.today(), kind=data["payer"].kind)
            show_problems(self, problems)
        return data

    def details(self) -> CoverageDetails:
        """What was entered, for the service."""
        data = self.cleaned_data
        return CoverageDetails(
            payer_id=data["payer"].pk,
            priority=data.get("priority") or 1,
            plan_name=data.get("plan_name", ""),
            subscriber_number=data.get("subscriber_number", ""),
            group_number=data.get("group_number", ""),
            relationship=data.get("relationship", Relationship.SELF),
            subscriber_last_name=data.get("subscriber_last_name", ""),
            subscriber_first_name=data.get("subscriber_first_name", ""),
            subscriber_birth_date=data.get("subscriber_birth_date"),
            subscriber_sex=data.get("subscriber_sex", ""),
            effective_from=data["effective_from"],
            effective_to=data.get("effective_to"),
        )


class ChangeCoverageForm(CoverageForm):
    """Other details for a coverage: was it wrong from the start, or is there a new plan?"""

    CORRECT, NEW_PLAN = "correct", "new_plan"

    kind = forms.ChoiceField(
        label="What happened",
        choices=[
            (CORRECT, "It was wrong: put it right for every visit that is not closed"),
            (NEW_PLAN, "The patient has a new plan or card since a certain day"),
        ],
        widget=forms.RadioSelect,
        initial=CORRECT,
    )
    from_day = forms.DateField(label="New plan since", required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        """A new plan needs its first day."""
        data = super().clean()
        if data.get("kind") == self.NEW_PLAN and not data.get("from_day"):
            self.add_error("from_day", "Enter the first day of the new plan.")
        return data

    def since(self) -> date | None:
        """The first day of the new plan; None for a correction."""
        if self.cleaned_data["kind"] == self.CORRECT:
            return None
        day: date | None = self.cleaned_data["from_day"]
        return day


class EndCoverageForm(forms.Form):
    """The coverage is over."""

    last_day = forms.DateField(
        label="Last day it is valid",
        widget=DateInput(),
        error_messages={"required": "Enter the last day on which the coverage is valid."},
    )
    reason = forms.CharField(
        required=False,
        max_length=120,
        help_text="Why it ends, such as “changed employer”.",
    )
