"""Appointments, visits and eligibility checks make legal moves only (`encounters.states`)."""

from django.db import migrations

from core.guards import CREATED, state_guard

APPOINTMENT = {CREATED: ["scheduled"], "scheduled": ["arrived", "cancelled", "no_show"]}
ENCOUNTER = {
    CREATED: ["checked_in"],
    "checked_in": ["documented"],
    "documented": ["coding", "coded"],
    "coding": ["coded"],
    "coded": ["billed"],
    "billed": ["closed"],
}
ELIGIBILITY_CHECK = {
    CREATED: ["pending"],
    "pending": ["active", "inactive", "not_found", "unknown"],
}


class Migration(migrations.Migration):
    dependencies = [("encounters", "0004_at_scale")]
    operations = [
        state_guard("encounters_appointment", "state", APPOINTMENT),
        state_guard("encounters_encounter", "status", ENCOUNTER),
        state_guard("encounters_eligibilitycheck", "state", ELIGIBILITY_CHECK),
    ]
