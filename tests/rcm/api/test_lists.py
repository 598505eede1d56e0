"""Filters, order and pages."""

from __future__ import annotations

import datetime as dt

import pytest

from claims.models import Claim
from core import clock
from core.access.enums import Role
from denials.models import Denial
from encounters.models import Encounter
from payments.models import Remittance
from tests.any_state import put
from tests.factories import EncounterFactory, PatientFactory
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _biller(as_role):
    as_role(Role.BILLER)


@pytest.fixture
def ids(get):
    """The ids of the list, in its order."""

    def ask(name, **parameters):
        return [row["id"] for row in get(f"{name}/", **parameters)["results"]]

    return ask


def test_patients_are_found_by_words_number_birth_and_payer(clinic, ids):
    mine = clinic.patients
    other = PatientFactory(last_name="Zywicki", first_name="Quirin", birth_date=dt.date(1951, 2, 3))
    assert ids("patients", q="Zywiki") == [other.pk]
    assert ids("patients", mrn=mine.mrn.lower()) == [mine.pk]
    assert ids("patients", last_name="zyw") == [other.pk]
    assert ids("patients", birth_date="1951-02-03") == [other.pk]
    assert ids("patients", payer=clinic.claims.payer_id) == [mine.pk]
    assert ids("patients", q="Zywiki", payer=clinic.claims.payer_id) == []
    assert (
        ids("patients", ordering="birth_date")[0]
        == min((mine, other), key=lambda row: row.birth_date).pk
    )


def test_encounters_are_found_by_status_date_and_people(clinic, ids):
    mine = clinic.encounters
    today = EncounterFactory(service_date=clock.today())
    assert ids("encounters", status="billed") == [mine.pk]
    assert ids("encounters", status=["billed", "checked_in"]) == [today.pk, mine.pk]
    assert ids("encounters", service_date=clock.today().isoformat()) == [today.pk]
    assert ids("encounters", service_to=mine.service_date.isoformat()) == [mine.pk]
    assert ids("encounters", service_from=clock.today().isoformat()) == [today.pk]
    assert ids("encounters", provider=today.provider_id) == [today.pk]
    assert ids("encounters", patient=mine.patient_id) == [mine.pk]
    assert ids("encounters", facility=mine.facility_id, number=mine.number) == [mine.pk]
    assert ids("encounters", payer=clinic.claims.payer_id) == [mine.pk]
    assert ids("encounters", ordering="service_date") == [mine.pk, today.pk]


def test_encounters_on_hold_and_not_on_hold(clinic, ids):
    held = EncounterFactory(on_hold_since=clock.now(), hold_reason="Waits for the lab")
    assert ids("encounters", on_hold="true") == [held.pk]
    assert ids("encounters", on_hold="false") == [clinic.encounters.pk]


def test_claims_are_found_by_each_filter(paid, ids):
    [first], [second] = paid(1), paid(1, trace="EFT2")
    put(
        Claim.objects.filter(pk=second.pk),
        state="sent",
        total_charge="310.00",
        was_clean=True,
        payer_claim_number="ICN-2",
        service_date=clock.today(),
        filing_deadline=clock.today(),
    )
    second.refresh_from_db()
    assert ids("claims") == [second.pk, first.pk]
    for parameters in (
        {"number": second.number},
        {"payer_claim_number": "icn-2"},
        {"state": "sent"},
        {"service_from": clock.today().isoformat()},
        {"charge_from": "230.01"},
        {"deadline_to": clock.today().isoformat()},
        {"encounter": second.encounter_id},
        {"patient": second.encounter.patient_id},
        {"provider": second.encounter.provider_id},
        {"payer": second.payer_id},
        {"was_clean": "true"},
    ):
        assert ids("claims", **parameters) == [second.pk], parameters
    assert ids("claims", facility=second.facility_id) == [second.pk, first.pk]
    assert ids("claims", facility=second.facility_id + 1) == []
    assert ids("claims", charge_to="230") == [first.pk]
    assert ids("claims", service_to=first.service_date.isoformat()) == [first.pk]
    assert ids("claims", state=["sent", "denied"]) == [second.pk, first.pk]
    assert ids("claims", ordering="charge") == [first.pk, second.pk]
    assert ids("claims", ordering="-charge") == [second.pk, first.pk]


def test_remittances_are_found_by_each_filter(paid, ids):
    [claim] = paid(1)
    paid(2, trace="EFT2")
    small, large = (Remittance.objects.get(trace_number=trace) for trace in ("EFT1", "EFT2"))
    with unguarded():
        Remittance.objects.filter(pk=small.pk).update(payment_date=dt.date(2020, 1, 1))
    assert ids("remittances", claim=claim.pk) == [small.pk]
    assert ids("remittances", trace_number="eft2") == [large.pk]
    assert ids("remittances", amount_from="100") == [large.pk]
    assert ids("remittances", amount_to="100.00") == [small.pk]
    assert ids("remittances", payment_to="2020-01-01") == [small.pk]
    assert ids("remittances", payment_from="2020-01-02") == [large.pk]
    assert ids("remittances", state="posted", ordering="amount") == [small.pk, large.pk]
    assert ids("remittances", state="held") == []
    assert ids("remittances", has_unposted="true") == []
    assert len(ids("remittances", has_unposted="false")) == 2
    found = large.payer_id
    assert ids("remittances", payer=found or 1) == ([large.pk] if found else [])


