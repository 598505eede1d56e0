"""Providers and the place of care."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django import forms

from core.access.enums import Role
from core.access.models import User
from encounters.models import Facility, Provider
from encounters.services.organisation import FacilityDetails, ProviderDetails

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[User]
else:
    _Choice = forms.ModelChoiceField


class SignInField(_Choice):
    """Sign-ins by the person's name."""

    def label_from_instance(self, obj: User) -> str:
        """Name and sign-in name."""
        return f"{obj.display_name} ({obj.username})"


class ProviderForm(forms.Form):
    """A person who treats patients; the NPI's check digit is checked by the service."""

    last_name = forms.CharField(max_length=60)
    first_name = forms.CharField(max_length=35)
    credentials = forms.CharField(max_length=10, required=False, help_text="MD, DO, NP, PA …")
    npi = forms.CharField(
        label="NPI",
        max_length=14,
        help_text="Ten digits, from the NPI registry.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    taxonomy = forms.CharField(
        max_length=10, help_text="As enrolled with the payers, such as 207Q00000X."
    )
    specialty = forms.CharField(max_length=60)
    user = SignInField(
        label="Sign-in",
        queryset=User.objects.none(),
        required=False,
        empty_label="None",
        help_text="The person signs notes with it.",
    )
    is_active = forms.BooleanField(label="Sees patients", required=False, initial=True)

    def __init__(self, *args: Any, provider: Provider | None = None, **kwargs: Any) -> None:
        if provider is not None:
            values = {name: getattr(provider, name) for name in self.base_fields if name != "user"}
            kwargs.setdefault("initial", {**values, "user": provider.user_id})
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(role=Role.PROVIDER, is_active=True).order_by(
            "username"
        )

    def details(self) -> ProviderDetails:
        """What was entered, for the service."""
        data = dict(self.cleaned_data)
        user = data.pop("user")
        return ProviderDetails(user_id=user.pk if user else None, **data)


class FacilityForm(forms.Form):
    """The clinic as billing provider."""

    name = forms.CharField(max_length=60, help_text="As enrolled with the payers.")
    npi = forms.CharField(label="NPI", max_length=14, help_text="The clinic's own, type 2.")
    tax_id = forms.CharField(label="Tax ID (EIN)", max_length=11)
    taxonomy = forms.CharField(max_length=10, help_text="Such as 261QP2300X.")
    clia_number = forms.CharField(
        label="CLIA number", max_length=10, required=False, help_text="Needed to bill lab tests."
    )
    phone = forms.CharField(max_length=20)
    address = forms.CharField(
        label="Street address", max_length=55, help_text="A street, not a PO box."
    )
    city = forms.CharField(max_length=30)
    state = forms.CharField(max_length=2)
    zip_code = forms.CharField(label="ZIP+4", max_length=10, help_text="All nine digits.")
    place_of_service = forms.CharField(max_length=2, initial="11", help_text="11 = office.")
    medicare_locality = forms.CharField(
        max_length=10, help_text="MAC and locality: sets Medicare's prices."
    )

    def __init__(self, *args: Any, facility: Facility | None = None, **kwargs: Any) -> None:
        if facility is not None:
            names = [f.name for f in fields(FacilityDetails)]
            kwargs.setdefault("initial", {name: getattr(facility, name) for name in names})
        super().__init__(*args, **kwargs)

    def details(self) -> FacilityDetails:
        """What was entered, for the service."""
        return FacilityDetails(**self.cleaned_data)
