"""A work item makes legal moves only (`core.work.states`)."""

from django.db import migrations, models

from core.guards import CREATED, state_guard

WORK_ITEM = {CREATED: ["open"], "open": ["done"]}


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="workitem",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("done", "Done")], default="open", max_length=10
            ),
        ),
        state_guard("work_workitem", "state", WORK_ITEM),
    ]
