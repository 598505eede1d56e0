"""Who may read what, and that each reading is remembered."""

from __future__ import annotations

import pytest

from core.access.enums import Role
from core.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

EVERYBODY_BUT_ADMINISTRATORS = {"front_desk", "provider", "coder", "biller", "manager"}
READERS = {
    "patients": EVERYBODY_BUT_ADMINISTRATORS,
    "encounters": EVERYBODY_BUT_ADMINISTRATORS,
    "claims": {"coder", "biller", "manager"},
    "remittances": {"biller", "manager"},
    "denials": {"coder", "biller", "manager"},
}


def addresses(name, clinic):
    found = [f"/api/v1/{name}/", f"/api/v1/{name}/{getattr(clinic, name).pk}/"]
    return [*found, f"{found[1]}claims/"] if name == "remittances" else found


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", READERS)
def test_role_reads_only_what_its_pages_show(clinic, client, as_role, name, role):
    as_role(role)
    expected = 200 if role in READERS[name] else 403
    before = AuditEvent.objects.count()
    for count, address in enumerate(addresses(name, clinic), start=1):
        assert client.get(address).status_code == expected, address
        assert AuditEvent.objects.count() - before == (count if expected == 200 else 0)


@pytest.mark.parametrize("name", READERS)
def test_nobody_signed_in_is_401_and_told_where_to_sign_in(clinic, client, name):
    for address in addresses(name, clinic):
        response = client.get(address)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Session")
        assert "/login/" in response.json()["error"]["fix"]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(clinic, client, as_role, name, method):
    as_role(Role.BILLER)
    for address in addresses(name, clinic):
        response = getattr(client, method)(address)
        assert response.status_code == 405
        assert response.json()["error"]["code"] == "read_only"


@pytest.mark.parametrize("role", Role.values)
def test_every_role_reads_the_document(client, as_role, role):
    as_role(role)
    assert client.get("/api/schema/").status_code == 200


def test_document_is_for_people_of_the_house(client, db):
    response = client.get("/api/schema/")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("name", ["patients", "encounters", "claims", "denials"])
def test_detail_is_audited_with_its_patient(clinic, get, as_role, name):
    user = as_role(Role.BILLER)
    row = getattr(clinic, name)
    get(f"{name}/{row.pk}/")
    event = AuditEvent.objects.get(actor=user)
    assert event.action == f"{row._meta.model_name}.viewed"
    assert (event.subject_id, event.patient_id) == (row.pk, clinic.patients.pk)
    assert event.detail == {"via": "api"}


def test_list_is_audited_by_ids_and_never_with_what_was_searched(clinic, get, as_role):
    user = as_role(Role.BILLER)
    get("patients/", q=clinic.patients.last_name)
    event = AuditEvent.objects.get(actor=user)
    assert event.action == "patient.listed"
    assert event.detail == {
        "via": "api",
        "filters": ["q"],
        "ids": [clinic.patients.pk],
        "patients": [clinic.patients.pk],
    }
    assert event.patient_id == clinic.patients.pk


def test_links_name_only_what_the_role_may_open(clinic, client, get, as_role):
    as_role(Role.FRONT_DESK)
    seen = get(f"patients/{clinic.patients.pk}/")["links"]
    assert set(seen) == {"self", "page", "encounters"}
    as_role(Role.BILLER)
    for name in READERS:
        links = get(f"{name}/{getattr(clinic, name).pk}/")["links"]
        assert len(links) >= 4
        for address in links.values():
            assert client.get(address).status_code == 200, address


def test_codes_and_claims_of_a_visit_are_kept_from_the_front_desk(clinic, get, as_role):
    address = f"encounters/{clinic.encounters.pk}/"
    as_role(Role.FRONT_DESK)
    seen = get(address)
    assert (seen["coding"], seen["claims"]) == (None, None)
    as_role(Role.PROVIDER)
    seen = get(address)
    assert seen["coding"]["diagnoses"][0]["code"] == "J02.9"
    assert [line["charge"] for line in seen["coding"]["lines"]] == ["185.00", "45.00"]
    assert seen["claims"] is None
    as_role(Role.CODER)
    assert get(address)["claims"][0]["number"] == clinic.claims.number
