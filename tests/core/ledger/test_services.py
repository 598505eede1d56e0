from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Refused
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.models import Entry, Posting, Receivable
from core.ledger.queries import Balance, balances
from core.ledger.services import (
    NewEntry,
    NewPosting,
    NewReceivable,
    open_receivables,
    post,
    reverse,
)
from core.money import money

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


def charged(*amounts):
    lines = [NewReceivable(DAY, money(amount)) for amount in amounts]
    return open_receivables(lines, occurred_on=DAY, by=None)


def payment(receivable, paid, patient):
    return NewEntry(
        EntryKind.REMITTANCE,
        DAY,
        [
            NewPosting(Account.PAYER_PAID, money(paid)),
            NewPosting(Account.RECEIVABLE, -money(paid), receivable.pk, Responsibility.PAYER_1),
            NewPosting(Account.RECEIVABLE, -money(patient), receivable.pk, Responsibility.PAYER_1),
            NewPosting(Account.RECEIVABLE, money(patient), receivable.pk, Responsibility.PATIENT),
        ],
    )


def test_charge_opens_a_receivable_that_the_payer_owes():
    first, second = charged("125", "45")
    assert balances([first.pk, second.pk]) == {
        first.pk: Balance(money("125"), money("0")),
        second.pk: Balance(money("45"), money("0")),
    }


def test_payment_moves_the_rest_to_the_patient():
    (line,) = charged("125")
    post([payment(line, "95", "30")], by=None)
    assert balances([line.pk])[line.pk] == Balance(money("0"), money("30"))
    written = Posting.objects.filter(receivable=line).order_by("entry_id", "pk")
    assert [posting.amount for posting in written] == [125, -125, -95, -30, 30]


def test_many_entries_take_few_queries(django_assert_max_num_queries):
    lines = charged(*["100"] * 50)
    with django_assert_max_num_queries(4):
        post([payment(line, "80", "20") for line in lines], by=None)
    assert Receivable.objects.filter(payer_balance=0, patient_balance=20).count() == 50


@pytest.mark.parametrize("amounts", [("10", "-9.99"), ("10",), ()])
def test_entry_that_does_not_balance_is_refused_and_nothing_is_written(amounts):
    sides = [NewPosting(Account.PAYER_PAID, money(amount)) for amount in amounts]
    good = [NewPosting(Account.PAYER_PAID, money(5)), NewPosting(Account.UNAPPLIED, money(-5))]
    with pytest.raises(Refused, match="does not sum to zero"):
        post(
            [NewEntry("unapplied_payment", DAY, good), NewEntry("unapplied_payment", DAY, sides)],
            by=None,
        )
    assert not Entry.objects.exists()


def test_posting_of_nothing_is_left_out():
    (line,) = charged("125")
    (entry,) = post([payment(line, "125", "0")], by=None)
    assert entry.postings.count() == 2


def test_reversal_is_the_mirror_image_and_happens_once():
    (line,) = charged("125")
    (entry,) = post([payment(line, "95", "30")], by=None)
    back = reverse(entry_id=entry.pk, occurred_on=DAY, memo="Posted twice", by=None)
    assert balances([line.pk])[line.pk] == Balance(money("125"), money("0"))
    with pytest.raises(Refused, match="reversed already"):
        reverse(entry_id=entry.pk, occurred_on=DAY, memo="", by=None)
    with pytest.raises(Refused, match="reversal itself"):
        reverse(entry_id=back.pk, occurred_on=DAY, memo="", by=None)


@pytest.mark.parametrize("model", [Entry, Posting])
def test_database_keeps_the_books_as_they_are(model):
    charged("125")
    for change in (
        lambda rows: rows._raw_delete(rows.db),
        lambda rows: rows.update(**values(model)),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change(model.objects.all())


def values(model):
    return {"memo": "changed"} if model is Entry else {"amount": Decimal(1)}


@transaction.atomic
def by_hand(*amounts):
    """An entry that goes round the service."""
    entry = Entry.objects.create(kind=EntryKind.WRITE_OFF, occurred_on=DAY)
    for amount in amounts:
        Posting.objects.create(entry=entry, account=Account.WRITE_OFF, amount=amount)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_refuses_an_entry_that_does_not_balance():
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        by_hand(Decimal(5))


def test_database_refuses_an_empty_entry():
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        by_hand()


def test_charge_of_nothing_is_refused():
    with pytest.raises(Refused, match="more than zero"):
        charged("0")
