"""A file is what left or arrived: its bytes never change, and it is never lost."""

from django.db import migrations

BYTES = """
CREATE FUNCTION clearinghouse_file_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a file is kept as it left or arrived' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER clearinghouse_file_is_kept BEFORE UPDATE ON clearinghouse_transmission
    FOR EACH ROW WHEN (
        (OLD.direction, OLD.name, OLD.control_number, OLD.group_control_number, OLD.sha256,
         OLD.size)
        IS DISTINCT FROM
        (NEW.direction, NEW.name, NEW.control_number, NEW.group_control_number, NEW.sha256,
         NEW.size)
        OR OLD.content IS DISTINCT FROM NEW.content)
    EXECUTE FUNCTION clearinghouse_file_is_kept();
CREATE TRIGGER clearinghouse_file_is_not_lost BEFORE DELETE ON clearinghouse_transmission
    FOR EACH ROW EXECUTE FUNCTION clearinghouse_file_is_kept();
CREATE TRIGGER clearinghouse_files_never_emptied BEFORE TRUNCATE ON clearinghouse_transmission
    FOR EACH STATEMENT EXECUTE FUNCTION clearinghouse_file_is_kept();
"""
NO_BYTES = """
DROP TRIGGER clearinghouse_files_never_emptied ON clearinghouse_transmission;
DROP TRIGGER clearinghouse_file_is_not_lost ON clearinghouse_transmission;
DROP TRIGGER clearinghouse_file_is_kept ON clearinghouse_transmission;
DROP FUNCTION clearinghouse_file_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("clearinghouse", "0002_guards")]
    operations = [migrations.RunSQL(BYTES, NO_BYTES)]
