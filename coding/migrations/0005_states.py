"""A coding version makes legal moves only (`coding.states`)."""

from django.db import migrations

from core.guards import CREATED, state_guard

VERSION = {
    CREATED: ["draft", "complete"],
    "draft": ["superseded"],
    "complete": ["superseded"],
}


class Migration(migrations.Migration):
    dependencies = [("coding", "0004_superseded_drafts")]
    operations = [state_guard("coding_codingversion", "state", VERSION)]
