"""A patient's demographics."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django import forms

from core import clock
from core.ui.widgets import DateInput
from encounters.enums import Sex
from encounters.forms.base import show_problems
from encounters.models import Patient
from encounters.rules.details import Demographics


def _required(words: str) -> dict[str, str]:
    return {"required": words}


class PatientForm(forms.Form):
    """Every field says what to enter; the rules are those of the service."""

    last_name = forms.CharField(
        max_length=60, error_messages=_required("Enter the last name as on the insurance card.")
    )
    first_name = forms.CharField(
        max_length=35, error_messages=_required("Enter the first name as on the insurance card.")
    )
    middle_name = forms.CharField(max_length=25, required=False)
    birth_date = forms.DateField(
        widget=DateInput(),
        error_messages={
            "required": "Enter the birth date: payers find the patient by it.",
            "invalid": "Enter the birth date as month, day and year.",
        },
    )
    sex = forms.ChoiceField(
        choices=[("", "Choose"), *Sex.choices],
        error_messages=_required("Choose female, male or unknown, as the insurance has it."),
    )
    phone = forms.CharField(
        max_length=20, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    email = forms.EmailField(
        required=False, error_messages={"invalid": "Enter an address like name@example.com."}
    )
    address = forms.CharField(
        label="Street address",
        max_length=55,
        error_messages=_required("Enter the street address: a claim cannot be sent without it."),
    )
    city = forms.CharField(
        max_length=30, error_messages=_required("Enter the city: a claim cannot be sent without.")
    )
    state = forms.CharField(
        max_length=2, error_messages=_required("Enter the two-letter state, such as IL.")
    )
    zip_code = forms.CharField(
        label="ZIP",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages=_required("Enter a ZIP code of five digits, or nine for ZIP+4."),
    )

    def __init__(self, *args: Any, patient: Patient | None = None, **kwargs: Any) -> None:
        if patient is not None:
            kwargs.setdefault("initial", asdict(Demographics.of(patient)))
        super().__init__(*args, **kwargs)
        for name in ("last_name", "first_name", "middle_name", "address", "city"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """All rules at once, so that a person sees everything that is wrong."""
        data = super().clean() or {}
        if "birth_date" in data:
            _, problems = self._typed().look(today=clock.today())
            show_problems(self, problems)
        return data

    def _typed(self) -> Demographics:
        values: dict[str, Any] = {
            field.name: self.cleaned_data.get(field.name) or "" for field in fields(Demographics)
        }
        return Demographics(**values)

    def details(self) -> Demographics:
        """What was entered, for the service."""
        return self._typed()
