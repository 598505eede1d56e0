"""The unposted queue: money that finds its claim by hand, or goes back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from core.access.enums import Role
from core.errors import Refused
from core.ledger.enums import Account, EntryKind
from core.ledger.models import Entry, Posting
from core.work.enums import WorkState
from denials.queries.books import ALL_CHECKS
from payments.enums import MatchedBy, PaymentState
from payments.models import RemittanceClaim
from payments.queries.books import run_checks
from payments.queries.unposted import candidates
from payments.services.posting import match_by_hand, send_back
from payments.services.receiving import receive_file
from tests.factories import UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, sent_claim

pytestmark = pytest.mark.django_db

D = Decimal


def unposted(charge="185.00", cas=(("CO", "45", "70.00"), ("PR", "3", "25.00")), number="LOST"):
    claim = Clp(number, [Svc("99213", charge, cas)], patient=("QUIST", "ADA", "W7"))
    receive_file(name="era.835", content=era_file(Era([claim])), by=None)
    return RemittanceClaim.objects.get()


def biller():
    return UserFactory(role=Role.BILLER)


def account(name):
    return Posting.objects.filter(account=name).aggregate(s=Sum("amount"))["s"] or D(0)


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def test_match_by_hand_applies_the_money_to_the_claims_lines():
    claim = sent_claim([("99213", [], "185.00")])
    payment, by = unposted(), biller()
    match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=by)
    payment.refresh_from_db()
    assert (payment.state, payment.matched_by, payment.claim) == (
        PaymentState.RESOLVED,
        MatchedBy.HAND,
        claim,
    )
    assert payment.application.kind == EntryKind.APPLICATION
    [receivable] = receivables(claim)
    assert (receivable.payer_balance, receivable.patient_balance) == (D("0.00"), D("25.00"))
    assert account(Account.UNAPPLIED) == 0
    assert account(Account.PAYER_PAID) == D("90.00")
    assert payment.work_item.state == WorkState.DONE
    claim.refresh_from_db()
    assert claim.first_adjudicated_at is not None
    assert violations() == []


def test_match_by_hand_twice_is_refused_and_changes_nothing():
    claim = sent_claim([("99213", [], "185.00")])
    payment, by = unposted(), biller()
    match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=by)
    before = Entry.objects.count()
    with pytest.raises(Refused, match="no longer unposted"):
        match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=by)
    assert Entry.objects.count() == before


def test_match_by_hand_refuses_a_claim_that_was_never_sent():
    claim = sent_claim([("99213", [], "185.00")])
    claim.submissions.update(sent_at=None)
    payment = unposted()
    with pytest.raises(Refused, match="never sent"):
        match_by_hand(payment_id=payment.pk, claim_id=claim.pk, by=biller())
    assert violations() == []


def test_send_back_books_the_money_as_a_refund_with_its_reason():
    payment = unposted()
    send_back(payment_id=payment.pk, reason="Another clinic's patient", by=biller())
    payment.refresh_from_db()
    assert payment.state == PaymentState.RESOLVED
    assert "Another clinic's patient" in payment.resolution
    assert (account(Account.UNAPPLIED), account(Account.REFUND)) == (D("0.00"), D("-90.00"))
    assert violations() == []


def test_send_back_of_a_payment_without_money_books_nothing():
    payment = unposted("30.00", [("CO", "29", "30.00")])
    send_back(payment_id=payment.pk, reason="Not ours", by=biller())
    assert Entry.objects.count() == 0
    assert violations() == []


def test_send_back_needs_a_reason():
    payment = unposted()
    with pytest.raises(Refused, match="why"):
        send_back(payment_id=payment.pk, reason="  ", by=biller())
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNPOSTED


def test_candidates_put_the_claim_that_agrees_most_first():
    fits = sent_claim([("99213", [], "185.00")])
    fits.encounter.patient.last_name = "Quist"
    fits.encounter.patient.save()
    other = sent_claim([("99213", [], "99.00")])
    other.encounter.patient.last_name = "Quist"
    other.encounter.patient.save()
    found = candidates(unposted())
    assert [candidate.claim for candidate in found] == [fits, other]
    assert set(found[0].same) == {"patient", "charge"}


def test_candidates_by_words_find_claim_number_and_name():
    claim = sent_claim([("99213", [], "99.00")])
    payment = unposted(cas=())
    assert [c.claim for c in candidates(payment, claim.number)] == [claim]
    name = claim.encounter.patient.last_name
    assert [c.claim for c in candidates(payment, f"{name}, Ada")] == [claim]
    assert candidates(payment, "NOBODY") == []
