"""Superseded drafts of before lose the time at which they were replaced.

A version that was completed has a receivable on its lines; a draft never has.
"""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

EMPTY = """
UPDATE coding_codingversion AS version SET completed_at = NULL
WHERE version.state = 'superseded' AND version.completed_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM coding_chargeline AS line
    WHERE line.version_id = version.id AND line.receivable_id IS NOT NULL
)
"""
FILLED = """
UPDATE coding_codingversion SET completed_at = created_at
WHERE state = 'superseded' AND completed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0003_superseded_drafts")]
    operations = [
        migrations.RunSQL(EMPTY, FILLED),
        ValidateConstraint(model_name="codingversion", name="coding_completed_has_a_time"),
    ]
