"""Forms of the billing pages: a call to the insurer, the numbers of a visit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

import x12
from claims.enums import CallOutcome
from core import clock
from core.ui.widgets import DateInput


class CallForm(forms.Form):
    """A call to the insurer."""

    outcome = forms.ChoiceField(
        label="Outcome of the call",
        choices=CallOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the outcome of the call."},
    )
    reference_number = forms.CharField(
        label="Call reference number",
        max_length=40,
        help_text="Ask for it before you hang up.",
        error_messages={
            "required": "Enter the call's reference number: without it the call cannot be proved."
        },
    )
    spoke_with = forms.CharField(label="Spoke with", required=False, max_length=80)
    summary = forms.CharField(
        label="What was said",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Write down in a sentence what was said."},
    )
    next_action_on = forms.DateField(
        label="Snooze until",
        required=False,
        widget=DateInput,
        help_text="Until then the claim leaves the queue.",
    )

    def clean(self) -> dict[str, Any]:
        """Only a call that reached nobody needs no reference number; the next date lies ahead."""
        values = super().clean() or {}
        if values.get("outcome") == CallOutcome.NO_ANSWER and "reference_number" in self.errors:
            del self.errors["reference_number"]
            values["reference_number"] = ""
        next_day = values.get("next_action_on")
        if next_day is not None and next_day <= clock.today():
            self.add_error("next_action_on", "Choose a day after today.")
        return values

    @staticmethod
    def fresh() -> CallForm:
        """An empty form with the usual next date, two weeks from today."""
        return CallForm(initial={"next_action_on": clock.today() + timedelta(days=14)})


class VisitDetailsForm(forms.Form):
    """Authorization, referral and referring provider of a visit."""

    prior_authorization = forms.CharField(
        label="Prior authorization", required=False, max_length=50, help_text="Sent as REF*G1."
    )
    referral_number = forms.CharField(
        label="Referral number", required=False, max_length=50, help_text="Sent as REF*9F."
    )
    referring_last_name = forms.CharField(
        label="Referring: last name", required=False, max_length=60
    )
    referring_first_name = forms.CharField(
        label="Referring: first name", required=False, max_length=35
    )
    referring_npi = forms.CharField(label="Referring: NPI", required=False, max_length=10)

    def clean_referring_npi(self) -> str:
        """Ten digits with a correct check digit, or nothing."""
        npi = str(self.cleaned_data["referring_npi"]).strip()
        if npi and not x12.npi_is_valid(npi):
            raise forms.ValidationError(
                "This NPI is not valid: its check digit is wrong. Look it up in the registry."
            )
        return npi
