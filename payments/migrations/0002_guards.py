"""What a payer said is kept as it said it; a posted payment is final."""

from django.db import migrations

from core.guards import Trigger, refuse

TABLES = {
    "remittance": """
        OLD.state = 'posted' OR
        (OLD.transmission_id, OLD.position, OLD.payer_key, OLD.trace_number, OLD.amount,
         OLD.payment_date, OLD.content_sha256)
        IS DISTINCT FROM
        (NEW.transmission_id, NEW.position, NEW.payer_key, NEW.trace_number, NEW.amount,
         NEW.payment_date, NEW.content_sha256)""",
    "remittanceclaim": """
        (OLD.remittance_id, OLD.position, OLD.patient_control_number, OLD.status_code, OLD.charge,
         OLD.paid, OLD.patient_responsibility, OLD.payer_claim_number)
        IS DISTINCT FROM
        (NEW.remittance_id, NEW.position, NEW.patient_control_number, NEW.status_code, NEW.charge,
         NEW.paid, NEW.patient_responsibility, NEW.payer_claim_number)
        OR (OLD.entry_id IS NOT NULL AND OLD.entry_id IS DISTINCT FROM NEW.entry_id)
        OR (OLD.application_id IS NOT NULL
            AND OLD.application_id IS DISTINCT FROM NEW.application_id)""",
    "remittanceline": """
        (OLD.remittance_claim_id, OLD.position, OLD.code, OLD.submitted_code, OLD.charge, OLD.paid)
        IS DISTINCT FROM
        (NEW.remittance_claim_id, NEW.position, NEW.code, NEW.submitted_code, NEW.charge,
         NEW.paid)""",
    "adjustment": "",
    "provideradjustment": """
        (OLD.remittance_id, OLD.position, OLD.reason, OLD.amount)
        IS DISTINCT FROM (NEW.remittance_id, NEW.position, NEW.reason, NEW.amount)
        OR (OLD.entry_id IS NOT NULL AND OLD.entry_id IS DISTINCT FROM NEW.entry_id)""",
}
"""Table → what is a change of what the payer said; empty: any change."""

NAMES = {
    "remittance": "payments_remittance_said",
    "remittanceclaim": "payments_claim_said",
    "remittanceline": "payments_line_said",
    "adjustment": "payments_adjustment_said",
    "provideradjustment": "payments_provider_adjustment_said",
}


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        refuse(
            "payments_payer_said_it",
            "what the payer said is kept: a correction is another payment",
            [
                *(
                    Trigger(NAMES[table], "BEFORE UPDATE", f"payments_{table}", when=changed)
                    for table, changed in TABLES.items()
                ),
                *(
                    Trigger(f"payments_{table}_{name}", event, f"payments_{table}")
                    for table in (*TABLES, "remark")
                    for name, event in (
                        ("kept", "BEFORE DELETE"),
                        ("never_emptied", "BEFORE TRUNCATE"),
                    )
                ),
            ],
        ),
    ]
