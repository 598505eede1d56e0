from django.db import models
from django.db.models import Q

from core import clock
from core.clearinghouse.enums import Direction, FileKind, TransmissionState


class TradingPartner(models.Model):
    """A clearinghouse or payer with whom files are exchanged, and our identity there (ISA/GS)."""

    name = models.CharField(max_length=80, unique=True)
    submitter_id = models.CharField(max_length=15, help_text="ISA06/GS02: who we are there")
    receiver_id = models.CharField(max_length=15, help_text="ISA08/GS03: who they are")
    submitter_name = models.CharField(max_length=60)
    contact_name = models.CharField(max_length=60)
    contact_phone = models.CharField(max_length=10)
    usage = models.CharField(
        max_length=1, choices=[("T", "Test"), ("P", "Production")], default="T"
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Transmission(models.Model):
    """A file that left or arrived, byte for byte, and its state.

    Outbound bytes are stored before anything leaves and are sent unchanged under the
    same ``name`` on each try, so that the receiver can recognise a repeat. Inbound files are
    known by their hash and not by their name: many mailboxes use a name again and again.
    """

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="files")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    name = models.CharField(max_length=200)
    control_number = models.CharField(max_length=14, blank=True, help_text="ISA13")
    group_control_number = models.CharField(max_length=14, blank=True, help_text="GS06")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=TransmissionState.choices)
    reason = models.TextField(blank=True, help_text="Why it was refused or failed, in plain words")
    in_reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies"
    )
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the receiver had it")
    done_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was acknowledged, refused, processed or failed"
    )
    next_attempt_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Not tried before this: after a failure, or while a worker has it in hand",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(direction=Direction.OUTBOUND),
                name="transmission_name_once",
            ),
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(direction=Direction.INBOUND),
                name="transmission_received_once",
            ),
            models.UniqueConstraint(
                fields=["partner", "control_number"],
                condition=Q(direction=Direction.OUTBOUND),
                name="transmission_control_number_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["direction", "kind", "id"],
                condition=Q(state__in=["pending", "received"]),
                name="transmission_open",
            ),
            models.Index(fields=["group_control_number"], name="transmission_group"),
            models.Index(fields=["created_at"], name="transmission_created"),
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=["refused", "failed"]),
                name="transmission_in_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reason_alone(self) -> str:
        """The reason without the file's own name before it, for places that name the file."""
        rest = self.reason.removeprefix(self.name)
        if rest == self.reason or rest[:2] not in (": ", ", "):
            return self.reason
        return rest[2:3].upper() + rest[3:]


class Attempt(models.Model):
    """One try to send a transmission, and how it ended."""

    transmission = models.ForeignKey(
        Transmission, on_delete=models.CASCADE, related_name="attempts"
    )
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    succeeded = models.BooleanField(null=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
