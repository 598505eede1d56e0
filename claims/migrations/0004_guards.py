"""What is in a file gets no further line; the proofs of what was answered are never emptied."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from core.guards import Trigger, refuse

SENT = """
CREATE FUNCTION claims_sent_takes_no_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM claims_submission AS s
               WHERE s.id = NEW.submission_id AND s.transmission_id IS NOT NULL
                 AND s.segment_first IS NOT NULL) THEN
        RAISE EXCEPTION 'the submission of line % is in a file: correct it by a new submission',
            NEW.control_number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claims_sent_takes_no_line BEFORE INSERT OR UPDATE ON claims_claimline
    FOR EACH ROW EXECUTE FUNCTION claims_sent_takes_no_line();
"""
NOT_SENT = """
DROP TRIGGER claims_sent_takes_no_line ON claims_claimline;
DROP FUNCTION claims_sent_takes_no_line();
"""

NEVER_EMPTIED = Trigger(
    "claims_acknowledgement_never_emptied", "BEFORE TRUNCATE", "claims_acknowledgement"
)


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_guards")]
    operations = [
        migrations.RunSQL(SENT, NOT_SENT),
        refuse(
            "claims_proofs_are_kept",
            "acknowledgements are kept: they prove what the receiver said",
            [NEVER_EMPTIED],
            code="",
        ),
        # Validated by the next migration, so that no writer waits while every row is read.
        AddConstraintNotValid(
            model_name="claimline",
            constraint=models.CheckConstraint(
                condition=Q(charge__gt=0), name="claim_line_charge_positive"
            ),
        ),
    ]
