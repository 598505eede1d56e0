"""Forms of the billing pages: the list's filter, a call, the visit's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

import x12
from claims.enums import CallOutcome, ClaimState
from claims.queries.lists import GROUPS, ClaimFilter
from claims.rules import BUCKETS
from core import clock
from core.ui.status import pill
from core.ui.widgets import DateInput

Choices = Sequence[tuple[int, str]]

STATES = [
    ("", "All states"),
    ("Together", [(key, label) for key, (label, _) in GROUPS.items()]),
    ("One state", [(state.value, pill("claim", state.value).label) for state in ClaimState]),
]


class ClaimFilterForm(forms.Form):
    """What stands in the address of the claim list. What cannot be read is ignored."""

    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(required=False, choices=STATES)
    payer = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    provider = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    age = forms.ChoiceField(
        required=False,
        choices=[("", "Any age"), *((one.key, f"{one.label} days") for one in BUCKETS)],
    )
    from_ = forms.DateField(required=False)
    to = forms.DateField(required=False)
    min = forms.DecimalField(required=False, min_value=0, decimal_places=2, max_digits=12)
    max = forms.DecimalField(required=False, min_value=0, decimal_places=2, max_digits=12)
    sort = forms.CharField(required=False, max_length=20)

    def __init__(self, data: Any, *, payers: Choices, providers: Choices) -> None:
        super().__init__(data, auto_id="f-%s")
        for name, everything, choices in (
            ("payer", "All payers", payers),
            ("provider", "All providers", providers),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", everything), *choices]
        self.is_valid()

    def wanted(self) -> ClaimFilter:
        """The filter; a value that cannot be read counts as not given."""
        values = self.cleaned_data
        return ClaimFilter(
            text=values.get("q", ""),
            state=values.get("state", ""),
            payer_id=values.get("payer"),
            provider_id=values.get("provider"),
            age=values.get("age", ""),
            service_from=values.get("from_"),
            service_to=values.get("to"),
            amount_from=values.get("min"),
            amount_to=values.get("max"),
            sort=values.get("sort") or "-service_date",
        )

    @property
    def more_count(self) -> int:
        """How many of the filters behind "Dates and amounts" are set."""
        names = ("from_", "to", "min", "max")
        return sum(bool(self.cleaned_data.get(name)) for name in names)


class CallForm(forms.Form):
    """A call to the insurer."""

    outcome = forms.ChoiceField(
        label="What did the call bring?",
        choices=CallOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the call brought."},
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
        label="Look at it again on",
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