def test_denials_are_found_by_each_filter(paid, ids):
    paid(1)
    paid(1, trace="EFT2")
    late, other = Denial.objects.order_by("pk")
    yesterday = clock.today() - dt.timedelta(days=1)
    Denial.objects.filter(pk=late.pk).update(
        deadline=yesterday,
        amount="60.00",
        carc="16",
        rarcs=["MA130"],
        denied_on=dt.date(2020, 1, 1),
    )
    late.refresh_from_db()
    for parameters in (
        {"carc": "16"},
        {"rarc": "ma130"},
        {"overdue": "true"},
        {"amount_from": "45.01"},
        {"deadline_to": yesterday.isoformat()},
        {"denied_to": "2020-01-01"},
        {"claim": late.claim_id},
        {"payer": late.claim.payer_id},
        {"patient": late.claim.encounter.patient_id},
        {"provider": late.claim.encounter.provider_id},
    ):
        assert ids("denials", **parameters) == [late.pk], parameters
    for parameters in ({"overdue": "false"}, {"amount_to": "45"}, {"denied_from": "2020-01-02"}):
        assert ids("denials", **parameters) == [other.pk], parameters
    both = {
        "state": "open",
        "group": "CO",
        "is_initial": "true",
        "root_cause": late.root_cause,
        "owner_role": late.owner_role,
        "route": late.route,
    }
    for name, value in both.items():
        assert len(ids("denials", **{name: value})) == 2, name
    assert ids("denials", is_initial="false") == []
    assert ids("denials", ordering="-amount") == [late.pk, other.pk]


def test_pages_have_a_total_and_neighbours(get):
    for _ in range(5):
        EncounterFactory()
    seen = get("encounters/", page_size=2, page=2, ordering="number")
    assert (seen["total"], seen["pages"], seen["page"], seen["page_size"]) == (5, 3, 2, 2)
    assert seen["next"] == "/api/v1/encounters/?ordering=number&page=3&page_size=2"
    assert seen["previous"].startswith("/api/v1/encounters/?")
    found = []
    address = "encounters/?page_size=2&ordering=-service_date"
    while address:
        page = get(address.removeprefix("/api/v1/"))
        found += [row["id"] for row in page["results"]]
        address = page["next"]
    assert sorted(found) == sorted(Encounter.objects.values_list("pk", flat=True))


def test_default_page_has_50_rows(get):
    patient = PatientFactory()
    first = EncounterFactory(patient=patient)
    Encounter.objects.bulk_create(
        Encounter(
            number=f"X{n}",
            patient=patient,
            provider=first.provider,
            facility=first.facility,
            service_date=first.service_date,
            place_of_service="11",
        )
        for n in range(50)
    )
    assert len(get("encounters/")["results"]) == 50
    assert len(get("encounters/", page_size=200)["results"]) == 51


@pytest.mark.parametrize(
    ("name", "parameters", "field"),
    [
        ("claims", {"page_size": "201"}, "page_size"),
        ("claims", {"page_size": "0"}, "page_size"),
        ("claims", {"page_size": "many"}, "page_size"),
        ("claims", {"page": "0"}, "page"),
        ("claims", {"page": "2"}, "page"),
        ("claims", {"page": "last"}, "page"),
        ("claims", {"state": "payed"}, "state"),
        ("claims", {"ordering": "patient"}, "ordering"),
        ("claims", {"charge_from": "1.234"}, "charge_from"),
        ("claims", {"charge_from": "NaN"}, "charge_from"),
        ("claims", {"patient": "99999999999999999999"}, "patient"),
        ("claims", {"patient": "0"}, "patient"),
        ("claims", {"was_clean": "perhaps"}, "was_clean"),
        ("claims", {"number": "C\x00"}, "number"),
        ("encounters", {"service_date": "2026-02-30"}, "service_date"),
        ("encounters", {"service_from": "11/23/2026"}, "service_from"),
        ("encounters", {"sort": "number"}, "sort"),
        ("patients", {"birth_date": "yesterday"}, "birth_date"),
        ("remittances", {"amount_to": "$5"}, "amount_to"),
        ("denials", {"owner_role": "nobody"}, "owner_role"),
    ],
)
def test_parameter_that_cannot_be_used_is_named(get, name, parameters, field):
    error = get(f"{name}/", expect=400, **parameters)["error"]
    assert error["code"] == "bad_parameter"
    assert list(error["fields"]) == [field]
    assert error["fields"][field][0]
    assert error["fix"]


def test_unknown_parameter_is_told_the_known_ones(get, clinic):
    error = get("claims/", expect=400, paitent="1")["error"]
    assert "patient" in error["fix"]
    assert get(f"claims/{clinic.claims.pk}/", expect=400, state="sent")["error"]["fields"]
