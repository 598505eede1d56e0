from django.db import models
from django.db.models import Q

from claims.models.claim import Submission
from core import clock
from core.clearinghouse.enums import FileKind
from core.clearinghouse.models import Transmission


class Acknowledgement(models.Model):
    """An answer about a submission before adjudication: TA1, 999 or 277CA.

    The 277CA with category A2 is the proof of timely filing: never deleted.
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    transmission = models.ForeignKey(
        Transmission, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    accepted = models.BooleanField()
    category_code = models.CharField(max_length=3, blank=True, help_text="STC01-1: A1, A2, A3 …")
    status_code = models.CharField(max_length=4, blank=True, help_text="STC01-2")
    entity_code = models.CharField(max_length=3, blank=True, help_text="STC01-3")
    segment = models.CharField(max_length=40, blank=True, help_text="999 IK3/IK4: where")
    message = models.TextField(help_text="What it means, in plain words")
    fix = models.TextField(blank=True, help_text="What to do next")
    payer_claim_number = models.CharField(max_length=50, blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["submission"], condition=Q(accepted=False), name="acknowledgement_refused"
            ),
        ]
