from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core import clock
from core.clearinghouse.models import Transmission
from core.work.models import WorkItem
from encounters.enums import EligibilityState, Relationship, Sex
from encounters.models.patient import Patient
from encounters.models.payer import Payer


class DateRange(Func):
    """``daterange(from, to, '[]')``: both days included, no end while it is open."""

    function = "daterange"
    output_field = DateRangeField()


class Coverage(models.Model):
    """A patient's insurance: who pays first, second, third, under which numbers, from when.

    A row is never edited. A new plan ends the old row and opens another; a correction
    (it was never right) leaves the old row ``superseded`` and the new one points to it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    priority = models.PositiveSmallIntegerField(help_text="1 primary, 2 secondary, 3 tertiary")
    plan_name = models.CharField(max_length=60, blank=True)
    subscriber_number = models.CharField(max_length=80)
    group_number = models.CharField(max_length=50, blank=True)
    relationship = models.CharField(
        max_length=2, choices=Relationship.choices, default=Relationship.SELF
    )
    # Only when the patient is not the subscriber.
    subscriber_last_name = models.CharField(max_length=60, blank=True)
    subscriber_first_name = models.CharField(max_length=35, blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="Corrected by another row: it was never right"
    )
    end_reason = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["patient", "priority", "-effective_from"]
        constraints = [
            # On no day does a patient have two coverages of the same priority.
            ExclusionConstraint(
                name="coverage_one_per_priority_and_day",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    ("priority", RangeOperators.EQUAL),
                    (
                        DateRange(
                            "effective_from",
                            "effective_to",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(superseded_at=None),
            ),
            models.CheckConstraint(
                condition=Q(priority__range=(1, 3)), name="coverage_priority_1_to_3"
            ),
            models.CheckConstraint(
                condition=~Q(subscriber_number=""), name="coverage_has_subscriber_number"
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="coverage_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(relationship=Relationship.SELF)
                | (~Q(subscriber_last_name="") & Q(subscriber_birth_date__isnull=False)),
                name="coverage_dependent_names_subscriber",
            ),
        ]
        indexes = [
            # Found by member number as it is typed: the beginning is enough.
            models.Index(
                fields=["subscriber_number"], name="coverage_member", opclasses=["text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id}/{self.subscriber_number}"

    def is_in_force(self, on: date) -> bool:
        """Whether this row counts for a service on that day."""
        return (
            self.superseded_at is None
            and self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
        )

    @property
    def is_dependent(self) -> bool:
        """Whether the patient is insured through somebody else."""
        return self.relationship != Relationship.SELF

    @property
    def subscriber_name(self) -> str:
        """``Last, First`` of the person whose insurance it is."""
        if not self.is_dependent:
            return f"{self.patient.last_name}, {self.patient.first_name}"
        return f"{self.subscriber_last_name}, {self.subscriber_first_name}".rstrip(", ")


class EligibilityCheck(models.Model):
    """One 270 to the payer and its 271 answer (005010X279A1), kept as it was at that moment."""

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="checks")
    service_date = models.DateField()
    service_type = models.CharField(max_length=2, default="30", help_text="EQ01")
    trace_number = models.CharField(max_length=50, unique=True, help_text="TRN02 of the 270")
    state = models.CharField(max_length=10, choices=EligibilityState.choices)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    inquiry = models.OneToOneField(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.OneToOneField(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reject_code = models.CharField(max_length=2, blank=True, help_text="AAA03")
    reject_loop = models.CharField(
        max_length=5, blank=True, help_text="Loop of the AAA: the level that has to be fixed"
    )
    message = models.TextField(blank=True, help_text="What it means and what to do, in plain words")
    plan_name = models.CharField(max_length=60, blank=True)
    answered_group_number = models.CharField(max_length=50, blank=True)
    plan_begin = models.DateField(null=True, blank=True)
    plan_end = models.DateField(null=True, blank=True)
    sent_details = models.JSONField(default=dict, help_text="What was asked with: IDs, name, birth")
    answered_details = models.JSONField(
        default=dict, blank=True, help_text="The same as the payer gave it back"
    )
    work_item = models.OneToOneField(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-requested_at", "-id"]
        get_latest_by = ["requested_at", "id"]
        indexes = [
            models.Index(fields=["coverage", "-requested_at", "-id"], name="check_latest"),
            models.Index(
                fields=["requested_at"],
                condition=Q(state=EligibilityState.PENDING),
                name="check_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EligibilityState.PENDING, answered_at=None)
                | (~Q(state=EligibilityState.PENDING) & Q(answered_at__isnull=False)),
                name="check_answer_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.trace_number


class EligibilityBenefit(models.Model):
    """One EB segment of the answer: a benefit, limit or share, exactly as the payer said it."""

    check_row = models.ForeignKey(
        EligibilityCheck, on_delete=models.CASCADE, related_name="benefits"
    )
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=3, help_text="EB01")
    coverage_level = models.CharField(max_length=3, blank=True, help_text="EB02")
    service_types = models.CharField(max_length=120, blank=True, help_text="EB03, separated by ^")
    insurance_type = models.CharField(max_length=3, blank=True, help_text="EB04")
    description = models.CharField(max_length=50, blank=True, help_text="EB05")
    period = models.CharField(max_length=2, blank=True, help_text="EB06")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    quantity_qualifier = models.CharField(max_length=2, blank=True, help_text="EB09")
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    authorization_required = models.CharField(max_length=1, blank=True, help_text="EB11")
    in_network = models.CharField(max_length=1, blank=True, help_text="EB12")
    entity_name = models.CharField(
        max_length=100, blank=True, help_text="Loop 2120: other payer, primary care provider …"
    )
    entity_contact = models.CharField(max_length=100, blank=True, help_text="PER of loop 2120")
    message = models.TextField(blank=True, help_text="MSG01")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["check_row", "position"], name="benefit_position_once"),
        ]
