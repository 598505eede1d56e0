"""`Adjustment.treatment` is called `disposition`; the column keeps its name, so nothing is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_at_scale")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("adjustment", "adjustment_denied"),
                migrations.RenameField("adjustment", "treatment", "disposition"),
                migrations.AlterField(
                    "adjustment",
                    "disposition",
                    models.CharField(
                        choices=[
                            ("contractual", "Given up by contract or law"),
                            ("patient", "Patient owes"),
                            ("prior_payer", "Earlier payer's effect, not posted again"),
                            ("denied", "Denied: stays with the payer while it is worked"),
                        ],
                        db_column="treatment",
                        help_text="What posting does with it",
                        max_length=12,
                    ),
                ),
                migrations.AddIndex(
                    "adjustment",
                    models.Index(
                        condition=models.Q(("disposition", "denied")),
                        fields=["remittance_claim"],
                        name="adjustment_denied",
                    ),
                ),
            ]
        )
    ]
