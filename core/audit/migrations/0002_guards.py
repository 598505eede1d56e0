"""The record is append-only: an event can be sealed once, and nothing else."""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
       AND to_jsonb(NEW) - 'seq' - 'previous_hash' - 'hash'
         = to_jsonb(OLD) - 'seq' - 'previous_hash' - 'hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit record is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_is_final BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_final();
"""
NO_GUARD = """
DROP TRIGGER audit_event_is_final ON audit_auditevent;
DROP FUNCTION audit_event_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
