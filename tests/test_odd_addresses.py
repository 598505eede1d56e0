"""What people and programs write into an address by mistake is never an error page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.access.enums import Role
from core.parameters import parse_pk
from payments.models import Remittance, RemittanceClaim
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file

pytestmark = pytest.mark.django_db

ODD = ("²", "-1", "9" * 30, "NaN", "0001-W01", "9999-W52", "0001-01-01", "x" * 500)
LISTS = {
    Role.BILLER: {
        "billing:claims": "q state payer provider age from to min max sort page",
        "billing:unbilled": "payer status page",
        "billing:held": "payer page",
        "billing:rejected": "payer page",
        "billing:follow_up": "payer tab page",
        "payments:list": "q state payer sort page",
        "payments:unposted": "q money sort page",
        "payments:credits": "whose page",
        "denials:list": "q state carc group payer provider owner cause due least from week sort",
        "clearinghouse:list": "q kind state page",
        "search": "q",
    },
    Role.MANAGER: {"manager:home": "week", "manager:kpis": "week span"},
}


@pytest.mark.parametrize(
    ("role", "page", "names"),
    [(role, page, names) for role, pages in LISTS.items() for page, names in pages.items()],
)
def test_list_with_an_odd_parameter_opens(client, role, page, names):
    client.force_login(UserFactory(role=role))
    for name in names.split():
        for value in ODD:
            assert client.get(reverse(page), {name: value}).status_code == 200, (name, value)


def test_remittance_and_unposted_payment_with_an_odd_parameter_open(client):
    client.force_login(UserFactory(role=Role.BILLER))
    lost = Clp("LOST", [Svc("99213", "60.00")])
    receive_file(name="e.835", content=era_file(Era([lost])), by=None)
    remittance, payment = Remittance.objects.get(), RemittanceClaim.objects.get()
    for page, name in (
        (reverse("payments:detail", args=[remittance.pk]), "q show open page"),
        (reverse("payments:unposted_detail", args=[payment.pk]), "q"),
    ):
        for parameter in name.split():
            for value in ODD:
                assert client.get(page, {parameter: value}).status_code == 200, (parameter, value)


def test_figure_with_an_odd_parameter_opens(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    page = reverse("manager:kpi", args=["dnfb-days"])
    for name in ("week", "span", "part", "page"):
        for value in ODD:
            assert client.get(page, {name: value}).status_code == 200, (name, value)


def test_form_with_an_odd_number_is_refused_in_words(client):
    client.force_login(UserFactory(role=Role.BILLER))
    lost = Clp("LOST", [Svc("99213", "60.00")])
    receive_file(name="e.835", content=era_file(Era([lost])), by=None)
    match = reverse("payments:unposted_match", args=[RemittanceClaim.objects.get().pk])
    for value in ("²", "9" * 30, ""):
        assert client.post(match, {"claim": value}).status_code == 400, value
        assert client.post(reverse("billing:queue_selected"), {"id": value}).status_code == 302
        for kind in ("held", "rejected", "follow-up"):
            taken = client.post(
                reverse("billing:next", args=[kind]), {"payer": value, "after": value}
            )
            assert taken.status_code == 302, (kind, value)


def test_row_id_is_a_number_that_a_row_may_have():
    assert [parse_pk(text) for text in ("12", "0", "", None, "²", "٣", "-1", "9" * 19)] == [
        12,
        0,
        None,
        None,
        None,
        None,
        None,
        None,
    ]
