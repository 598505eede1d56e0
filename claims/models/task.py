from django.conf import settings
from django.db import models
from django.db.models import Q

from claims.enums import CallOutcome, TaskKind
from claims.models.acknowledgement import Acknowledgement
from claims.models.claim import Claim
from core import clock
from core.work.models import WorkItem


class ClaimTask(models.Model):
    """A claim that a biller has to work, and why; the work item carries rank and owner."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    acknowledgement = models.ForeignKey(
        Acknowledgement, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="claim_task")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind"], condition=Q(closed_at=None), name="claim_task_one_open"
            ),
        ]


class CallLog(models.Model):
    """A call to the insurer about a claim: with whom, what was said, what comes next and when."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="calls")
    task = models.ForeignKey(
        ClaimTask, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    called_at = models.DateTimeField(default=clock.now)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    spoke_with = models.CharField(max_length=80, blank=True)
    reference_number = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20, choices=CallOutcome.choices)
    summary = models.TextField()
    next_action_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-called_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=CallOutcome.NO_ANSWER) | ~Q(reference_number=""),
                name="call_reached_has_a_reference",
            ),
        ]
