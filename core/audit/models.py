from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock


class AuditEvent(models.Model):
    """Who did or saw what, when and why. Append-only; sealed into a hash chain.

    An event is inserted unsealed (so that writers never wait for each other); the
    sealing sweep gives it its place ``seq`` in the chain and its hash. A trigger
    refuses every other change.
    """

    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField(null=True, blank=True)
    patient_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    seq = models.BigIntegerField(null=True, blank=True, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["patient_id", "at"], name="audit_patient"),
            models.Index(
                fields=["action", "id"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="audit_action",
            ),
            models.Index(fields=["id"], condition=Q(seq=None), name="audit_unsealed"),
        ]
