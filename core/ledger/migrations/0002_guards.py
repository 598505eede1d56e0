"""The books keep themselves: append-only, each entry zero, balances by trigger."""

from django.db import migrations

from core.guards import Trigger, refuse

APPEND_ONLY = refuse(
    "ledger_is_append_only",
    "the ledger is append-only: reverse the entry",
    [
        Trigger("ledger_entry_append_only", "BEFORE UPDATE OR DELETE", "ledger_entry"),
        Trigger("ledger_posting_append_only", "BEFORE UPDATE OR DELETE", "ledger_posting"),
    ],
)

# At commit each new entry has postings and they sum to zero, whoever wrote them.
ZERO_SUM = """
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint := CASE WHEN TG_TABLE_NAME = 'ledger_entry'
        THEN (to_jsonb(NEW) ->> 'id')::bigint ELSE (to_jsonb(NEW) ->> 'entry_id')::bigint END;
    difference numeric;
BEGIN
    SELECT sum(amount) INTO difference FROM ledger_posting WHERE entry_id = entry;
    IF difference IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'ledger entry % does not sum to zero: %', entry, difference
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
"""
NO_ZERO_SUM = """
DROP TRIGGER ledger_posting_balances ON ledger_posting;
DROP TRIGGER ledger_entry_balances ON ledger_entry;
DROP FUNCTION ledger_entry_balances();
"""

BALANCES = """
CREATE FUNCTION ledger_keep_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_receivable WHERE id IN (
        SELECT receivable_id FROM added WHERE account = 'receivable'
    ) ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_receivable AS r
    SET payer_balance = payer_balance + change.payer,
        patient_balance = patient_balance + change.patient
    FROM (
        SELECT receivable_id,
            coalesce(sum(amount) FILTER (WHERE responsibility <> 'patient'), 0) AS payer,
            coalesce(sum(amount) FILTER (WHERE responsibility = 'patient'), 0) AS patient
        FROM added WHERE account = 'receivable' GROUP BY receivable_id
    ) AS change
    WHERE r.id = change.receivable_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_keep_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_balances();
"""
NO_BALANCES = """
DROP TRIGGER ledger_keep_balances ON ledger_posting;
DROP FUNCTION ledger_keep_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        APPEND_ONLY,
        migrations.RunSQL(ZERO_SUM, NO_ZERO_SUM),
        migrations.RunSQL(BALANCES, NO_BALANCES),
    ]
