from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from core.access.enums import Role
from core.errors import Refused
from encounters.models import Facility, Provider
from encounters.services import add_provider, change_facility, change_provider
from encounters.services.organisation import FacilityDetails, ProviderDetails
from tests.factories import FacilityFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

DETAILS = ProviderDetails("1234567893", "Welby", "Marcus", "207Q00000X", "Family medicine", "MD")
CLINIC = FacilityDetails(
    "Lakeside Clinic",
    "1234567893",
    "261QP2300X",
    "37-1234567",
    "22 Clinic Way",
    "Springfield",
    "il",
    "62701-0001",
    "(217) 555-0100",
    "14D1234567",
    "11",
    "0610299",
)


def test_add_provider_keeps_a_valid_npi():
    user = UserFactory(role=Role.PROVIDER)
    row = add_provider(details=replace(DETAILS, npi="123-456-7893", user_id=user.pk), by=None)
    assert (row.npi, row.user) == ("1234567893", user)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"npi": "1234567890"}, "npi", "check digit"),
        ({"npi": "12345"}, "npi", "ten digits"),
        ({"taxonomy": "doctor"}, "taxonomy", "ends in X"),
        ({"last_name": ""}, "last_name", "last name"),
        ({"specialty": " "}, "specialty", "specialty"),
    ],
)
def test_add_provider_refuses_with_the_field(changes, field, words):
    with pytest.raises(Refused) as refusal:
        add_provider(details=replace(DETAILS, **changes), by=None)
    assert words in refusal.value.context["fields"][field]
    assert not Provider.objects.exists()


def test_known_npi_is_refused_with_its_owner():
    add_provider(details=DETAILS, by=None)
    with pytest.raises(Refused, match="Marcus Welby"):
        add_provider(details=replace(DETAILS, last_name="Other"), by=None)


def test_sign_in_must_be_a_providers_and_free():
    with pytest.raises(Refused, match="role Provider"):
        add_provider(details=replace(DETAILS, user_id=UserFactory().pk), by=None)
    taken = ProviderFactory().user_id
    with pytest.raises(Refused, match="already"):
        add_provider(details=replace(DETAILS, user_id=taken), by=None)


def test_change_provider_keeps_its_own_npi():
    row = add_provider(details=DETAILS, by=None)
    changed = change_provider(
        provider_id=row.pk, details=replace(DETAILS, is_active=False), by=UserFactory()
    )
    assert not changed.is_active


@pytest.mark.parametrize("factory", [ProviderFactory, FacilityFactory])
@pytest.mark.parametrize("number", ["1234567890", "3234567893", "12345"])
def test_database_refuses_a_wrong_npi(factory, number):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(npi=number)


def test_facility_is_set_up_and_corrected():
    row = change_facility(facility_id=None, details=CLINIC, by=None)
    assert (row.tax_id, row.zip_code, row.state, row.phone) == (
        "371234567",
        "627010001",
        "IL",
        "2175550100",
    )
    change_facility(facility_id=row.pk, details=replace(CLINIC, city="Chatham"), by=UserFactory())
    assert Facility.objects.get().city == "Chatham"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zip_code": "62701"}, "zip_code"),
        ({"npi": "1234567890"}, "npi"),
        ({"tax_id": "1"}, "tax_id"),
    ],
)
def test_facility_is_refused_with_the_field(changes, field):
    with pytest.raises(Refused) as refusal:
        change_facility(facility_id=None, details=replace(CLINIC, **changes), by=None)
    assert field in refusal.value.context["fields"]
    assert not Facility.objects.exists()
