"""Remittances and their claim payments make legal moves only (`payments.states`)."""

from django.db import migrations, models

from core.guards import CREATED, state_guard

REMITTANCE = {CREATED: ["ready", "held"], "ready": ["posted"], "held": ["replaced"]}
PAYMENT = {
    CREATED: ["recorded"],
    "recorded": ["posted", "unposted", "information"],
    "unposted": ["resolved"],
}


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_disposition")]
    operations = [
        migrations.AlterField(
            model_name="remittance",
            name="state",
            field=models.CharField(
                choices=[
                    ("held", "Held: does not balance"),
                    ("ready", "Ready to post"),
                    ("posted", "Posted"),
                    ("replaced", "Replaced by a corrected file"),
                ],
                max_length=8,
            ),
        ),
        state_guard("payments_remittance", "state", REMITTANCE),
        state_guard("payments_remittanceclaim", "state", PAYMENT),
    ]
