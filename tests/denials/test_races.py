"""Several people, or people and workers, at the same denial."""

from __future__ import annotations

import pytest
from django.db import transaction

from claims.models import Claim, Submission
from coding.services.assessing import LineInput
from core.access.enums import Role
from core.errors import Refused
from core.ledger.enums import EntryKind
from core.ledger.models import Entry
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.books import ALL_CHECKS
from denials.services import (
    correct_denial,
    move_to_patient,
    open_denials,
    resolve_answered,
    write_off_denial,
)
from payments.queries.books import run_checks
from payments.services.posting import post_remittance, receivers
from payments.services.receiving import receive_file
from tests.factories import PayerFactory, PayerPolicyFactory, UserFactory
from tests.factories.claims import few_codes
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import recorded, sent_claim
from tests.racing import Racer, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def some_codes(transactional_db):
    """In tables that every thread's own connection sees."""
    few_codes()


VISIT = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")])
STREP = Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"])


def take(*claims, trace="EFT1"):
    content = era_file(Era(list(claims), trace=trace))
    return receive_file(name=f"{trace}.835", content=content, by=None)


@pytest.fixture
def posted_before(monkeypatch):
    """Posting as in a release that left the denials to the sweeps."""
    monkeypatch.setattr(receivers, "_receivers", [])


def denied(cas=("CO", "4", "45.00")):
    payer = PayerFactory()
    PayerPolicyFactory(payer=payer)
    claim = sent_claim(payer=payer, payer_claim_number="ICN1")
    answer = Clp(f"{claim.number}-1", [VISIT, Svc("87880", "45.00", [cas], remarks=["N822"])])
    take(answer)
    return claim, answer


def biller():
    return UserFactory(role=Role.BILLER)


def corrects(denial, by):
    return lambda: correct_denial(
        denial_id=denial.pk,
        by=by,
        diagnoses=["J02.9"],
        lines=[
            LineInput(code="99213", pointers=[1]),
            LineInput(code="87880", modifiers=["QW"], pointers=[1]),
        ],
        reason="QW is missing",
    )


def writes_off(denial, by):
    return lambda: write_off_denial(denial_id=denial.pk, by=by, reason="Too small")


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


@pytest.mark.usefixtures("some_codes")
def test_two_billers_correct_the_same_denial_and_one_corrected_claim_leaves():
    denied()
    denial = Denial.objects.get()
    answers = at_once(corrects(denial, biller()), corrects(denial, biller()))
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["not_open"]
    assert Submission.objects.count() == 2
    assert Correction.objects.count() == 1
    assert violations() == []


@pytest.mark.usefixtures("some_codes")
def test_correcting_and_writing_off_at_once_does_one_of_the_two():
    denied()
    denial = Denial.objects.get()
    answers = at_once(corrects(denial, biller()), writes_off(denial, biller()))
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["not_open"], answers
    written_off = Entry.objects.filter(kind=EntryKind.WRITE_OFF).count()
    assert written_off + Correction.objects.count() == 1
    assert violations() == []


@pytest.mark.parametrize("close", [write_off_denial, move_to_patient])
def test_closing_a_denial_waits_for_its_claim_with_nothing_else_in_its_hands(close):
    claim, _ = denied(("PR", "27", "45.00"))
    denial = Denial.objects.get()
    by = biller()
    with transaction.atomic():
        Claim.objects.select_for_update().get(pk=claim.pk)
        racer = Racer(lambda: close(denial_id=denial.pk, by=by, reason="Agreed"))
        racer.until_blocked()
        # Whoever holds the claim goes on to its denials: were one locked, both would wait forever.
        Denial.objects.select_for_update(nowait=True).get(pk=denial.pk)
    assert not isinstance(racer.finish(), Exception)
    denial.refresh_from_db()
    assert denial.state in (DenialState.WRITTEN_OFF, DenialState.MOVED_TO_PATIENT)
    assert violations() == []


@pytest.mark.usefixtures("posted_before")
def test_opening_denials_while_their_payment_is_reversed_waits_in_no_circle():
    claim, answer = denied()
    [reversal] = recorded(era_file(Era([answer.reversed()], trace="EFT2")))
    with transaction.atomic():
        Claim.objects.select_for_update().get(pk=claim.pk)
        racer = Racer(open_denials)
        racer.until_blocked()
        # Its row names the payment that it takes back, which the sweep has in its hands.
        post_remittance(remittance_id=reversal.pk, by=None)
    [denial] = racer.finish()
    assert denial.claim_id == claim.pk
    assert violations() == []


@pytest.mark.usefixtures("posted_before")
def test_two_sweeps_at_once_open_and_decide_each_denial_once():
    for _ in range(5):
        denied_claim = sent_claim()
        take(Clp(f"{denied_claim.number}-1", [VISIT, STREP]), trace=denied_claim.number)
    at_once(open_denials, open_denials, resolve_answered)
    assert Denial.objects.count() == 5
    assert violations() == []
