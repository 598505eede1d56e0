"""Who may sign in, and as what. Every change is recorded in the audit record with who made it.

They live here and not in `core.access`, which lies below the audit record and cannot write to it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from core.access.enums import Role
from core.access.models import User
from core.audit.models import AuditEvent
from core.audit.services import broken_seals, record
from core.errors import Refused
from core.work.enums import WorkState
from core.work.models import WorkItem
from core.work.services import release
from rcm.administration import locks
from rcm.administration.queries import CHECKED


def _invalid(field: str, message: str) -> Refused:
    return Refused(message, code="invalid", fields={field: message})


@transaction.atomic
def add_user(
    *, username: str, first_name: str, last_name: str, role: Role, password: str, by: User
) -> User:
    """Open a sign-in. Refuses a name that is taken (also in other letters) or not allowed, and a
    password that Django's validators refuse."""
    username = User.normalize_username(username.strip())
    user = User(
        username=username, first_name=first_name.strip(), last_name=last_name.strip(), role=role
    )
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise _invalid("username", " ".join(error.messages)) from error
    # One name at a time: to the unique index, "Anna" and "anna" are two names.
    locks.administrators()
    if User.objects.filter(username__iexact=username).exists():
        raise _invalid("username", "Somebody has this user name already. Choose another.")
    _set_password(user, password)
    user.save()
    record(actor=by, action="user.added", subject=user, detail={"role": role.value})
    return user


@transaction.atomic
def change_user(*, user_id: int, first_name: str, last_name: str, role: Role, by: User) -> User:
    """Change name or role. Refuses to take the last administrator's role, one's own role, and the
    provider role of somebody who signs notes."""
    user = _locked(user_id)
    was = Role(user.role)
    names = {"first_name": first_name.strip(), "last_name": last_name.strip()}
    changed = [name for name, value in names.items() if getattr(user, name) != value]
    if role != was:
        _refuse_to_lose(user, by, "role")
        if was == Role.PROVIDER and hasattr(user, "provider"):
            raise _invalid(
                "role",
                "This sign-in belongs to a provider, who could no longer sign notes. "
                "Take it off the provider first, below Providers.",
            )
    if not changed and role == was:
        return user
    for name, value in names.items():
        setattr(user, name, value)
    user.role = role
    user.save(update_fields=[*names, "role"])
    if changed:
        record(actor=by, action="user.changed", subject=user, detail={"fields": changed})
    if role != was:
        give_back_work(user)
        record(
            actor=by,
            action="user.role_changed",
            subject=user,
            detail={"from": was.value, "to": role.value},
        )
    return user


@transaction.atomic
def set_password(*, user_id: int, password: str, by: User) -> User:
    """Set a new password; whoever is signed in with the old one is signed out."""
    user = _locked(user_id)
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(actor=by, action="user.password_set", subject=user)
    return user


@transaction.atomic
def deactivate_user(*, user_id: int, by: User, reason: str = "") -> User:
    """Close a sign-in: it ends at once, also where it is in use, and the work it holds goes back
    to the queues. What the person did stays theirs. Closing twice changes nothing."""
    user = _locked(user_id)
    if not user.is_active:
        return user
    _refuse_to_lose(user, by, "")
    user.is_active = False
    user.save(update_fields=["is_active"])
    returned = give_back_work(user)
    record(
        actor=by,
        action="user.deactivated",
        subject=user,
        reason=reason.strip(),
        detail={"work_items_returned": returned},
    )
    return user


@transaction.atomic
def reactivate_user(*, user_id: int, by: User) -> User:
    """Open a closed sign-in again, with its role and password as they were."""
    user = _locked(user_id)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(actor=by, action="user.reactivated", subject=user, detail={"role": user.role})
    return user


def give_back_work(user: User) -> int:
    """Give every open item that somebody holds back to its queue. Gives how many."""
    held = WorkItem.objects.filter(assigned_to=user, state=WorkState.OPEN).order_by("pk")
    ids = list(held.values_list("pk", flat=True))
    for item_id in ids:
        release(item_id, user)
    return len(ids)


@transaction.atomic
def check_chain(*, by: User) -> list[str]:
    """Read the whole audit chain and record what was found. Gives the breaks; empty is good."""
    last = AuditEvent.objects.exclude(seq=None).order_by("-seq").first()
    problems = broken_seals()
    detail: dict[str, Any] = {"sealed_to": last.seq if last else 0, "problems": len(problems)}
    record(actor=by, action=CHECKED, detail=detail)
    return problems


def _locked(user_id: int) -> User:
    try:
        return locks.user(user_id)
    except User.DoesNotExist:
        raise Refused(
            "This person is not on file.", fix="Go back to the list of users.", code="not_found"
        ) from None


def _refuse_to_lose(user: User, by: User, field: str) -> None:
    """Refuse what would leave the clinic without an administrator, or lock its own user out."""
    if user.pk == by.pk:
        message = "This is your own sign-in. Ask another administrator to change it."
    elif user.role == Role.ADMINISTRATOR and {*locks.administrators()} <= {user}:
        message = "This is the last administrator. Make somebody else administrator first."
    else:
        return
    if field:
        raise _invalid(field, message)
    raise Refused(message, conflict=True)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _invalid("password", " ".join(error.messages)) from error
    user.set_password(password)
