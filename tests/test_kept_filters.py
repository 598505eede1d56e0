"""A change of one filter of a list keeps the others, also those without a field in its form."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from claims.filters import ClaimPageFilters
from core.access.enums import Role
from denials.filters import DenialPageFilters
from payments.filters import RemittancePageFilters, UnpostedPageFilters
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LISTS = {
    "billing:claims": ClaimPageFilters,
    "denials:list": DenialPageFilters,
    "payments:list": RemittancePageFilters,
    "payments:unposted": UnpostedPageFilters,
}


class Form(HTMLParser):
    """The fields of the filter form: by name the visible ones, and the hidden pairs."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.visible, self.hidden, self.links = False, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = (given.get("aria-label") or "").startswith("Filter")
        elif self.inside and tag == "a":
            self.links.append(given["href"])
        elif self.inside and given.get("type") == "hidden":
            self.hidden.append((given["name"], given["value"]))
        elif self.inside and tag in ("input", "select"):
            self.visible.append(given["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


@pytest.fixture
def form(client):
    client.force_login(UserFactory(role=Role.BILLER))
    return lambda name, asked: Form(client.get(reverse(name), asked).content.decode())


@pytest.mark.parametrize("name", LISTS)
def test_form_of_a_list_has_the_fields_that_its_filters_name(form, name):
    assert sorted(form(name, {}).visible) == sorted(LISTS[name].in_form)
    assert form(name, {}).hidden == []


@pytest.mark.parametrize("name", LISTS)
def test_every_filter_without_a_field_is_kept(form, name):
    filters = LISTS[name]
    fields = {*filters.in_form, *(filters.short_names.get(one, one) for one in filters.in_form)}
    words = {*filters.base_filters, *filters.short_names, *filters.other_words} - fields

    shown = form(name, dict.fromkeys((*words, *filters.in_form), "1") | {"unknown": "1"})

    assert sorted(shown.hidden) == sorted((one, "1") for one in words)


def test_both_values_of_a_repeated_filter_are_kept(form):
    asked = {"route": ["appeal", "rebill"]}

    assert form("denials:list", asked).hidden == [("route", "appeal"), ("route", "rebill")]


@pytest.mark.parametrize("word", ["to", "patient", "claim", "rarc", "group", "deadline_to", "week"])
def test_a_filter_without_a_field_can_be_cleared_and_the_others_stay(form, word):
    [link] = form("denials:list", {word: "1", "payer": "7", "sort": "-dollars", "page": "2"}).links

    assert parse_qs(urlsplit(link).query) == {"payer": ["7"], "sort": ["-dollars"]}


@pytest.mark.parametrize("asked", [{}, {"payer": "7"}, {"sort": "payer"}, {"to": ""}])
def test_nothing_is_to_be_cleared_when_all_filters_have_a_field(form, asked):
    assert form("denials:list", asked).links == []
