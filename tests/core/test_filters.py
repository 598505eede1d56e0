"""A page ignores what it cannot read; REST refuses it; both have the same filters."""

from __future__ import annotations

import django_filters as df
import pytest

from core.filters import Day, Filters, Id, PageFilters, Sort
from encounters.models import Patient
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


class Strict(Filters):
    born_from = Day(field_name="birth_date", lookup_expr="gte")
    number = Id(field_name="pk")


class Page(PageFilters, Strict):
    short_names = {"from": "born_from"}
    last = df.CharFilter(field_name="last_name", max_length=5)
    sort = Sort("-birth_date", then="pk", name="last_name first_name")


@pytest.fixture
def people():
    return [
        PatientFactory(last_name="Able", first_name="Bo", birth_date="1980-02-01"),
        PatientFactory(last_name="Able", first_name="Al", birth_date="1990-02-01"),
        PatientFactory(last_name="Cole", first_name="Al", birth_date="1970-02-01"),
    ]


def test_a_page_is_asked_in_its_own_words_and_in_those_of_rest(people):
    young = list(Page({"from": "1980-02-01"}, Patient.objects.all()).qs)
    assert young == list(Page({"born_from": "1980-02-01"}, Patient.objects.all()).qs)
    assert young == [people[1], people[0]]
    assert list(Page({"from": "02/01/1990"}, Patient.objects.all()).qs) == [people[1]]


@pytest.mark.parametrize(
    "asked", [{"from": "x"}, {"number": "0"}, {"number": "²"}, {"last": "too long"}, {"sort": "x"}]
)
def test_a_page_ignores_what_it_cannot_read(people, asked):
    rows = Page(asked, Patient.objects.all()).qs

    assert list(rows) == [people[1], people[0], people[2]]


def test_one_unreadable_value_leaves_the_other_filters(people):
    rows = Page({"from": "x", "last": "Cole"}, Patient.objects.all()).qs

    assert list(rows) == [people[2]]


@pytest.mark.parametrize("asked", [{"born_from": "02/01/1990"}, {"number": "0"}])
def test_rest_says_what_it_cannot_read(asked):
    assert not Strict(asked, Patient.objects.all()).is_valid()


def test_a_list_is_sorted_by_all_columns_of_the_word(people):
    assert list(Page({"sort": "name"}, Patient.objects.all()).qs) == [people[i] for i in (1, 0, 2)]
    assert list(Page({"sort": "-name"}, Patient.objects.all()).qs) == [people[i] for i in (2, 0, 1)]
