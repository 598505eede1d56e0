"""People who sign in."""

from __future__ import annotations

from typing import Any

from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from core.access.enums import Role
from core.access.models import User


class UserFactory(DjangoModelFactory):
    """``UserFactory(role=Role.CODER)``; the password is ``secret-of-the-tests``."""

    class Meta:
        model = User

    username = Sequence(lambda n: f"person{n}")
    first_name = Sequence(lambda n: f"Person{n}")
    last_name = "Tester"
    role = Role.FRONT_DESK

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", "secret-of-the-tests")
        return User.objects.create_user(password=password, **kwargs)
