"""Locks of people's accounts, in the order of ``docs/architecture.md`` ("Locks")."""

from __future__ import annotations

from core.access.enums import Role
from core.access.models import User
from core.locks import locked


def administrators() -> list[User]:
    """The active administrators: two of them cannot close each other's sign-in at one moment."""
    return list(locked(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)))


def user(user_id: int) -> User:
    """An account, after the administrators."""
    administrators()
    return locked(User.objects.all()).get(pk=user_id)
