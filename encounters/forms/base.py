"""What the forms share."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from core.errors import Refused


def show_problems(form: forms.Form, problems: Mapping[str, str]) -> None:
    """Each problem at its field; one without a field on top of the form."""
    for name, message in problems.items():
        if name not in form.errors:
            form.add_error(name if name in form.fields else None, message)


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """A service's refusal in the form it came from."""
    fields = refusal.context.get("fields")
    if fields:
        show_problems(form, fields)
    else:
        form.add_error(None, str(refusal))
