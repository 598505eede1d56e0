"""Form widgets of the design system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy


class Combobox(forms.TextInput):
    """A search box with a listbox: the value is chosen from what `url_name` answers.

    The endpoint gets `?q=` and renders `_components/options.html` (see docs/design.md). Without a
    script the typed text itself is sent, so the field's `clean` must accept a code as typed.
    `label_of` gives the words of a value that is already chosen.
    """

    template_name = "_components/combobox_widget.html"

    def __init__(
        self, url_name: str, *, placeholder: str = "", attrs: dict[str, Any] | None = None
    ):
        super().__init__(attrs)
        self.url = reverse_lazy(url_name)
        self.placeholder = placeholder
        self.label_of: Any = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = self.label_of(value) if self.label_of and value else value
        context["widget"] |= {
            "url": self.url,
            "placeholder": self.placeholder,
            "shown": "" if shown is None else shown,
            "describedby": context["widget"]["attrs"].get("aria-describedby", ""),
            "invalid": context["widget"]["attrs"].get("aria-invalid", ""),
        }
        return context


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class MoneyInput(forms.TextInput):
    """Dollars, typed on a number pad, right aligned."""

    template_name = "_components/money_widget.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(
            {"inputmode": "decimal", "class": "num", "autocomplete": "off", **(attrs or {})}
        )
