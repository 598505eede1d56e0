from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from core import clock
from encounters.enums import Sex


class Patient(models.Model):
    """A person who is treated, with the demographics that a claim needs."""

    mrn = models.CharField("medical record number", max_length=20, unique=True)
    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35)
    middle_name = models.CharField(max_length=25, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices)
    address = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField("ZIP", max_length=9)
    phone = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        indexes = [
            GinIndex(OpClass(Upper("last_name"), "gin_trgm_ops"), name="patient_last_trgm"),
            GinIndex(OpClass(Upper("first_name"), "gin_trgm_ops"), name="patient_first_trgm"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="patient_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(last_name="") & ~Q(first_name=""), name="patient_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(zip_code__regex=r"^(\d{5}|\d{9})$"), name="patient_zip_5_or_9_digits"
            ),
            models.CheckConstraint(
                condition=Q(state__regex=r"^[A-Z]{2}$"), name="patient_state_two_letters"
            ),
            models.CheckConstraint(
                condition=Q(phone__regex=r"^(\d{10})?$"), name="patient_phone_10_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"

    @property
    def name(self) -> str:
        """``Last, First M``, as lists show it."""
        return f"{self.last_name}, {self.first_name} {self.middle_name[:1]}".rstrip()
