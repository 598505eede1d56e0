from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from claims.models import Claim, Submission
from core import clock
from core.access.enums import Role
from core.work.models import WorkItem
from denials.enums import DenialState, Resolution, RootCause
from payments.models import Adjustment, RemittanceClaim, RemittanceLine
from payments.models.remittance import GROUPS


class Denial(models.Model):
    """An adjudicated refusal to pay (a CAS of an 835), as a case with an owner and a deadline.

    It stays in the history when it is recovered; it never vanishes from the denial rate.
    """

    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, related_name="denial")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="denials")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="denials")
    payment = models.ForeignKey(RemittanceClaim, on_delete=models.PROTECT, related_name="denials")
    line = models.ForeignKey(
        RemittanceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="denials"
    )
    group = models.CharField(max_length=2, choices=GROUPS)
    carc = models.CharField(max_length=5)
    rarcs = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Denied, US dollars")
    is_initial = models.BooleanField(help_text="On the claim's first remittance")
    root_cause = models.CharField(max_length=20, choices=RootCause.choices)
    owner_role = models.CharField(max_length=16, choices=Role.choices)
    route = models.CharField(max_length=20, choices=Resolution.choices)
    deadline = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=DenialState.choices, default=DenialState.OPEN)
    denied_on = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    recovered = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        default=Decimal(0),
        help_text="What the payer paid for it after all, US dollars",
    )
    answered_by = models.ForeignKey(
        RemittanceClaim,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_denials",
        help_text="The later payment that decided it",
    )
    close_reason = models.CharField(max_length=255, blank=True)
    close_entry = models.OneToOneField(
        "ledger.Entry",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The write-off or the transfer to the patient",
    )
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="denial")

    class Meta:
        ordering = ["-denied_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state__in=["open", "corrected"]) & Q(closed_at=None))
                | (~Q(state__in=["open", "corrected"]) & Q(closed_at__isnull=False)),
                name="denial_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["denied_on", "carc"], name="denial_week_reason"),
            models.Index(fields=["claim"], name="denial_of_claim"),
            models.Index(fields=["state", "deadline"], name="denial_state_deadline"),
        ]

    @property
    def is_overdue(self) -> bool:
        """The deadline passed and nobody has worked it."""
        return (
            self.state == DenialState.OPEN
            and self.deadline is not None
            and self.deadline < clock.today()
        )

    @property
    def deadline_words(self) -> str:
        """How far the deadline is, for people."""
        if self.deadline is None:
            return "no deadline"
        days = (self.deadline - clock.today()).days
        if days == 0:
            return "today"
        unit = "day" if abs(days) == 1 else "days"
        return f"{days} {unit} left" if days > 0 else f"{-days} {unit} ago"


class Correction(models.Model):
    """The exact change that answered a denial, and the submission that carried it."""

    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="corrections")
    from_submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="corrected_by"
    )
    to_submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="corrects")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=255)
    brought = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What the payer paid for it after this change, US dollars; empty: no answer yet",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["denial", "to_submission"], name="correction_once"),
        ]
