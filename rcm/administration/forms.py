"""What an administrator fills in. The services decide; these only take the words in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from core.access.enums import Role
from core.access.models import User
from core.errors import Refused

_SECRET = {"autocomplete": "new-password"}


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """A service's refusal, at the field it is about."""
    fields: dict[str, str] = refusal.context.get("fields", {})
    for name, message in fields.items():
        form.add_error(name, message)
    if not fields:
        form.add_error(None, str(refusal))


class PersonForm(forms.Form):
    """Name and role."""

    first_name = forms.CharField(
        max_length=150, error_messages={"required": "Enter the first name."}
    )
    last_name = forms.CharField(max_length=150, error_messages={"required": "Enter the last name."})
    role = forms.ChoiceField(
        choices=[("", "Choose a role"), *Role.choices],
        error_messages={"required": "Choose what this person does here."},
    )

    def details(self) -> dict[str, Any]:
        """What was entered, for the service."""
        return {**self.cleaned_data, "role": Role(self.cleaned_data["role"])}


class NewUserForm(PersonForm):
    """A new sign-in."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        help_text="Letters, digits and @ . + - _",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the name to sign in with, such as c.dubois."},
    )
    password = forms.CharField(
        label="First password",
        strip=False,
        widget=forms.PasswordInput(_SECRET),
        error_messages={"required": "Enter a password for the first sign-in."},
    )

    field_order = ["username", "first_name", "last_name", "role", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_rules()


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput(_SECRET),
        error_messages={"required": "Enter the new password."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_rules()


class UserFilter(forms.Form):
    """Every field may be empty; an unknown value is ignored with the field."""

    q = forms.CharField(max_length=80, required=False)
    role = forms.ChoiceField(choices=[("", "All roles"), *Role.choices], required=False)
    state = forms.ChoiceField(
        choices=[("", "Everybody"), ("open", "Can sign in"), ("closed", "Closed")], required=False
    )

    def chosen(self) -> dict[str, str]:
        """The valid choices, as `queries.users` takes them."""
        self.is_valid()
        values = self.cleaned_data
        return {
            "text": values.get("q", ""),
            "role": values.get("role", ""),
            "state": values.get("state", ""),
        }


class AuditFilter(forms.Form):
    """What to look for in the record; every field may be empty."""

    actor = forms.ChoiceField(label="Who", required=False)
    action = forms.CharField(label="Action", max_length=64, required=False)
    subject = forms.CharField(label="Subject", max_length=90, required=False)
    patient = forms.IntegerField(label="Patient id", min_value=1, required=False)
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["actor"]
        assert isinstance(field, forms.ChoiceField)
        people = User.objects.order_by("last_name", "first_name", "username")
        field.choices = [("", "Everybody"), *((user.pk, user.display_name) for user in people)]

    def clean_subject(self) -> tuple[str, int | None]:
        """`claims.claim 12`: the kind of row and, optionally, its number."""
        kind, _, number = self.cleaned_data["subject"].strip().lower().partition(" ")
        number = number.strip().removeprefix("#")
        if number and not (number.isdecimal() and len(number) < 19):
            raise forms.ValidationError("Write a kind and a number, such as claims.claim 12.")
        return kind, int(number) if number else None

    def chosen(self) -> dict[str, Any]:
        """The valid choices, as `queries.audit_events` takes them."""
        self.is_valid()
        values = self.cleaned_data
        kind, number = values.get("subject") or ("", None)
        since: date | None = values.get("since")
        return {
            "actor": int(values["actor"]) if values.get("actor") else None,
            "action": values.get("action", "").strip().lower(),
            "subject_type": kind,
            "subject_id": number,
            "patient_id": values.get("patient"),
            "since": since,
            "until": values.get("until"),
        }


def password_rules() -> str:
    """Django's validators, in one line; they speak to the owner, and here another one types."""
    text = " ".join(password_validation.password_validators_help_texts())
    return text.replace("Your password", "It").replace(
        "your other personal information", "the person's name"
    )
