"""A denial makes legal moves only (`denials.states`)."""

from django.db import migrations

from core.guards import CREATED, state_guard

DENIAL = {
    CREATED: ["open", "moved_to_patient"],
    "open": ["corrected", "recovered", "upheld", "written_off", "moved_to_patient"],
    "corrected": ["recovered", "upheld"],
}


class Migration(migrations.Migration):
    dependencies = [("denials", "0002_initial")]
    operations = [state_guard("denials_denial", "state", DENIAL)]
