"""Reads every row once, while others go on writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_guards")]
    operations = [
        ValidateConstraint(model_name="claimline", name="claim_line_charge_positive"),
    ]
