"""A payer that answers a claim twice the same: the second answer never counts again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from core.access.enums import Role
from core.ledger.enums import Account
from core.ledger.models import Posting
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from payments.enums import PaymentState
from payments.models import RemittanceClaim
from payments.queries.books import run_checks
from payments.services.posting import match_by_hand, send_back
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, sent_claim

pytestmark = pytest.mark.django_db

D = Decimal
VISIT = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")])
TEST = Svc("87880", "45.00", [("CO", "4", "45.00")])
PAID = D("90.00")


def answer(claim, lines=(VISIT, TEST), **more):
    return Clp(f"{claim.number}-1", lines, **more)


def take(*answers, trace="EFT1"):
    control = int(trace.removeprefix("EFT"))
    content = era_file(Era(answers, trace=trace), control=control)
    receive_file(name=f"{trace}.835", content=content, by=None)
    return RemittanceClaim.objects.filter(remittance__trace_number=trace).order_by("position")


def balances(claim):
    return [(row.payer_balance, row.patient_balance) for row in receivables(claim)]


def booked(account):
    return Posting.objects.filter(account=account).aggregate(s=Sum("amount"))["s"] or D(0)


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


ONCE = [(D("0.00"), D("25.00")), (D("45.00"), D("0.00"))]


def test_the_second_answer_is_money_without_its_claim():
    claim = sent_claim()
    take(answer(claim))
    assert balances(claim) == ONCE
    again = take(answer(claim), trace="EFT2").get()
    assert (again.state, again.claim) == (PaymentState.UNPOSTED, None)
    assert again.unmatched_reason == (
        f"Claim {claim.number} was answered exactly like this before, by payment EFT1 of "
        "11/02/2026, and nothing was taken back. A payment made twice goes back to the payer."
    )
    assert again.work_item.dollars_at_stake == PAID
    assert balances(claim) == ONCE
    assert booked(Account.PAYER_PAID) == 2 * PAID
    assert booked(Account.UNAPPLIED) == -PAID
    assert Denial.objects.filter(claim=claim).count() == 1
    assert violations() == []
    send_back(payment_id=again.pk, reason="Paid twice", by=UserFactory(role=Role.BILLER))
    assert booked(Account.REFUND) == -PAID
    assert violations() == []


def test_twice_in_one_payment_is_twice():
    claim = sent_claim()
    first, again = take(answer(claim), answer(claim))
    assert (first.state, again.state) == (PaymentState.POSTED, PaymentState.UNPOSTED)
    assert "at CLP 1 of this payment" in again.unmatched_reason
    assert balances(claim) == ONCE
    assert violations() == []


def test_an_answer_without_money_does_not_take_the_reduction_twice():
    claim = sent_claim([("99213", [], "185.00")])
    deductible = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "1", "115.00")])
    for trace in ("EFT1", "EFT2"):
        take(answer(claim, [deductible]), trace=trace)
    assert balances(claim) == [(D("0.00"), D("115.00"))]
    assert RemittanceClaim.objects.get(state=PaymentState.UNPOSTED).paid == 0


def test_what_was_taken_back_may_be_paid_again():
    claim = sent_claim()
    take(answer(claim))
    take(answer(claim).reversed(), trace="EFT2")
    again = take(answer(claim), trace="EFT3").get()
    assert again.state == PaymentState.POSTED
    # And once more, taken back and paid in one file.
    taken, repaid = take(answer(claim).reversed(), answer(claim), trace="EFT4")
    assert (taken.state, repaid.state) == (PaymentState.POSTED, PaymentState.POSTED)
    assert balances(claim) == ONCE
    assert violations() == []


@pytest.mark.parametrize(
    "other",
    [
        {"lines": [VISIT, Svc("87880", "45.00", [("CO", "45", "28.47")])]},
        {"lines": [Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "2", "25.00")]), TEST]},
        {"icn": "ICN2"},
        {"status": "2"},
    ],
    ids=["amounts", "reasons", "payer's number", "status"],
)
def test_an_answer_that_says_something_else_is_posted(other):
    claim = sent_claim()
    take(answer(claim))
    assert take(answer(claim, **other), trace="EFT2").get().state == PaymentState.POSTED
    assert violations() == []


def test_parts_of_a_claim_that_look_alike_are_both_posted():
    claim = sent_claim([("99213", [], "185.00"), ("99213", ["25"], "185.00")])
    parts = take(
        *(
            answer(claim, [Svc("99213", "185.00", VISIT.cas, control=f"{claim.number}-1-{line}")])
            for line in (1, 2)
        )
    )
    assert [part.state for part in parts] == [PaymentState.POSTED, PaymentState.POSTED]
    assert balances(claim) == [(D("0.00"), D("25.00")), (D("0.00"), D("25.00"))]


def test_a_person_may_post_it_all_the_same():
    claim = sent_claim()
    take(answer(claim))
    again = take(answer(claim), trace="EFT2").get()
    match_by_hand(payment_id=again.pk, claim_id=claim.pk, by=UserFactory(role=Role.BILLER))
    assert balances(claim) == [(D("-185.00"), D("50.00")), (D("45.00"), D("0.00"))]
    assert violations() == []
