from django.conf import settings
from django.db import models
from django.db.models import Q


class Facility(models.Model):
    """A place of care that is also the billing provider (837 loop 2010AA)."""

    name = models.CharField(max_length=60, unique=True)
    npi = models.CharField("NPI", max_length=10)
    taxonomy = models.CharField(max_length=10)
    tax_id = models.CharField("tax ID (EIN)", max_length=9)
    address = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField("ZIP+4", max_length=9, help_text="Nine digits: 837 wants ZIP+4")
    phone = models.CharField(max_length=10)
    clia_number = models.CharField(max_length=10, blank=True)
    place_of_service = models.CharField(max_length=2, default="11")
    medicare_locality = models.CharField(max_length=10, help_text="MAC + locality, for the GPCI")

    class Meta:
        verbose_name_plural = "facilities"
        constraints = [
            models.CheckConstraint(
                condition=Q(zip_code__regex=r"^\d{9}$"), name="facility_zip_has_nine_digits"
            ),
            models.CheckConstraint(
                condition=Q(tax_id__regex=r"^\d{9}$"), name="facility_tax_id_has_nine_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Provider(models.Model):
    """A person who treats patients: the rendering provider (837 loop 2310B)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="provider",
    )
    npi = models.CharField("NPI", max_length=10, unique=True)
    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35)
    credentials = models.CharField(max_length=10, blank=True, help_text="MD, DO, NP, PA …")
    taxonomy = models.CharField(max_length=10)
    specialty = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}, {self.credentials}".rstrip(", ")
