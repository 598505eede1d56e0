"""A file is what left or arrived: its bytes never change, and it is never lost."""

from django.db import migrations

from core.guards import Trigger, refuse

TABLE = "clearinghouse_transmission"
CHANGED = """
    (OLD.direction, OLD.name, OLD.control_number, OLD.group_control_number, OLD.sha256, OLD.size)
    IS DISTINCT FROM
    (NEW.direction, NEW.name, NEW.control_number, NEW.group_control_number, NEW.sha256, NEW.size)
    OR OLD.content IS DISTINCT FROM NEW.content
"""


class Migration(migrations.Migration):
    dependencies = [("clearinghouse", "0002_guards")]
    operations = [
        refuse(
            "clearinghouse_file_is_kept",
            "a file is kept as it left or arrived",
            [
                Trigger("clearinghouse_file_is_kept", "BEFORE UPDATE", TABLE, when=CHANGED),
                Trigger("clearinghouse_file_is_not_lost", "BEFORE DELETE", TABLE),
                Trigger("clearinghouse_files_never_emptied", "BEFORE TRUNCATE", TABLE),
            ],
        ),
    ]
