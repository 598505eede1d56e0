import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from encounters.enums import EncounterStatus
from encounters.intake.fhir import read_fhir
from encounters.intake.hl7v2 import read_hl7
from encounters.intake.incoming import Unreadable
from encounters.models import ClinicalNote, Coverage, Encounter, Patient
from encounters.rules.details import DiagnosisText, ServiceText
from tests.factories import FacilityFactory, PatientFactory, PayerFactory, ProviderFactory
from tests.shared import SHARED, requires_shared

DFT = """\
MSH|^~\\&|EHR|CLINIC|FP|FP|20261120||DFT^P03^DFT_P03|MSG1|P|2.5
EVN|P03|20261120
PID|1||4711^^^CLINIC^MR||Quist^Ada^M||19800201|F|||5 Main St^^Springfield^IL^62704||(217)555-0144
PV1|1|O|||||{npi}^Okafor^Grace||||||||||||V100
FT1|1|||20261120||CG|99213^Office visit^C4|||1
FT1|2|||20261120||CG|87880^Strep \\T\\ test^C4|||2
DG1|1||J02.9^Acute pharyngitis^I10
IN1|1|PPO^PPO 500|BEACN|Beacon Health Plan||||BHP4400||||20260101|||||SEL^Self|||||||||||||||||||BHP00000105
"""


def bundle(**changes):
    resources: list[dict] = [
        {
            "resourceType": "Patient",
            "id": "p1",
            "gender": "female",
            "birthDate": "1980-02-01",
            "identifier": [{"system": "urn:clinic", "value": "4711"}],
            "name": [{"family": "Quist", "given": ["Ada", "M"]}],
            "address": [
                {
                    "line": ["5 Main St"],
                    "city": "Springfield",
                    "state": "Illinois",
                    "postalCode": "62704",
                }
            ],
        },
        {
            "resourceType": "Practitioner",
            "id": "d1",
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "{npi}"}],
        },
        {
            "resourceType": "Coverage",
            "id": "c1",
            "status": "active",
            "beneficiary": {"reference": "Patient/p1"},
            "subscriberId": "BHP00000105",
            "payor": [{"display": "Beacon Health Plan"}],
            "period": {"start": "2026-01-01"},
            "class": [
                {
                    "type": {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/coverage-class",
                                "code": "group",
                            }
                        ]
                    },
                    "value": "BHP4400",
                }
            ],
        },
        {
            "resourceType": "Encounter",
            "id": "e1",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": "urn:uuid:p1"},
            "participant": [{"individual": {"reference": "Practitioner/d1"}}],
            "period": {"start": "2026-11-20T14:00:00Z"},
            "reasonCode": [{"text": "sore_throat"}],
        },
        {
            "resourceType": "Condition",
            "id": "x1",
            "subject": {"reference": "Patient/p1"},
            "encounter": {"reference": "Encounter/e1"},
            "code": {
                "coding": [
                    {
                        "system": "http://hl7.org/fhir/sid/icd-10-cm",
                        "code": "J02.9",
                        "display": "Acute pharyngitis",
                    }
                ]
            },
        },
        {
            "resourceType": "Procedure",
            "id": "x2",
            "status": "completed",
            "subject": {"reference": "Patient/p1"},
            "encounter": {"reference": "Encounter/e1"},
            "code": {
                "coding": [
                    {
                        "system": "http://snomed.info/sct",
                        "code": "1",
                        "display": "Throat culture (procedure)",
                    }
                ]
            },
        },
        {
            "resourceType": "DocumentReference",
            "id": "x3",
            "status": "current",
            "subject": {"reference": "Patient/p1"},
            "context": {"encounter": [{"reference": "Encounter/e1"}]},
            "content": [
                {
                    "attachment": {
                        "contentType": "text/plain",
                        "data": "U29yZSB0aHJvYXQuCiMgQXNzZXNzbWVudCBhbmQgUGxhbgpGbHVpZHMu",
                    }
                }
            ],
        },
    ]
    resources[0].update(changes)
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
def clinic(db):
    FacilityFactory()
    PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")
    return ProviderFactory()


