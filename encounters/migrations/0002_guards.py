"""What the database itself refuses: numbers drawn twice, wrong NPIs, changes to signed notes."""

from django.db import migrations

from core.guards import numbers

# Luhn over 80840 + NPI (45 CFR 162.406); the prefix adds 24.
NPI = """
CREATE FUNCTION encounters_npi_is_valid(npi text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT npi ~ '^[12][0-9]{9}$' AND (
        SELECT (24 + sum(CASE
            WHEN place % 2 = 1 THEN digit * 2 - CASE WHEN digit > 4 THEN 9 ELSE 0 END
            ELSE digit END)) % 10 = 0
        FROM (
            SELECT place, substr(npi, place, 1)::int AS digit FROM generate_series(1, 10) AS place
            WHERE npi ~ '^[0-9]{10}$'
        ) AS digits
    )
$$;
ALTER TABLE encounters_provider ADD CONSTRAINT provider_npi_check_digit
    CHECK (encounters_npi_is_valid(npi));
ALTER TABLE encounters_facility ADD CONSTRAINT facility_npi_check_digit
    CHECK (encounters_npi_is_valid(npi));
"""
NO_NPI = """
ALTER TABLE encounters_provider DROP CONSTRAINT provider_npi_check_digit;
ALTER TABLE encounters_facility DROP CONSTRAINT facility_npi_check_digit;
DROP FUNCTION encounters_npi_is_valid(text);
"""

SIGNED_NOTES = """
CREATE FUNCTION encounters_note_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'note % is signed: write an addendum', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER encounters_note_is_final BEFORE UPDATE OR DELETE ON encounters_clinicalnote
    FOR EACH ROW EXECUTE FUNCTION encounters_note_is_final();

CREATE FUNCTION encounters_note_part_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    note bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.note_id ELSE OLD.note_id END;
BEGIN
    IF EXISTS (
        SELECT FROM encounters_clinicalnote
        WHERE signed_at IS NOT NULL
          AND id IN (note, CASE WHEN TG_OP = 'DELETE' THEN note ELSE NEW.note_id END)
    ) THEN
        RAISE EXCEPTION 'note % is signed: write an addendum', note
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER encounters_note_part_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON encounters_documenteddiagnosis
    FOR EACH ROW EXECUTE FUNCTION encounters_note_part_is_final();
CREATE TRIGGER encounters_note_part_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON encounters_documentedservice
    FOR EACH ROW EXECUTE FUNCTION encounters_note_part_is_final();
"""
NO_SIGNED_NOTES = """
DROP TRIGGER encounters_note_part_is_final ON encounters_documentedservice;
DROP TRIGGER encounters_note_part_is_final ON encounters_documenteddiagnosis;
DROP FUNCTION encounters_note_part_is_final();
DROP TRIGGER encounters_note_is_final ON encounters_clinicalnote;
DROP FUNCTION encounters_note_is_final();
"""

# A visit's coverage belongs to the visit's patient.
OWN_COVERAGE = """
CREATE FUNCTION encounters_coverage_is_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM encounters_coverage
        WHERE id IN (NEW.primary_coverage_id, NEW.secondary_coverage_id)
          AND patient_id <> NEW.patient_id
    ) THEN
        RAISE EXCEPTION 'encounter %: the coverage belongs to another patient', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER encounters_coverage_is_own
    BEFORE INSERT OR UPDATE OF patient_id, primary_coverage_id, secondary_coverage_id
    ON encounters_encounter FOR EACH ROW
    WHEN (NEW.primary_coverage_id IS NOT NULL OR NEW.secondary_coverage_id IS NOT NULL)
    EXECUTE FUNCTION encounters_coverage_is_own();
"""
NO_OWN_COVERAGE = """
DROP TRIGGER encounters_coverage_is_own ON encounters_encounter;
DROP FUNCTION encounters_coverage_is_own();
"""


class Migration(migrations.Migration):
    dependencies = [("encounters", "0001_initial")]

    operations = [
        numbers("encounters_mrn", most=9_999_999),
        numbers("encounters_encounter_number", most=99_999_999),
        migrations.RunSQL(NPI, NO_NPI),
        migrations.RunSQL(SIGNED_NOTES, NO_SIGNED_NOTES),
        migrations.RunSQL(OWN_COVERAGE, NO_OWN_COVERAGE),
    ]
