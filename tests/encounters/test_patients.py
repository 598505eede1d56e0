from datetime import date

import pytest

from core.audit.models import AuditEvent
from core.errors import Refused
from encounters.models import Patient
from encounters.queries import patient_search, possible_duplicates
from encounters.rules.details import Demographics
from encounters.services import change_patient, register_patient
from tests.factories import CoverageFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def person(**changes) -> Demographics:
    return Demographics(
        **{
            "last_name": "Johnson",
            "first_name": "Maria",
            "birth_date": date(1984, 3, 7),
            "sex": "F",
            "address": "5 Main St",
            "city": "Springfield",
            "state": "IL",
            "zip_code": "62704",
            **changes,
        }
    )


def test_register_patient_cleans_and_numbers():
    clerk = UserFactory()
    patient = register_patient(
        details=person(
            last_name="  Johnson ", phone="(217) 555-0144", zip_code="62704-1234", state="il"
        ),
        by=clerk,
    )
    assert (patient.last_name, patient.phone, patient.zip_code, patient.state) == (
        "Johnson",
        "2175550144",
        "627041234",
        "IL",
    )
    assert patient.mrn.startswith("M")
    assert len(patient.mrn) == 8
    event = AuditEvent.objects.get(action="patient.registered")
    assert (event.subject_id, event.patient_id, event.actor) == (patient.pk, patient.pk, clerk)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("last_name", "", "last name"),
        ("last_name", "O*Neil", "separator"),
        ("birth_date", date(2199, 1, 1), "future"),
        ("birth_date", date(1850, 1, 1), "125 years"),
        ("state", "ZZ", "two-letter"),
        ("zip_code", "1234", "ZIP"),
        ("phone", "555-0144", "ten digits"),
        ("sex", "X", "female, male or unknown"),
    ],
)
def test_register_patient_refuses_with_the_field(field, value, words):
    with pytest.raises(Refused) as refusal:
        register_patient(details=person(**{field: value}), by=None)
    assert words in refusal.value.context["fields"][field]
    assert not Patient.objects.exists()


def test_change_patient_writes_only_what_differs():
    patient = register_patient(details=person(), by=None)
    clerk = UserFactory()
    change_patient(patient_id=patient.pk, details=person(), by=clerk)
    assert not AuditEvent.objects.filter(action="patient.changed").exists()
    change_patient(patient_id=patient.pk, details=person(city="Chatham"), by=clerk)
    event = AuditEvent.objects.get(action="patient.changed")
    assert event.detail == {"fields": ["city"]}


@pytest.mark.parametrize(
    "text",
    [
        "johnson",
        "Jonson",
        "johnson, maria",
        "Maria Johnson",
        "maria jhonson",
        "JOHN",
        "3/7/1984",
        "1984-03-07",
        "johnson 3/7/1984",
        "M7654321",
        "7654321",
        "(217) 555-0144",
        "W1234567",
        "w123-4567 00",
    ],
)
def test_patient_search_finds_by_what_is_said(text):
    wanted = PatientFactory(
        last_name="Johnson",
        first_name="Maria",
        birth_date=date(1984, 3, 7),
        mrn="M7654321",
        phone="2175550144",
    )
    CoverageFactory(patient=wanted, subscriber_number="W123456700")
    PatientFactory(last_name="Baptiste", first_name="Otis", birth_date=date(1990, 1, 1))
    assert list(patient_search(text)) == [wanted]


def test_patient_search_puts_the_exact_name_first():
    close = PatientFactory(last_name="Johnston", first_name="Maria")
    exact = PatientFactory(last_name="Johnson", first_name="Maria")
    assert list(patient_search("johnson maria")) == [exact, close]


def test_patient_search_narrows_by_birth_date():
    PatientFactory(last_name="Johnson", birth_date=date(1984, 3, 8))
    assert list(patient_search("johnson 3/7/1984")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"last_name": "Jonson"},
        {"birth_date": date(1984, 7, 3)},
        {"birth_date": date(1948, 3, 7)},
        {"last_name": "Baptiste", "birth_date": date(1984, 3, 7)},
        {"last_name": "Smith", "birth_date": date(1970, 1, 1), "phone": "217-555-0144"},
    ],
)
def test_possible_duplicates_finds_the_same_person(changes):
    known = PatientFactory(
        last_name="Johnson", first_name="Maria", birth_date=date(1984, 3, 7), phone="2175550144"
    )
    assert possible_duplicates(person(**changes)) == [known]


def test_possible_duplicates_leaves_strangers_alone():
    PatientFactory(last_name="Johnson", first_name="Kofi", birth_date=date(1951, 11, 30))
    PatientFactory(last_name="Baptiste", first_name="Otis", birth_date=date(1984, 3, 7))
    assert possible_duplicates(person()) == []


def test_possible_duplicates_knows_the_subscriber_number():
    known = PatientFactory(last_name="Okafor", first_name="Marie", birth_date=date(1984, 3, 7))
    CoverageFactory(patient=known, subscriber_number="W123456700")
    assert possible_duplicates(person()) == []
    assert possible_duplicates(person(), subscriber_number="W123456700") == [known]


@pytest.mark.parametrize("text", ["555-0144", "0144", "(217) 555", "217-555-0144"])
def test_patient_search_finds_by_part_of_the_phone_number(text):
    patient = PatientFactory(phone="2175550144")
    PatientFactory(phone="3125559876")
    assert list(patient_search(text)) == [patient]
