"""Money that is not ours to keep: what was received beyond what is owed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core.access.enums import Role
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.queries import credit_balances, credit_total
from core.ledger.services import NewEntry, NewPosting, NewReceivable, open_receivables, post
from payments.models import RemittanceClaim
from payments.services.posting import match_by_hand
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claim

pytestmark = pytest.mark.django_db

D = Decimal


def paid_twice(number=1):
    """A claim of $185 that its payer paid in full, and again, posted to it by hand."""
    claim = sent_claim([("99213", [], "185.00")])
    for again in (0, 1):
        answer = Clp(f"{claim.number}-1", [Svc("99213", "185.00")])
        control = 10 * number + again
        receive_file(
            name=f"{control}.835",
            content=era_file(Era([answer], trace=f"EFT{control}"), control=control),
            by=None,
        )
    second = RemittanceClaim.objects.latest("pk")
    match_by_hand(payment_id=second.pk, claim_id=claim.pk, by=UserFactory(role=Role.BILLER))
    return claim


def test_what_was_paid_twice_is_a_credit_balance():
    assert credit_total(credit_balances()) == 0
    paid_twice()
    sent_claim([("99213", [], "185.00")])  # still owed
    row = credit_balances().get()
    assert (row.payer_balance, row.patient_balance) == (D("-185.00"), D(0))
    assert row.credit == credit_total(credit_balances()) == D("185.00")
    assert list(credit_balances("payer")) == [row]
    assert list(credit_balances("patient")) == []


def test_what_one_owes_does_not_hide_the_credit_of_the_other():
    day = date(2026, 10, 1)
    charges = open_receivables([NewReceivable(day, D(100))] * 4, occurred_on=day, by=None)
    for row, (payer, patient) in zip(charges, ((-10, 30), (40, -5), (-1, -1), (7, 0)), strict=True):
        sides = [
            NewPosting(Account.RECEIVABLE, D(payer - 100), row.pk, Responsibility.PAYER_1),
            NewPosting(Account.PAYER_PAID, D(100 - payer), row.pk),
        ]
        if patient:
            sides += [
                NewPosting(Account.RECEIVABLE, D(patient), row.pk, Responsibility.PATIENT),
                NewPosting(Account.PATIENT_PAID, D(-patient), row.pk),
            ]
        post([NewEntry(EntryKind.REMITTANCE, day, sides)], by=None)
    assert [row.credit for row in credit_balances()] == [10, 5, 2]
    assert [row.credit for row in credit_balances("patient")] == [5, 2]
    assert [row.moved_on for row in credit_balances()] == [day] * 3
    assert credit_total(credit_balances()) == 17


def test_biller_sees_the_credits_and_what_each_is_made_of(client, django_assert_num_queries):
    client.force_login(UserFactory(role=Role.BILLER))
    url = reverse("payments:credits")
    empty = client.get(url).content.decode()
    assert "No credit balances" in empty
    claim = paid_twice()
    text = client.get(url).content.decode()
    row = credit_balances().get()
    for words in ("99213", claim.encounter.patient.name, claim.encounter.number, "$185.00"):
        assert words in text
    assert reverse("payments:receivable", args=[row.pk]) in text
    assert "No credit balances" in client.get(url, {"whose": "patient"}).content.decode()

    home = client.get(reverse("billing:home"))
    assert url in home.content.decode()
    work = {one.title: one.amount for one in home.context["work"]}
    assert (work["Credit balances"].count, work["Credit balances"].dollars) == (1, 185)

    with django_assert_num_queries(QUERIES):
        client.get(url)
    paid_twice(2)
    with django_assert_num_queries(QUERIES):
        client.get(url)


QUERIES = 7
