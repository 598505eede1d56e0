"""What a database holds, in a few numbers."""

from __future__ import annotations

from django.db.models import Count

from claims.models import Claim
from core.clearinghouse.models import Transmission
from core.work.enums import WorkState
from core.work.models import WorkItem
from denials.models import Denial
from encounters.models import Appointment, EligibilityCheck, Encounter, Patient
from payments.models import Remittance


def counts() -> dict[str, int]:
    """Rows by kind and state, in the order of the work."""
    found = {
        "patients": Patient.objects.count(),
        "appointments": Appointment.objects.count(),
        "encounters": Encounter.objects.count(),
        "eligibility checks": EligibilityCheck.objects.count(),
    }
    for name, rows, field in (
        ("encounters", Encounter.objects.all(), "status"),
        ("claims", Claim.objects.all(), "state"),
        ("remittances", Remittance.objects.all(), "state"),
        ("denials", Denial.objects.all(), "state"),
        ("open work", WorkItem.objects.filter(state=WorkState.OPEN), "queue"),
        ("files", Transmission.objects.all(), "state"),
    ):
        groups = rows.order_by(field).values_list(field).annotate(n=Count("pk"))
        found.update({f"{name}: {value}": number for value, number in groups})
    return found
