"""The record is never emptied, and nobody brings a seal of their own."""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit record is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_never_emptied BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_event_begins_unsealed BEFORE INSERT ON audit_auditevent
    FOR EACH ROW WHEN (NEW.seq IS NOT NULL OR NEW.hash <> '')
    EXECUTE FUNCTION audit_is_append_only();
"""
NO_GUARD = """
DROP TRIGGER audit_event_begins_unsealed ON audit_auditevent;
DROP TRIGGER audit_event_never_emptied ON audit_auditevent;
DROP FUNCTION audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
