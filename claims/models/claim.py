from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from claims.enums import ClaimKind, ClaimState, Frequency, SubmissionEnd
from coding.models import ChargeLine, CodingVersion
from core import clock
from core.clearinghouse.models import Transmission
from encounters.models import Coverage, Encounter, Facility, Payer


class Claim(models.Model):
    """A bill for an encounter to one payer. One encounter can have several claims.

    What is sent, and sent again corrected, are its submissions; exactly one is current.
    """

    number = models.CharField(max_length=17, unique=True, help_text="Stem of CLM01")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(
        max_length=12, choices=ClaimKind.choices, default=ClaimKind.PROFESSIONAL
    )
    payer_sequence = models.PositiveSmallIntegerField(default=1, help_text="1 primary, 2 secondary")
    part = models.PositiveSmallIntegerField(
        default=1, help_text="When one encounter needs several claims (line limit)"
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="claims")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="claims")
    service_date = models.DateField()
    state = models.CharField(max_length=24, choices=ClaimState.choices, default=ClaimState.DRAFT)
    total_charge = models.DecimalField(max_digits=12, decimal_places=2)
    filing_deadline = models.DateField(help_text="Last day the payer takes it")
    created_at = models.DateTimeField(default=clock.now)
    first_scrubbed_at = models.DateTimeField(null=True, blank=True)
    was_clean = models.BooleanField(
        null=True, help_text="Passed all edits at the first scrub with no manual touch"
    )
    first_sent_at = models.DateTimeField(null=True, blank=True)
    first_adjudicated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    payer_claim_number = models.CharField(
        max_length=50, blank=True, help_text="Payer claim control number (CLP07, 277CA REF*1K)"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "kind", "payer_sequence", "part"], name="claim_once"
            ),
            models.CheckConstraint(condition=Q(total_charge__gt=0), name="claim_charge_positive"),
        ]
        indexes = [
            models.Index(fields=["state", "service_date", "id"], name="claim_state_date"),
            models.Index(fields=["payer", "state"], name="claim_payer_state"),
            models.Index(fields=["first_adjudicated_at"], name="claim_first_adjudicated"),
            models.Index(fields=["first_sent_at"], name="claim_first_sent"),
            models.Index(fields=["first_scrubbed_at"], name="claim_first_scrubbed"),
            models.Index(fields=["service_date", "id"], name="claim_service_date"),
            models.Index(fields=["total_charge", "id"], name="claim_charge"),
            models.Index(
                fields=["payer_claim_number"],
                condition=~Q(payer_claim_number=""),
                name="claim_payer_number",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Submission(models.Model):
    """One version of the claim as it is sent: its lines, its frequency code, its bytes."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(help_text="1 = first; a correction is the next")
    control_number = models.CharField(
        max_length=20, unique=True, help_text="CLM01: number of the claim, dash, attempt"
    )
    is_current = models.BooleanField(default=True)
    frequency = models.CharField(
        max_length=1, choices=Frequency.choices, default=Frequency.ORIGINAL
    )
    original_reference = models.CharField(
        max_length=50, blank=True, help_text="REF*F8: the payer's number of the claim it replaces"
    )
    coding_version = models.ForeignKey(
        CodingVersion, on_delete=models.PROTECT, related_name="submissions"
    )
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="+")
    total_charge = models.DecimalField(max_digits=12, decimal_places=2, help_text="CLM02")
    created_at = models.DateTimeField(default=clock.now)
    transmission = models.ForeignKey(
        Transmission, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    segment_first = models.PositiveIntegerField(
        null=True, blank=True, help_text="First segment of this claim in the 837, ISA = 1"
    )
    segment_last = models.PositiveIntegerField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    clearinghouse_accepted_at = models.DateTimeField(null=True, blank=True)
    payer_accepted_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    adjudicated_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=8, choices=SubmissionEnd.choices, blank=True)

    class Meta:
        ordering = ["claim", "number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(is_current=True), name="submission_one_current"
            ),
            models.CheckConstraint(
                condition=Q(frequency=Frequency.ORIGINAL) | ~Q(original_reference=""),
                name="submission_7_and_8_name_the_original",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(transmission__isnull=False),
                name="submission_sent_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return self.control_number


class ClaimLine(models.Model):
    """A service line of a submission (837 loop 2400), as it is sent."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="lines")
    charge_line = models.ForeignKey(
        ChargeLine, on_delete=models.PROTECT, related_name="claim_lines"
    )
    position = models.PositiveSmallIntegerField(help_text="LX01")
    control_number = models.CharField(
        max_length=30, unique=True, help_text="REF*6R: matches the 835 line back"
    )
    code = models.CharField(max_length=5)
    modifiers = ArrayField(models.CharField(max_length=2), size=4, default=list, blank=True)
    units = models.PositiveSmallIntegerField()
    charge = models.DecimalField(max_digits=12, decimal_places=2)
    pointers = ArrayField(models.PositiveSmallIntegerField(), size=4)
    service_date = models.DateField()
    place_of_service = models.CharField(max_length=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="claim_line_once"),
            models.CheckConstraint(condition=Q(charge__gt=0), name="claim_line_charge_positive"),
        ]


class ScrubFinding(models.Model):
    """What the scrubber found wrong with a submission before it was sent."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=40)
    severity = models.CharField(
        max_length=8, choices=[("error", "Must be fixed"), ("warning", "Worth a look")]
    )
    path = models.CharField(max_length=120, help_text="Where: claim field or line")
    message = models.TextField()
    fix = models.TextField(help_text="What to do next")
    at_stake = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    found_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
