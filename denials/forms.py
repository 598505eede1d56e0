"""Forms of the denial pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from coding.models import ChargeLine
from coding.services.assessing import LineInput
from core import clock
from core.ui.widgets import DateInput, MoneyInput

_POINTER = re.compile("[0-9]{1,2}")
MODIFIERS = ("modifier_1", "modifier_2", "modifier_3", "modifier_4")


class ReasonForm(forms.Form):
    """Why a denial ends without the payer's money."""

    reason = forms.CharField(
        label="Reason",
        max_length=240,
        error_messages={"required": "Say why: whoever looks at this claim next will ask."},
    )


class SnoozeForm(forms.Form):
    """When to look again."""

    until = forms.DateField(
        label="Snooze until",
        widget=DateInput(),
        error_messages={
            "required": "Choose the day on which it comes back.",
            "invalid": "Write the day as YYYY-MM-DD.",
        },
    )

    def clean_until(self) -> dt.date:
        """A day that lies ahead."""
        until: dt.date = self.cleaned_data["until"]
        if until <= clock.today():
            raise forms.ValidationError("Choose a day after today.")
        return until


def _modifier(number: int) -> forms.CharField:
    label = f"Modifier {number}"
    return forms.CharField(
        label=label,
        max_length=2,
        required=False,
        widget=forms.TextInput(attrs={"aria-label": label, "autocomplete": "off"}),
    )


class LineForm(forms.Form):
    """One service line of a correction; an empty code takes the line off."""

    code = forms.CharField(label="Code", max_length=5, required=False)
    modifier_1 = _modifier(1)
    modifier_2 = _modifier(2)
    modifier_3 = _modifier(3)
    modifier_4 = _modifier(4)
    units = forms.IntegerField(
        label="Units",
        min_value=1,
        max_value=999,
        required=False,
        error_messages={"invalid": "Units are a whole number from 1."},
    )
    pointers = forms.CharField(
        label="For",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"data-tip": "Numbers of the diagnoses: 1,2"}),
    )
    charge = forms.DecimalField(
        label="Charge",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        widget=MoneyInput(),
        error_messages={"invalid": "Write the charge in dollars and cents."},
    )

    def clean_code(self) -> str:
        """Capital letters, no blanks."""
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_pointers(self) -> tuple[int, ...]:
        """One to four numbers of diagnoses."""
        text = str(self.cleaned_data["pointers"]).replace(" ", ",")
        parts = [part for part in text.split(",") if part]
        if any(not _POINTER.fullmatch(part) for part in parts) or len(parts) > 4:
            raise forms.ValidationError("Write one to four numbers of the diagnoses: 1,2.")
        return tuple(dict.fromkeys(int(part) for part in parts))

    @property
    def modifier_boxes(self) -> list[forms.BoundField]:
        """The four modifier inputs, each with its own name for who cannot see the row."""
        return [self[name] for name in MODIFIERS]

    def line(self) -> LineInput | None:
        """What the coding service takes; None for a line that was taken off."""
        data = self.cleaned_data
        if not data.get("code"):
            return None
        modifiers = [str(data[name]).strip().upper() for name in MODIFIERS]
        return LineInput(
            code=data["code"],
            modifiers=tuple(dict.fromkeys(modifier for modifier in modifiers if modifier)),
            units=data["units"] or 1,
            pointers=data["pointers"] or (1,),
            charge=data["charge"],
        )


LineFormSet = forms.formset_factory(LineForm, extra=1, max_num=50, absolute_max=50)


class CorrectionForm(forms.Form):
    """The diagnoses and the reason of a correction; its lines are a form set beside it."""

    diagnoses = forms.CharField(
        label="Diagnoses",
        help_text="ICD-10-CM codes in order, separated by blanks or commas.",
        error_messages={"required": "At least one diagnosis is needed."},
    )
    reason = forms.CharField(
        label="What was wrong",
        max_length=240,
        help_text="Shown in the claim's story beside the change.",
        error_messages={"required": "Say in a few words what was wrong."},
    )

    def clean_diagnoses(self) -> list[str]:
        """Codes in capital letters, each once."""
        text = str(self.cleaned_data["diagnoses"]).upper().replace(",", " ")
        codes = list(dict.fromkeys(text.split()))
        if len(codes) > 12:
            raise forms.ValidationError("A claim carries at most 12 diagnoses.")
        return codes


def line_initial(
    lines: Sequence[ChargeLine], added: Sequence[tuple[int, str]] = ()
) -> list[dict[str, Any]]:
    """The form set's start: the codes in force, with suggested modifiers put first."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        extra = [modifier for position, modifier in added if position == line.position]
        modifiers = list(dict.fromkeys([*extra, *line.modifiers]))[:4]
        rows.append(
            {
                "code": line.code,
                **dict(zip(MODIFIERS, modifiers, strict=False)),
                "units": line.units,
                "pointers": ",".join(str(pointer) for pointer in line.pointers),
                "charge": line.charge,
            }
        )
    return rows


def line_inputs(formset: Any) -> list[LineInput]:
    """The lines that were entered, in order."""
    found = [form.line() for form in formset.forms]
    return [line for line in found if line is not None]
