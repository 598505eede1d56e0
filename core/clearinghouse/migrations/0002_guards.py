"""Control numbers come from the database: no two workers ever draw the same one."""

from django.db import migrations

from core.guards import numbers


class Migration(migrations.Migration):
    dependencies = [("clearinghouse", "0001_initial")]
    operations = [numbers("clearinghouse_control_number", most=999_999_999)]
