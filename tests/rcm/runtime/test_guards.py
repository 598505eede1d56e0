"""What no statement may do to the books, whoever writes it: the database refuses by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit.services import seal_events
from core.ledger.enums import EntryKind
from core.ledger.models import Entry
from payments.services.receiving import receive_file
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import sent_claim

DAY = dt.date(2026, 11, 23)

STATEMENTS = [
    "UPDATE ledger_entry SET memo = 'x'",
    "UPDATE ledger_posting SET amount = amount * 2",
    "DELETE FROM ledger_posting",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_posting",
    "TRUNCATE ledger_entry CASCADE",
    "UPDATE ledger_receivable SET payer_balance = 0",
    (
        "INSERT INTO ledger_receivable (service_date, opened_at, payer_balance, patient_balance)"
        " VALUES (now(), now(), 5, 0)"
    ),
    (
        "INSERT INTO ledger_posting (entry_id, account, responsibility, amount)"
        " SELECT min(id), 'cash', '', 5 FROM ledger_entry"
    ),
    (
        "INSERT INTO ledger_posting (entry_id, account, responsibility, amount, receivable_id)"
        " SELECT (SELECT min(id) FROM ledger_entry), 'receivable', 'nobody', 5, min(id)"
        " FROM ledger_receivable"
    ),
    (
        "INSERT INTO ledger_posting (entry_id, account, responsibility, amount)"
        " SELECT min(id), 'refund', '', 'NaN' FROM ledger_entry"
    ),
    (
        "INSERT INTO ledger_entry (kind, occurred_on, posted_at, memo)"
        " VALUES ('gift', now(), now(), '')"
    ),
    "UPDATE audit_auditevent SET action = 'x'",
    "DELETE FROM audit_auditevent",
    "TRUNCATE audit_auditevent",
    (
        "INSERT INTO audit_auditevent (at, action, subject_type, reason, detail, seq, previous_hash,"
        " hash) VALUES (now(), 'x', '', '', '{}', 99, '', 'f')"
    ),
    "UPDATE payments_remittance SET amount = 1",
    "UPDATE payments_remittance SET state = 'ready', posted_at = NULL",
    "UPDATE payments_remittanceclaim SET paid = 1",
    "UPDATE payments_remittanceclaim SET entry_id = NULL",
    "UPDATE payments_remittanceline SET charge = 1",
    "UPDATE payments_adjustment SET treatment = 'contractual'",
    "DELETE FROM payments_adjustment",
    "TRUNCATE payments_remark",
    "TRUNCATE payments_remittance CASCADE",
    "INSERT INTO payments_remittance SELECT * FROM payments_remittance",
    "UPDATE clearinghouse_transmission SET content = 'x'",
    "DELETE FROM clearinghouse_transmission",
    "TRUNCATE clearinghouse_transmission CASCADE",
    "TRUNCATE claims_acknowledgement CASCADE",
    "UPDATE claims_submission SET is_current = true",
    "UPDATE claims_claim SET total_charge = -1",
    "UPDATE coding_chargeline SET charge = -1",
    "UPDATE claims_claimline SET charge = -1",
    "UPDATE work_workitem SET state = 'done', closed_at = NULL",
]


@pytest.fixture
def books(db):
    """A posted payment with a denial, and every guard on."""
    claim = sent_claim()
    lines = [
        Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")]),
        Svc("87880", "45.00", [("CO", "4", "45.00")], remarks=["N822"]),
    ]
    receive_file(name="1.835", content=era_file(Era([Clp(f"{claim.number}-1", lines)])), by=None)
    seal_events()
    first = claim.submissions.get()
    second = type(first)(
        claim=claim,
        number=2,
        control_number=f"{claim.number}-2",
        is_current=False,
        coding_version=first.coding_version,
        coverage=first.coverage,
        total_charge=Decimal(1),
    )
    second.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%never_emptied'"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_database_refuses(books, statement):
    # A statement that meets no row raises nothing, and fails the test as it should.
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_database_closes_an_entry_with_the_transaction_that_wrote_it():
    sides = (
        "INSERT INTO ledger_posting (entry_id, account, responsibility, amount)"
        " VALUES (%(entry)s, 'payer_paid', '', 5), (%(entry)s, 'refund', '', -5)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        entry = Entry.objects.create(kind=EntryKind.REMITTANCE, occurred_on=DAY)
        with transaction.atomic():  # a savepoint is the same transaction
            cursor.execute(sides, {"entry": entry.pk})
    with (
        pytest.raises(DatabaseError, match="written before"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sides, {"entry": entry.pk})
    assert entry.postings.count() == 2


def test_no_column_holds_money_or_anything_else_as_a_float(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money')"
        )
        assert cursor.fetchall() == []
