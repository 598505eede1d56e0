"""What is written is closed: no posting joins it later, no table is emptied, no cache is set."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from core.guards import Trigger, call_on, refuse

# An entry takes its postings in the transaction that writes it and never again: two more that
# sum to zero would tell another story under its old date. Old entries have no transaction here.
CLOSED = """
ALTER TABLE ledger_entry ADD COLUMN written_in xid8;
ALTER TABLE ledger_entry ALTER COLUMN written_in SET DEFAULT pg_current_xact_id();
CREATE FUNCTION ledger_entry_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added JOIN ledger_entry AS e ON e.id = added.entry_id
        WHERE e.written_in IS DISTINCT FROM pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'the entry was written before: post a new one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_is_closed AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_closed();
"""
NOT_CLOSED = """
DROP TRIGGER ledger_entry_is_closed ON ledger_posting;
DROP FUNCTION ledger_entry_is_closed();
ALTER TABLE ledger_entry DROP COLUMN written_in;
"""

NEVER_EMPTIED = call_on(
    "ledger_is_append_only",
    [
        Trigger("ledger_entry_never_emptied", "BEFORE TRUNCATE", "ledger_entry"),
        Trigger("ledger_posting_never_emptied", "BEFORE TRUNCATE", "ledger_posting"),
    ],
)

# The balances follow the postings (ledger_keep_balances, a trigger itself) and nothing else.
ONLY_BY_POSTING = refuse(
    "ledger_balance_follows_postings",
    "a balance follows its postings: post an entry",
    [
        Trigger(
            "ledger_balance_starts_at_zero",
            "BEFORE INSERT",
            "ledger_receivable",
            when="NEW.payer_balance <> 0 OR NEW.patient_balance <> 0",
        ),
        Trigger(
            "ledger_balance_follows_postings",
            "BEFORE UPDATE",
            "ledger_receivable",
            when="pg_trigger_depth() = 0",
        ),
    ],
)

ACCOUNTS = [
    "receivable", "charges", "contractual", "payer_paid", "patient_paid", "write_off",
    "recoupment", "interest", "provider_adjustment", "refund", "unapplied",
]
OWNERS = ["payer_1", "payer_2", "payer_3", "patient"]
KINDS = [
    "charge", "remittance", "unapplied_payment", "application", "provider_adjustment",
    "transfer", "write_off", "patient_payment", "reversal",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [
        migrations.RunSQL(CLOSED, NOT_CLOSED),
        NEVER_EMPTIED,
        ONLY_BY_POSTING,
        # Validated by the next migration, so that no writer waits while every row is read.
        AddConstraintNotValid(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=Q(account__in=ACCOUNTS), name="ledger_account_known"
            ),
        ),
        AddConstraintNotValid(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=Q(account="receivable", responsibility__in=OWNERS)
                | (~Q(account="receivable") & Q(responsibility="")),
                name="ledger_owner_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=KINDS), name="ledger_kind_known"
            ),
        ),
    ]