@pytest.fixture
def file(tmp_path, clinic):
    def write(name, content):
        text = content if isinstance(content, str) else json.dumps(content)
        path = tmp_path / name
        path.write_text(text.replace("{npi}", clinic.npi))
        return path

    return write


def intake(*paths, capsys, **options):
    status: object = 0
    try:
        call_command("intake", *map(str, paths), json=True, **options)
    except SystemExit as stop:
        status = stop.code
    return status, json.loads(capsys.readouterr().out)["files"]


# --- Reading --------------------------------------------------------------------------------


def test_dft_is_read_field_by_field():
    (found,) = read_hl7(DFT.encode())
    assert (found.patient.id.system, found.patient.id.value) == ("CLINIC", "4711")
    assert (found.patient.last_name, found.patient.middle_name) == ("Quist", "M")
    assert found.coverages[0].group_number == "BHP4400"
    assert found.coverages[0].subscriber_number == "BHP00000105"
    (visit,) = found.visits
    assert visit.service_date == date(2026, 11, 20)
    assert visit.services == (
        ServiceText("Office visit", "99213", 1),
        ServiceText("Strep & test", "87880", 2),
    )
    assert visit.diagnoses == (DiagnosisText("Acute pharyngitis", "J02.9"),)


def test_several_messages_in_one_file_are_several_patients():
    other = DFT.replace("4711", "4712").replace("Quist^Ada", "Bell^Otis")
    found = read_hl7(f"FHS|x\n{DFT}{other}FTS|2\n".encode())
    assert [entry.patient.last_name for entry in found] == ["Quist", "Bell"]


@pytest.mark.parametrize(
    ("content", "words", "place"),
    [
        ("", "empty", 0),
        ("hello", "MSH", 1),
        (DFT.replace("DFT^P03", "ORU^R01"), "ORU is not taken in", 1),
        (DFT.replace("PID|1|", "ZID|1|"), "no PID", 1),
        (DFT.replace("19800201", "someday"), "birth date", 3),
        (DFT.replace("Quist^Ada^M", ""), "no name", 3),
    ],
)
def test_unreadable_message_names_the_segment(content, words, place):
    with pytest.raises(Unreadable, match=words) as refusal:
        read_hl7(content.encode())
    assert refusal.value.place == place


def test_bundle_is_read_resource_by_resource():
    (found,) = read_fhir(json.dumps(bundle()).encode())
    assert (found.patient.id.system, found.patient.id.value) == ("urn:clinic", "4711")
    assert found.coverages[0].group_number == "BHP4400"
    (visit,) = found.visits
    assert visit.reason == "Sore throat"
    assert visit.diagnoses == (DiagnosisText("Acute pharyngitis", "J02.9"),)
    assert visit.services == (ServiceText("Throat culture", ""),)
    assert visit.sections.subjective == "Sore throat."
    assert visit.sections.assessment.endswith("Fluids.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a FHIR Bundle"),
        (b'{"resourceType": "Patient"}', "not a FHIR Bundle"),
        (b'{"resourceType": "Bundle", "entry": []}', "no Patient"),
        (json.dumps(bundle(birthDate="someday")).encode(), "birthDate"),
        (json.dumps(bundle(name=[])).encode(), "no family name"),
    ],
)
def test_unreadable_bundle_says_why(content, words):
    with pytest.raises(Unreadable, match=words):
        read_fhir(content)


# --- Taking in ------------------------------------------------------------------------------


def test_message_becomes_patient_coverage_and_visit(file, capsys, clinic):
    status, (report,) = intake(file("a.hl7", DFT), capsys=capsys)
    assert (status, report["status"]) == (0, "taken")
    patient = Patient.objects.get()
    assert (patient.phone, patient.state) == ("2175550144", "IL")
    encounter = Encounter.objects.get()
    assert encounter.primary_coverage == Coverage.objects.get()
    assert encounter.provider == clinic
    assert encounter.status == EncounterStatus.CHECKED_IN
    note = ClinicalNote.objects.get()
    assert not note.is_signed
    assert note.services.count() == 2


