"""Who treats patients here, and where: providers and the place of care, with checked NPIs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from django.db import transaction

from core.access.enums import Role
from core.access.models import User
from core.audit.services import record
from encounters import locks
from encounters.models import Facility, Provider
from encounters.rules import demographics as d
from encounters.services.refusals import refuse_problems


@dataclass(frozen=True, slots=True)
class ProviderDetails:
    """A person who treats patients (837 loop 2310B)."""

    npi: str
    last_name: str
    first_name: str
    taxonomy: str
    specialty: str
    credentials: str = ""
    user_id: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class FacilityDetails:
    """The clinic as billing provider (837 loop 2010AA)."""

    name: str
    npi: str
    taxonomy: str
    tax_id: str
    address: str
    city: str
    state: str
    zip_code: str
    phone: str
    clia_number: str = ""
    place_of_service: str = "11"
    medicare_locality: str = ""


@transaction.atomic
def add_provider(*, details: ProviderDetails, by: User | None) -> Provider:
    """A new provider. Refused when the NPI's check digit is wrong or the NPI is known already."""
    cleaned = _look(details, known_as=None)
    row = Provider.objects.create(**asdict(cleaned))
    record(actor=by, action="provider.added", subject=row)
    return row


@transaction.atomic
def change_provider(*, provider_id: int, details: ProviderDetails, by: User) -> Provider:
    """Correct a provider, link a sign-in, or take a provider off the lists (``is_active``)."""
    row = locks.provider(provider_id)
    cleaned = _look(details, known_as=row.pk)
    fields = [name for name, value in asdict(cleaned).items() if getattr(row, name) != value]
    if fields:
        for name in fields:
            setattr(row, name, getattr(cleaned, name))
        row.save()
        record(actor=by, action="provider.changed", subject=row, detail={"fields": fields})
    return row


@transaction.atomic
def change_facility(
    *, facility_id: int | None, details: FacilityDetails, by: User | None
) -> Facility:
    """Set up the place of care (``facility_id`` None) or correct it."""
    problems: dict[str, str] = {}
    values = asdict(details)
    cleaners = {
        "npi": d.npi,
        "taxonomy": d.taxonomy,
        "tax_id": d.tax_id,
        "state": d.state,
        "zip_code": d.zip_plus_4,
        "phone": d.phone,
    }
    for name, clean in cleaners.items():
        try:
            values[name] = clean(values[name])
        except d.Invalid as error:
            problems[name] = str(error)
    for name, what in (("name", "name"), ("address", "street address"), ("city", "city")):
        try:
            values[name] = d.text(values[name], what)
        except d.Invalid as error:
            problems[name] = str(error)
        if not values[name]:
            problems.setdefault(name, f"Enter the {what} as it is enrolled with the payers.")
    refuse_problems(problems)
    row = Facility() if facility_id is None else locks.facility(facility_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record(
        actor=by,
        action="facility.added" if facility_id is None else "facility.changed",
        subject=row,
    )
    return row


def _look(details: ProviderDetails, *, known_as: int | None) -> ProviderDetails:
    problems: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, what in (("last_name", "last name"), ("first_name", "first name")):
        try:
            values[name] = d.name(getattr(details, name), what)
        except d.Invalid as error:
            problems[name] = str(error)
        if not values.get(name):
            problems.setdefault(name, f"Enter the {what} as it is enrolled with the payers.")
    for name, clean in (("npi", d.npi), ("taxonomy", d.taxonomy)):
        try:
            values[name] = clean(getattr(details, name))
        except d.Invalid as error:
            problems[name] = str(error)
    values["specialty"] = details.specialty.strip()
    if not values["specialty"]:
        problems["specialty"] = "Enter the specialty, such as Family medicine."
    if "npi" not in problems:
        owner = Provider.objects.filter(npi=values["npi"]).first()
        if owner is not None and owner.pk != known_as:
            problems["npi"] = f"This NPI belongs to {owner} already."
    if details.user_id is not None:
        _look_at_user(details.user_id, known_as, problems)
    refuse_problems(problems)
    return replace(details, **values)  # type: ignore[arg-type]


def _look_at_user(user_id: int, known_as: int | None, problems: dict[str, str]) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is None or user.role != Role.PROVIDER:
        problems["user"] = "Choose a sign-in with the role Provider."
        return
    other = Provider.objects.filter(user_id=user_id).first()
    if other is not None and other.pk != known_as:
        problems["user"] = f"This sign-in belongs to {other} already."
