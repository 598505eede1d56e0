"""Reads every row once, while others go on writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_closed_entries")]
    operations = [
        ValidateConstraint(model_name="posting", name="ledger_account_known"),
        ValidateConstraint(model_name="posting", name="ledger_owner_known"),
        ValidateConstraint(model_name="entry", name="ledger_kind_known"),
    ]
