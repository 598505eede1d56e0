"""What an administrator fills in. The services decide; these only take the words in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from core.access.enums import Role
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


def password_rules() -> str:
    """Django's validators, in one line; they speak to the owner, and here another one types."""
    text = " ".join(password_validation.password_validators_help_texts())
    return text.replace("Your password", "It").replace(
        "your other personal information", "the person's name"
    )
