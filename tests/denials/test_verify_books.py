"""Each invariant of the books can fail: every row kind is broken behind the guards and found."""

from __future__ import annotations

import pytest
from django.db import connection

from coding.services.assessing import LineInput
from core.access.enums import Role
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from denials.services import correct_denial, write_off_denial
from encounters.models import Payer
from payments.queries.books import run_checks
from payments.services.receiving import receive_file
from tests.factories import PayerFactory, PayerPolicyFactory, TransmissionFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claim
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

POSTED = "(SELECT min(id) FROM payments_remittanceclaim WHERE state = 'posted' AND paid > 0)"

#: Check → what breaks it, as somebody would who goes round every guard.
BREAKS = {
    "entries-sum-to-zero": (
        "UPDATE ledger_posting SET amount = amount + 1 WHERE id = (SELECT min(id)"
        " FROM ledger_posting)"
    ),
    "receivable-balances": "UPDATE ledger_receivable SET patient_balance = patient_balance + 1",
    "reversals-mirror": (
        "UPDATE ledger_posting SET amount = amount * 2"
        " WHERE entry_id = (SELECT min(id) FROM ledger_entry WHERE kind = 'reversal')"
    ),
    "charges-booked": "UPDATE coding_chargeline SET charge = charge + 1",
    "payments-balance-by-line": (
        "UPDATE ledger_posting SET receivable_id = (SELECT max(id) FROM ledger_receivable)"
        " WHERE id = (SELECT min(id) FROM ledger_posting WHERE account = 'payer_paid'"
        " AND receivable_id < (SELECT max(id) FROM ledger_receivable))"
    ),
    "payments-on-their-claim": (
        "UPDATE ledger_posting SET receivable_id = (SELECT max(id) FROM ledger_receivable)"
        f" WHERE entry_id = (SELECT entry_id FROM payments_remittanceclaim WHERE id = {POSTED})"
    ),
    "remittances-received-in-full": "UPDATE payments_remittance SET amount = amount + 1",
    "remittances-balance": (
        "INSERT INTO payments_provideradjustment"
        " (remittance_id, position, provider_identifier, reason, reference, amount)"
        " SELECT min(id), 99, '1', 'WO', '', 5 FROM payments_remittance WHERE state = 'posted'"
    ),
    "claim-payments-balance": (
        f"UPDATE payments_remittanceclaim SET charge = charge + 1 WHERE id = {POSTED}"
    ),
    "line-payments-balance": "UPDATE payments_remittanceline SET charge = charge + 1",
    "claim-payments-booked": (
        f"UPDATE payments_remittanceclaim SET entry_id = NULL WHERE id = {POSTED}"
    ),
    "unapplied-is-unposted": (
        "UPDATE payments_remittanceclaim SET paid = paid + 1 WHERE state = 'unposted'"
    ),
    "nothing-posted-before-its-time": (
        "UPDATE payments_remittance SET state = 'ready', posted_at = NULL WHERE state = 'posted'"
    ),
    "nothing-left-behind": f"UPDATE payments_remittanceclaim SET state = 'recorded' WHERE id = {POSTED}",
    "unposted-is-in-its-queue": (
        "UPDATE work_workitem SET state = 'done', closed_at = now() WHERE queue = 'unposted'"
    ),
    "closed-claims-owe-nothing": (
        "UPDATE claims_claim SET state = 'closed', closed_at = now() WHERE state = 'denied'"
    ),
    "submissions-total": "UPDATE claims_submission SET total_charge = total_charge + 1",
    "payer-money-has-its-source": (
        "UPDATE payments_remittanceclaim SET entry_id = NULL, state = 'information'"
        f" WHERE id = {POSTED}"
    ),
    "denials-opened": "DELETE FROM denials_denial WHERE state = 'open'",
    "denials-match-their-adjustment": "UPDATE denials_denial SET amount = amount + 1",
    "open-denials-stand-in-their-queue": (
        "UPDATE work_workitem SET state = 'done', closed_at = now() WHERE queue = 'denial'"
    ),
    "closed-denials-booked": (
        "UPDATE denials_denial SET close_entry_id = NULL WHERE state = 'written_off'"
    ),
    "recovered-denials-paid": (
        "UPDATE denials_denial SET answered_by_id = payment_id WHERE state = 'recovered'"
    ),
}


def take(*claims, trace):
    receive_file(name=trace, content=era_file(Era(list(claims), trace=trace)), by=None)


@pytest.fixture
def books(codes):
    """Every kind of row: paid, reversed, unposted, denied, written off, recovered, open."""
    payer = PayerFactory()
    PayerPolicyFactory(payer=payer)
    biller = UserFactory(role=Role.BILLER)
    visit = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")])
    strep = Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"])
    paid, taken_back, open_, given_up, corrected = (
        sent_claim(payer=payer, payer_claim_number=f"ICN{n}") for n in range(5)
    )

    def answer(claim, *lines, attempt=1):
        number = claim.payer_claim_number
        return Clp(f"{claim.number}-{attempt}", lines, icn=number)

    take(answer(paid, visit, Svc("87880", "45.00")), trace="T1")
    first = answer(taken_back, visit, Svc("87880", "45.00"))
    take(first, trace="T2")
    take(first.reversed(), trace="T3")
    take(Clp("NOBODY", [Svc("99213", "90.00")], icn="X"), trace="T4")
    for number, claim in enumerate((open_, given_up, corrected)):
        take(answer(claim, visit, strep), trace=f"T5{number}")
    write_off_denial(denial_id=Denial.objects.get(claim=given_up).pk, by=biller, reason="Small")
    correct_denial(
        denial_id=Denial.objects.get(claim=corrected).pk,
        by=biller,
        reason="QW is missing",
        diagnoses=["J02.9"],
        lines=[
            LineInput(code="99213", pointers=[1]),
            LineInput(code="87880", modifiers=["QW"], pointers=[1]),
        ],
    )
    submission = corrected.submissions.get(is_current=True)
    submission.transmission = TransmissionFactory()
    submission.save()
    take(
        answer(corrected, visit, strep).reversed(),
        answer(corrected, visit, Svc("87880", "45.00", [("CO", "45", "25.00")]), attempt=2),
        trace="T6",
    )
    take(Clp("HELD", [Svc("99213", "90.00", paid="1.00")]), trace="T7")
    assert {d.state for d in Denial.objects.all()} == {"open", "written_off", "recovered"}
    assert Payer.objects.count() == 1


def broken():
    return {result.check.name for result in run_checks(ALL_CHECKS) if result.violations}


def test_every_check_has_something_to_look_at(books):
    results = run_checks(ALL_CHECKS)
    assert [(r.check.name, r.violations) for r in results if r.violations] == []
    assert [r.check.name for r in results if not r.checked] == []


@pytest.mark.parametrize("name", [check.name for check in ALL_CHECKS])
def test_check_finds_what_is_broken_behind_the_guards(books, name):
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(BREAKS[name])
        assert cursor.rowcount
    assert name in broken()
