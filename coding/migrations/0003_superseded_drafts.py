"""A superseded draft has no time of completion; one that was completed keeps its own."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("coding", "0002_at_scale")]
    operations = [
        migrations.AlterField(
            model_name="codingversion",
            name="completed_at",
            field=models.DateTimeField(
                null=True, blank=True, help_text="Empty for a draft, and for one that was superseded"
            ),
        ),
        # Validated by the next migration, so that no writer waits while every row is read.
        AddConstraintNotValid(
            model_name="codingversion",
            constraint=models.CheckConstraint(
                condition=Q(state="draft", completed_at=None)
                | Q(state="complete", completed_at__isnull=False)
                | Q(state="superseded"),
                name="coding_completed_has_a_time",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="codingversion", name="coding_complete_has_a_time"
        ),
    ]
