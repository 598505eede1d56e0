"""What the list of files can be asked for."""

from __future__ import annotations

from django import forms

from core.clearinghouse.enums import Direction, FileKind, TransmissionState


class TransmissionFilter(forms.Form):
    """Every field may be empty; an unknown value is ignored with the field."""

    q = forms.CharField(max_length=80, required=False)
    kind = forms.ChoiceField(choices=[("", "All kinds"), *FileKind.choices], required=False)
    state = forms.ChoiceField(
        choices=[("", "All states"), *TransmissionState.choices], required=False
    )
    direction = forms.ChoiceField(choices=[("", "Both ways"), *Direction.choices], required=False)

    def chosen(self) -> dict[str, str]:
        """The valid choices, as `queries.search` takes them."""
        self.is_valid()
        values = self.cleaned_data
        return {
            "text": values.get("q", ""),
            "kind": values.get("kind", ""),
            "state": values.get("state", ""),
            "direction": values.get("direction", ""),
        }
