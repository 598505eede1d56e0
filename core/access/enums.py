from django.db import models


class Role(models.TextChoices):
    """What a person does here. Each user has exactly one role."""

    FRONT_DESK = "front_desk", "Front desk"
    PROVIDER = "provider", "Provider"
    CODER = "coder", "Coder"
    BILLER = "biller", "Biller"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"
