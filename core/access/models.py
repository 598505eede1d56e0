from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from core.access.enums import Role


class User(AbstractUser):
    """A person who signs in. The role decides first page, navigation and every permission."""

    REQUIRED_FIELDS = [*AbstractUser.REQUIRED_FIELDS, "role"]

    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="access_user_role_is_known"
            ),
        ]

    @property
    def display_name(self) -> str:
        """Full name, or the sign-in name when no name is recorded."""
        return self.get_full_name() or self.username
