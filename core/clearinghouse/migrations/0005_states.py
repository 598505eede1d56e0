"""A file makes legal moves only (`core.clearinghouse.states`)."""

from django.db import migrations

from core.guards import CREATED, state_guard

TRANSMISSION = {
    CREATED: ["pending", "received", "failed"],
    "pending": ["sent", "acknowledged", "refused", "failed"],
    "sent": ["acknowledged", "refused"],
    "acknowledged": ["refused"],
    "refused": ["acknowledged", "pending"],
    "received": ["processed", "failed"],
    "processed": ["failed"],
    "failed": ["acknowledged", "refused", "processed", "received"],
}


class Migration(migrations.Migration):
    dependencies = [("clearinghouse", "0004_at_scale")]
    operations = [state_guard("clearinghouse_transmission", "state", TRANSMISSION)]
