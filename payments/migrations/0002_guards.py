"""What a payer said is kept as it said it; a posted payment is final."""

from django.db import migrations

SAID = """
CREATE FUNCTION payments_payer_said_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the payer said is kept: a correction is another payment'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_remittance_said BEFORE UPDATE ON payments_remittance
    FOR EACH ROW WHEN (OLD.state = 'posted' OR
        (OLD.transmission_id, OLD.position, OLD.payer_key, OLD.trace_number, OLD.amount,
         OLD.payment_date, OLD.content_sha256)
        IS DISTINCT FROM
        (NEW.transmission_id, NEW.position, NEW.payer_key, NEW.trace_number, NEW.amount,
         NEW.payment_date, NEW.content_sha256))
    EXECUTE FUNCTION payments_payer_said_it();
CREATE TRIGGER payments_claim_said BEFORE UPDATE ON payments_remittanceclaim
    FOR EACH ROW WHEN (
        (OLD.remittance_id, OLD.position, OLD.patient_control_number, OLD.status_code, OLD.charge,
         OLD.paid, OLD.patient_responsibility, OLD.payer_claim_number)
        IS DISTINCT FROM
        (NEW.remittance_id, NEW.position, NEW.patient_control_number, NEW.status_code, NEW.charge,
         NEW.paid, NEW.patient_responsibility, NEW.payer_claim_number)
        OR (OLD.entry_id IS NOT NULL AND OLD.entry_id IS DISTINCT FROM NEW.entry_id)
        OR (OLD.application_id IS NOT NULL
            AND OLD.application_id IS DISTINCT FROM NEW.application_id))
    EXECUTE FUNCTION payments_payer_said_it();
CREATE TRIGGER payments_line_said BEFORE UPDATE ON payments_remittanceline
    FOR EACH ROW WHEN (
        (OLD.remittance_claim_id, OLD.position, OLD.code, OLD.submitted_code, OLD.charge, OLD.paid)
        IS DISTINCT FROM
        (NEW.remittance_claim_id, NEW.position, NEW.code, NEW.submitted_code, NEW.charge, NEW.paid))
    EXECUTE FUNCTION payments_payer_said_it();
CREATE TRIGGER payments_adjustment_said BEFORE UPDATE ON payments_adjustment
    FOR EACH ROW EXECUTE FUNCTION payments_payer_said_it();
CREATE TRIGGER payments_provider_adjustment_said BEFORE UPDATE ON payments_provideradjustment
    FOR EACH ROW WHEN (
        (OLD.remittance_id, OLD.position, OLD.reason, OLD.amount)
        IS DISTINCT FROM (NEW.remittance_id, NEW.position, NEW.reason, NEW.amount)
        OR (OLD.entry_id IS NOT NULL AND OLD.entry_id IS DISTINCT FROM NEW.entry_id))
    EXECUTE FUNCTION payments_payer_said_it();
"""
NOT_SAID = """
DROP TRIGGER payments_provider_adjustment_said ON payments_provideradjustment;
DROP TRIGGER payments_adjustment_said ON payments_adjustment;
DROP TRIGGER payments_line_said ON payments_remittanceline;
DROP TRIGGER payments_claim_said ON payments_remittanceclaim;
DROP TRIGGER payments_remittance_said ON payments_remittance;
"""

TABLES = (
    "remittance", "remittanceclaim", "remittanceline", "adjustment", "provideradjustment", "remark",
)
KEPT = "".join(
    f"CREATE TRIGGER payments_{table}_kept BEFORE DELETE ON payments_{table}"
    " FOR EACH ROW EXECUTE FUNCTION payments_payer_said_it();"
    f"CREATE TRIGGER payments_{table}_never_emptied BEFORE TRUNCATE ON payments_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION payments_payer_said_it();"
    for table in TABLES
)
NOT_KEPT = (
    "".join(
        f"DROP TRIGGER payments_{table}_kept ON payments_{table};"
        f"DROP TRIGGER payments_{table}_never_emptied ON payments_{table};"
        for table in TABLES
    )
    + "DROP FUNCTION payments_payer_said_it();"
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(SAID, NOT_SAID), migrations.RunSQL(KEPT, NOT_KEPT)]
