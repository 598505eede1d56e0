"""One search for patients, visits and claims, as far as each role may see."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.urls import reverse

from claims.models import Claim
from claims.queries.lists import listed_claims, with_words
from claims.queries.search import search
from core.access.enums import Role
from core.access.models import User
from tests.factories import PatientFactory, UserFactory
from tests.factories.claims import biller, built, coded, insured

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    coverage = insured(patient__last_name="Zephyr", patient__first_name="Ion")
    return built(coded(coverage))


def someone(role: Role) -> User:
    user: Any = UserFactory(role=role)
    return cast(User, user)


def test_search_by_name_finds_patient_and_claims(claim):
    found = search("zephyr", user=biller(), limit=5)

    assert found.patients == [claim.encounter.patient]
    assert found.claims == [claim]


@pytest.mark.parametrize("part", ["number", "control", "encounter", "mrn", "member", "birth"])
def test_search_by_number_finds(claim, part):
    text = {
        "number": claim.number.lower(),
        "control": f"{claim.number}-1",
        "encounter": claim.encounter.number,
        "mrn": claim.encounter.patient.mrn,
        "member": claim.coverage.subscriber_number,
        "birth": "zephyr 2/1/1980",
    }[part]

    assert search(text, user=biller(), limit=5).count > 0


@pytest.mark.parametrize("ending", ["", "-1"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_claims_are_found_by_each_of_their_numbers_in_any_case(claim, ending, case):
    Claim.objects.filter(pk=claim.pk).update(payer_claim_number="ICN77X")
    built(coded(insured()))
    visit = claim.encounter
    for number in (claim.number + ending, visit.number, visit.patient.mrn, "ICN77X"):
        assert list(listed_claims().filter(with_words(case(number)))) == [claim], number


def test_search_shows_each_role_what_it_may_see(claim):
    desk = search(claim.number, user=someone(Role.FRONT_DESK), limit=5)
    manager = search(claim.number, user=someone(Role.MANAGER), limit=5)

    assert desk.claims is None
    assert desk.patients is not None
    assert manager.claims == [claim]


@pytest.mark.parametrize("text", ["", "q", "  "])
def test_search_for_next_to_nothing_asks_nothing(text, django_assert_num_queries):
    user = biller()
    with django_assert_num_queries(0):
        assert search(text, user=user, limit=5).count == 0


def test_search_says_when_there_is_more():
    for _ in range(4):
        PatientFactory(last_name="Many")

    found = search("many", user=biller(), limit=3)

    assert len(found.patients or []) == 3
    assert found.more == {"patients"}


def test_suggestions_open_what_they_name(client, claim):
    client.force_login(biller())

    text = client.get(
        reverse("search"), {"q": claim.number}, HTTP_HX_REQUEST="true"
    ).content.decode()

    assert 'role="option"' in text
    assert f'data-href="{reverse("claims:detail", args=[claim.pk])}"' in text


def test_search_page_shows_all_kinds_and_what_to_try(client, claim):
    client.force_login(biller())
    address = reverse("search")

    found = client.get(address, {"q": "zephyr"}).content.decode()
    nothing = client.get(address, {"q": "zzzzqqq"}).content.decode()
    empty = client.get(address).content.decode()

    assert claim.number in found
    assert "Zephyr, Ion" in found
    assert "Nothing found" in nothing
    assert "What are you looking for?" in empty


def test_search_needs_few_queries(client, claim, django_assert_max_num_queries):
    client.force_login(biller())
    client.get(reverse("search"), {"q": "zephyr"})
    with django_assert_max_num_queries(7):
        client.get(reverse("search"), {"q": "zephyr"})
