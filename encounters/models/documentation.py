from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from encounters.models.organisation import Provider
from encounters.models.visit import Encounter


class ClinicalNote(models.Model):
    """The provider's note. Free to change until it is signed; afterwards only an addendum."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="notes")
    number = models.PositiveSmallIntegerField(default=1, help_text="1 = note, 2… = addenda")
    author = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="notes")
    subjective = models.TextField(blank=True)
    objective = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    written_at = models.DateTimeField(default=clock.now)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["encounter", "number"], name="note_number_once"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="note_signature_has_a_signer",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="note_number_from_1"),
        ]

    @property
    def is_signed(self) -> bool:
        """Whether it is signed: its text never changes again."""
        return self.signed_at is not None

    @property
    def is_addendum(self) -> bool:
        """Whether it was added to a note that was already signed."""
        return self.number > 1


class DocumentedDiagnosis(models.Model):
    """A diagnosis in the provider's words, with a code when the provider picked one."""

    note = models.ForeignKey(ClinicalNote, on_delete=models.CASCADE, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    code = models.CharField(max_length=8, blank=True, help_text="ICD-10-CM, with its dot")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "position"], name="documented_diagnosis_position_once"
            ),
        ]


class DocumentedService(models.Model):
    """A service in the provider's words, with a code when the provider picked one."""

    note = models.ForeignKey(ClinicalNote, on_delete=models.CASCADE, related_name="services")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    code = models.CharField(max_length=5, blank=True, help_text="CPT or HCPCS")
    quantity = models.PositiveSmallIntegerField(default=1)
    is_separate = models.BooleanField(
        default=False, help_text="Significant and separate from the visit's other services"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "position"], name="documented_service_position_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="documented_service_quantity_from_1"
            ),
        ]
