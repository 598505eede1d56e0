from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.work.enums import Queue, WorkState


class WorkItem(models.Model):
    """One thing somebody has to do: the single mechanism behind every work queue.

    The stage's own row (a denial, a claim task, a coding case …) points here one to
    one. ``priority`` is the rank (higher first): money × recovery probability × urgency.
    """

    queue = models.CharField(max_length=16, choices=Queue.choices)
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.OPEN)
    priority = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    dollars_at_stake = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    due_on = models.DateField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=WorkState.OPEN, closed_at=None)
                | (~Q(state=WorkState.OPEN) & Q(closed_at__isnull=False)),
                name="work_item_closed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                F("queue"),
                F("priority").desc(),
                F("id"),
                condition=Q(state="open"),
                name="work_open_by_priority",
            ),
            models.Index(fields=["assigned_to"], condition=Q(state="open"), name="work_open_mine"),
        ]


class WorkNote(models.Model):
    """What somebody noted while working an item."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    text = models.TextField()

    class Meta:
        ordering = ["id"]
