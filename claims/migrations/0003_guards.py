"""What the database itself refuses: numbers drawn twice, changes to what was sent, lost proofs."""

from django.db import migrations

from core.guards import Trigger, numbers, refuse

# A submission that belongs to a file is what was sent: its content never changes again.
SENT = """
CREATE FUNCTION claims_sent_submission_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'submission % is in a file and is kept', OLD.control_number;
    END IF;
    IF (NEW.transmission_id, NEW.control_number, NEW.frequency, NEW.original_reference,
        NEW.coding_version_id, NEW.coverage_id, NEW.total_charge, NEW.segment_first,
        NEW.segment_last)
       IS DISTINCT FROM
       (OLD.transmission_id, OLD.control_number, OLD.frequency, OLD.original_reference,
        OLD.coding_version_id, OLD.coverage_id, OLD.total_charge, OLD.segment_first,
        OLD.segment_last) THEN
        RAISE EXCEPTION 'submission % is in a file: correct it by a new submission',
            OLD.control_number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claims_sent_submission_is_final
    BEFORE UPDATE OR DELETE ON claims_submission
    FOR EACH ROW WHEN (OLD.transmission_id IS NOT NULL AND OLD.segment_first IS NOT NULL)
    EXECUTE FUNCTION claims_sent_submission_is_final();

CREATE FUNCTION claims_sent_line_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM claims_submission AS s
               WHERE s.id = OLD.submission_id AND s.transmission_id IS NOT NULL) THEN
        RAISE EXCEPTION 'line % is in a file: correct it by a new submission', OLD.control_number;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER claims_sent_line_is_final
    BEFORE UPDATE OR DELETE ON claims_claimline
    FOR EACH ROW EXECUTE FUNCTION claims_sent_line_is_final();
"""
NOT_SENT = """
DROP TRIGGER claims_sent_line_is_final ON claims_claimline;
DROP FUNCTION claims_sent_line_is_final();
DROP TRIGGER claims_sent_submission_is_final ON claims_submission;
DROP FUNCTION claims_sent_submission_is_final();
"""

KEPT = Trigger(
    "claims_acknowledgement_is_kept", "BEFORE UPDATE OR DELETE", "claims_acknowledgement"
)


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_initial")]

    operations = [
        numbers("claims_claim_number", most=99_999_999),
        migrations.RunSQL(SENT, NOT_SENT),
        # An acknowledgement is the proof of timely filing.
        refuse(
            "claims_acknowledgement_is_kept",
            "acknowledgement % is kept: it proves what the receiver said",
            [KEPT],
            value="OLD.id",
            code="",
        ),
    ]
