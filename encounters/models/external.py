from django.db import models
from django.db.models import Q

from core import clock
from encounters.models.patient import Patient
from encounters.models.visit import Encounter


class ExternalId(models.Model):
    """What another system calls a patient or a visit: the same file twice changes nothing."""

    system = models.CharField(max_length=120, help_text="Who gave the identifier")
    value = models.CharField(max_length=120)
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="external_ids"
    )
    encounter = models.ForeignKey(
        Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="external_ids"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"],
                condition=Q(encounter=None),
                name="external_patient_once",
            ),
            models.UniqueConstraint(
                fields=["system", "value"],
                condition=Q(patient=None),
                name="external_encounter_once",
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=False, encounter=None)
                | Q(patient=None, encounter__isnull=False),
                name="external_id_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}|{self.value}"
