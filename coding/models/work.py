from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core import clock
from core.ledger.models import Receivable
from encounters.models import Encounter


class CodingVersion(models.Model):
    """One complete set of codes for an encounter. A correction is a new version, never an edit."""

    class State(models.TextChoices):
        DRAFT = "draft", "In work"
        COMPLETE = "complete", "Complete"
        SUPERSEDED = "superseded", "Superseded by a later version"

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="coding_versions"
    )
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty for a draft, and for one that was superseded"
    )
    reason = models.CharField(
        max_length=255, blank=True, help_text="Why it replaces the version before"
    )

    class Meta:
        ordering = ["encounter", "number"]
        indexes = [models.Index(fields=["completed_at"], name="coding_completed")]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "number"], name="coding_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["encounter"],
                condition=Q(state="complete"),
                name="coding_one_complete_version",
            ),
            models.UniqueConstraint(
                fields=["encounter"], condition=Q(state="draft"), name="coding_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", completed_at=None)
                | Q(state="complete", completed_at__isnull=False)
                | Q(state="superseded"),
                name="coding_completed_has_a_time",
            ),
        ]


class Diagnosis(models.Model):
    """An ICD-10-CM code of a version; position 1 is the first-listed diagnosis (837 HI*ABK)."""

    version = models.ForeignKey(CodingVersion, on_delete=models.CASCADE, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=8, help_text="With its dot, as in J02.9")
    description = models.CharField(max_length=255)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "diagnoses"
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="diagnosis_position_once"),
            models.UniqueConstraint(fields=["version", "code"], name="diagnosis_code_once"),
            models.CheckConstraint(
                condition=Q(position__range=(1, 12)), name="diagnosis_at_most_12"
            ),
        ]


class ChargeLine(models.Model):
    """A service of a version: code, modifiers, units, pointers and the charge in US dollars.

    ``receivable`` is set when the version is completed; a later version of the same
    line keeps the same receivable, so that all postings of a service are on one.
    """

    version = models.ForeignKey(CodingVersion, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=5, help_text="CPT or HCPCS")
    description = models.CharField(max_length=120)
    modifiers = ArrayField(models.CharField(max_length=2), size=4, default=list, blank=True)
    units = models.PositiveSmallIntegerField(default=1)
    charge = models.DecimalField(
        max_digits=12, decimal_places=2, help_text="For all units, US dollars"
    )
    expected_allowed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pointers = ArrayField(
        models.PositiveSmallIntegerField(), size=4, help_text="Positions of its diagnoses"
    )
    place_of_service = models.CharField(max_length=2)
    service_date = models.DateField()
    receivable = models.ForeignKey(
        Receivable, null=True, blank=True, on_delete=models.PROTECT, related_name="charge_lines"
    )

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["service_date"], name="charge_service_date")]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="charge_position_once"),
            models.UniqueConstraint(
                fields=["version", "receivable"], name="charge_receivable_once"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="charge_units_positive"),
            models.CheckConstraint(condition=Q(charge__gt=0), name="charge_positive"),
        ]
