"""Control numbers come from the database: no two workers ever draw the same one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clearinghouse", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE clearinghouse_control_number MINVALUE 1 MAXVALUE 999999999 NO CYCLE",
            "DROP SEQUENCE clearinghouse_control_number",
        ),
    ]
