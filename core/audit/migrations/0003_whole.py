"""The record is never emptied, and nobody brings a seal of their own."""

from django.db import migrations

from core.guards import Trigger, refuse

SEALED = "NEW.seq IS NOT NULL OR NEW.hash <> ''"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]
    operations = [
        refuse(
            "audit_is_append_only",
            "the audit record is append-only",
            [
                Trigger("audit_event_never_emptied", "BEFORE TRUNCATE", "audit_auditevent"),
                Trigger(
                    "audit_event_begins_unsealed", "BEFORE INSERT", "audit_auditevent", when=SEALED
                ),
            ],
        ),
    ]