def test_complete_visit_goes_to_coding(file, capsys):
    _, (report,) = intake(file("a.json", bundle()), capsys=capsys)
    assert report["visits_to_coding"] == 1
    encounter = Encounter.objects.get()
    assert encounter.status == EncounterStatus.DOCUMENTED
    assert encounter.coding_item is not None
    assert ClinicalNote.objects.get().is_signed


@pytest.mark.parametrize("name", ["a.hl7", "a.json"])
def test_same_file_twice_changes_nothing(file, capsys, name):
    path = file(name, DFT if name == "a.hl7" else bundle())
    intake(path, capsys=capsys)
    status, (report,) = intake(path, capsys=capsys)
    assert (status, report["patients_known"], report["visits_known"]) == (0, 1, 1)
    assert Patient.objects.count() == Encounter.objects.count() == Coverage.objects.count() == 1


def test_registered_patient_is_recognised(file, capsys):
    known = PatientFactory(last_name="QUIST", first_name="ada", birth_date=date(1980, 2, 1))
    intake(file("a.hl7", DFT), capsys=capsys)
    assert Encounter.objects.get().patient == known


def test_unknown_payer_leaves_only_the_coverage_out(file, capsys):
    text = DFT.replace("BEACN", "AETNA").replace("Beacon Health Plan", "Aetna")
    status, (report,) = intake(file("a.hl7", text), capsys=capsys)
    assert (status, report["visits_new"]) == (0, 1)
    assert "'Aetna' is not set up" in report["warnings"][0]
    assert Encounter.objects.get().primary_coverage is None


def test_missing_subscriber_number_is_told(file, capsys):
    _, (report,) = intake(file("a.hl7", DFT.replace("|BHP00000105", "|")), capsys=capsys)
    assert "no subscriber number" in report["warnings"][0]
    assert not Coverage.objects.exists()


def test_unknown_provider_refuses_the_whole_file(file, capsys, clinic):
    text = DFT.replace("{npi}", "1234567890")
    path = file("a.hl7", text)
    status, (report,) = intake(path, capsys=capsys)
    assert (status, report["status"]) == (1, "refused")
    assert "--provider" in report["reason"]
    assert not Patient.objects.exists()
    status, _ = intake(path, capsys=capsys, provider=clinic.npi)
    assert (status, Encounter.objects.get().provider) == (0, clinic)


def test_one_refused_file_does_not_hold_the_others_back(file, capsys):
    status, reports = intake(
        file("bad.hl7", "hello"), file("a.hl7", DFT), Path("/nowhere/x.hl7"), capsys=capsys
    )
    assert status == 1
    assert [report["status"] for report in reports] == ["refused", "taken", "refused"]


def test_address_that_a_claim_cannot_carry_refuses_the_file(file, capsys):
    status, (report,) = intake(file("a.hl7", DFT.replace("^62704", "^6270")), capsys=capsys)
    assert status == 1
    assert "ZIP" in report["reason"]
    assert not Patient.objects.exists()


def test_old_visits_can_be_left_out(file, capsys):
    intake(file("a.hl7", DFT), capsys=capsys, since=date(2026, 11, 21))
    assert Patient.objects.count() == 1
    assert not Encounter.objects.exists()


@requires_shared
@pytest.mark.parametrize(
    "name", ["ADT-A01-01", "ADT-A04-01", "ADT-A08-01", "DFT-P03-01", "DFT-P11-01"]
)
def test_samples_of_others_are_taken_in(clinic, capsys, name):
    path = SHARED / "samples/hl7v2" / f"{name}.hl7"
    status, (report,) = intake(path, capsys=capsys, provider=clinic.npi)
    assert (status, report["patients_new"]) == (0, 1)
    assert Patient.objects.get().last_name == "EVERYMAN"
    assert report["visits_new"] == (0 if "A08" in name else 1)


@requires_shared
@pytest.mark.parametrize("name", ["BAR-P01-01", "MDM-T02-01", "SIU-S12-01"])
def test_other_messages_are_refused_by_name(clinic, capsys, name):
    path = SHARED / "samples/hl7v2" / f"{name}.hl7"
    status, (report,) = intake(path, capsys=capsys)
    assert (status, report["segment"]) == (1, 1)
    assert name[:3] in report["reason"]
