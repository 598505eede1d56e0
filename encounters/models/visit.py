from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.work.models import WorkItem
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models.coverage import Coverage
from encounters.models.organisation import Facility, Provider
from encounters.models.patient import Patient


class Appointment(models.Model):
    """A planned visit on the schedule."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=20)
    reason = models.CharField(max_length=120)
    state = models.CharField(
        max_length=10, choices=AppointmentState.choices, default=AppointmentState.SCHEDULED
    )

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["starts_at"], name="appointment_starts"),
            models.Index(fields=["provider", "starts_at"], name="appointment_of_provider"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 480)), name="appointment_5_to_480_minutes"
            ),
        ]


class Encounter(models.Model):
    """A visit that happened: what is documented, coded, billed and paid."""

    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="encounters")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="encounters")
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="encounter"
    )
    service_date = models.DateField()
    place_of_service = models.CharField(max_length=2)
    reason = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=10, choices=EncounterStatus.choices, default=EncounterStatus.CHECKED_IN
    )
    on_hold_since = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=255, blank=True)
    # Who pays first and second, as confirmed at check-in (none = self-pay).
    primary_coverage = models.ForeignKey(
        Coverage, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    secondary_coverage = models.ForeignKey(
        Coverage, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prior_authorization = models.CharField(max_length=50, blank=True)
    referral_number = models.CharField(max_length=50, blank=True)
    # Who referred: a payer that gets a referral number wants it (837 loop 2310A).
    referring_last_name = models.CharField(max_length=60, blank=True)
    referring_first_name = models.CharField(max_length=35, blank=True)
    referring_npi = models.CharField("referring NPI", max_length=10, blank=True)
    checked_in_at = models.DateTimeField(default=clock.now)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    documented_at = models.DateTimeField(null=True, blank=True)
    coded_at = models.DateTimeField(null=True, blank=True)
    billed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    coding_item = models.OneToOneField(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-service_date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(on_hold_since=None, hold_reason="")
                | (Q(on_hold_since__isnull=False) & ~Q(hold_reason="")),
                name="encounter_hold_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=EncounterStatus.CHECKED_IN) | Q(documented_at__isnull=False),
                name="encounter_documented_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(secondary_coverage=None) | Q(primary_coverage__isnull=False),
                name="encounter_secondary_needs_primary",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "service_date", "id"], name="encounter_status_date"),
            models.Index(fields=["service_date", "id"], name="encounter_date"),
            models.Index(fields=["patient", "-service_date"], name="encounter_of_patient"),
            models.Index(
                fields=["provider", "service_date"],
                condition=Q(status="checked_in"),
                name="encounter_to_document",
            ),
        ]

    def __str__(self) -> str:
        return self.number
