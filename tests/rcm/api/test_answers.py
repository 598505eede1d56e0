"""What the details say, how many queries they take, and what a wrong request is told."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory

from claims.models import Submission
from core.access.enums import Role
from core.errors import Refused
from payments.models import Remittance
from rcm.api.errors import answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _biller(as_role):
    as_role(Role.BILLER)


def test_patient_has_coverage_under_its_numbers(clinic, get):
    coverage = clinic.encounters.primary_coverage
    seen = get(f"patients/{clinic.patients.pk}/")
    assert seen["birth_date"] == clinic.patients.birth_date.isoformat()
    assert [one["subscriber_number"] for one in seen["coverages"]] == [coverage.subscriber_number]
    assert seen["coverages"][0]["payer"]["name"] == coverage.payer.name


def test_claim_tells_what_was_sent_and_how_it_was_received(clinic, get):
    seen = get(f"claims/{clinic.claims.pk}/")
    assert (seen["total_charge"], seen["state"]) == ("230.00", "denied")
    assert seen["state_label"] == "Denied, to be worked"
    current = seen["current_submission"]
    assert current["control_number"] == f"{clinic.claims.number}-1"
    assert [(line["code"], line["charge"]) for line in current["lines"]] == [
        ("99213", "185.00"),
        ("87880", "45.00"),
    ]
    assert [one["category_code"] for one in current["acknowledgements"]] == ["A2"]
    assert [one["code"] for one in current["diagnoses"]] == ["J02.9"]
    assert seen["earlier_submissions"] == []


def test_replaced_submission_stands_among_the_earlier_ones(clinic, get):
    first = Submission.objects.get(claim=clinic.claims)
    Submission.objects.filter(pk=first.pk).update(is_current=False, end="replaced")
    Submission.objects.create(
        claim=clinic.claims,
        number=2,
        control_number=f"{clinic.claims.number}-2",
        frequency="7",
        original_reference="ICN1",
        coding_version=first.coding_version,
        coverage=first.coverage,
        total_charge=first.total_charge,
    )
    seen = get(f"claims/{clinic.claims.pk}/")
    assert seen["current_submission"]["frequency_label"] == "Replacement of a prior claim"
    [earlier] = seen["earlier_submissions"]
    assert (earlier["number"], earlier["end"]) == (1, "replaced")
    assert earlier["acknowledgements"][0]["accepted"] is True


def test_remittance_tells_each_reason_in_words(clinic, get):
    seen = get(f"remittances/{clinic.remittances.pk}/")
    assert (seen["amount"], seen["claim_count"], seen["unposted_count"]) == ("90.00", 1, 0)
    [claim] = seen["claims"]
    assert claim["claim"]["number"] == clinic.claims.number
    assert claim["links"]["claim"] == f"/api/v1/claims/{clinic.claims.pk}/"
    visit, strep = claim["lines"]
    found = [(one["group"], one["carc"], one["amount"]) for one in visit["adjustments"]]
    assert found == [("CO", "45", "70.00"), ("PR", "3", "25.00")]
    assert strep["adjustments"][0]["disposition"] == "denied"
    assert strep["adjustments"][0]["meaning"]
    assert strep["remarks"][0]["code"] == "N822"
    assert get(f"remittances/{clinic.remittances.pk}/claims/")["results"] == [claim]


def test_remittance_holds_200_claims_and_its_link_holds_all(paid, get):
    paid(205)
    pk = Remittance.objects.get().pk
    seen = get(f"remittances/{pk}/")
    assert (seen["claim_count"], len(seen["claims"])) == (205, 200)
    last = get(f"remittances/{pk}/claims/", page=2, page_size=200)
    assert (last["total"], len(last["results"])) == (205, 5)
    assert last["results"][0]["position"] == seen["claims"][-1]["position"] + 1


def test_denial_tells_what_it_means_and_what_to_do(clinic, get):
    seen = get(f"denials/{clinic.denials.pk}/")
    assert (seen["group"], seen["carc"], seen["amount"]) == ("CO", "4", "45.00")
    assert (seen["line"]["code"], seen["line"]["charge"]) == ("87880", "45.00")
    assert seen["remarks"][0]["code"] == "N822"
    assert seen["what_to_do"]["steps"]
    assert seen["patient"]["mrn"] == clinic.patients.mrn
    assert seen["is_overdue"] is False
    assert seen["corrections"] == []


# Session, user, count, rows, audit event; then what each list or detail needs besides.
LISTS = {"patients": 5, "encounters": 5, "claims": 5, "remittances": 5, "denials": 5}
DETAILS = {"patients": 5, "encounters": 8, "claims": 10, "remittances": 11, "denials": 5}


@pytest.mark.parametrize(("name", "queries"), LISTS.items())
def test_list_takes_the_same_queries_for_1_and_for_12(
    paid, get, django_assert_num_queries, name, queries
):
    paid(1, trace="EFT1")
    with django_assert_num_queries(queries):
        assert get(f"{name}/")["total"] == 1
    for n in range(11):
        paid(1, trace=f"NEXT{n}")
    with django_assert_num_queries(queries):
        assert len(get(f"{name}/")["results"]) == 12


@pytest.mark.parametrize(("name", "queries"), DETAILS.items())
def test_detail_takes_a_fixed_number_of_queries(
    clinic, get, django_assert_num_queries, name, queries
):
    with django_assert_num_queries(queries):
        get(f"{name}/{getattr(clinic, name).pk}/")


def test_remittance_takes_the_same_queries_for_30_claims(paid, get, django_assert_num_queries):
    paid(30)
    pk = Remittance.objects.get().pk
    with django_assert_num_queries(DETAILS["remittances"]):
        assert len(get(f"remittances/{pk}/")["claims"]) == 30


def test_missing_row_says_what_to_do_next(get):
    error = get("claims/999999/", expect=404)["error"]
    assert (error["code"], error["fields"]) == ("not_found", {})
    assert "/api/schema/" in error["fix"]


@pytest.mark.parametrize("path", ["nothing/", "claims/abc/", "claims/1/nothing/", ""])
def test_unknown_address_is_answered_in_json(get, path):
    assert get(path, expect=404)["error"]["code"] == "not_found"


def test_address_without_its_slash_is_found(client, clinic):
    response = client.get("/api/v1/claims", follow=True)
    assert response.status_code == 200
    assert response.json()["total"] == 1


@pytest.mark.parametrize(("conflict", "status"), [(False, 400), (True, 409)])
def test_refusal_of_a_service_keeps_its_words(conflict, status):
    refusal = Refused("The claim is closed.", fix="Open it.", code="closed", conflict=conflict)
    response = answer(refusal, {})
    assert response.status_code == status
    assert response.data == {
        "error": {
            "code": "closed",
            "message": "The claim is closed.",
            "fix": "Open it.",
            "fields": {},
        }
    }


def test_error_of_the_server_is_not_dressed_as_an_answer():
    request = APIRequestFactory().get("/api/v1/claims/")
    assert isinstance(request, type(RequestFactory().get("/")))
    assert answer(ZeroDivisionError(), {"request": request}) is None
