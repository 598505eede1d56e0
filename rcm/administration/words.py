"""The audit record for people: what the names of actions and subjects mean."""

from __future__ import annotations

from django.apps import apps

from core.audit.models import AuditEvent


def action(name: str) -> str:
    """``eligibility.checked`` as "Eligibility checked"."""
    return name.replace(".", " ").replace("_", " ").capitalize()


def reference(event: AuditEvent) -> str:
    """``claims.claim 12``, as the filter of the record takes it."""
    number = "" if event.subject_id is None else str(event.subject_id)
    return f"{event.subject_type} {number}".strip()


def subject(event: AuditEvent) -> str:
    """``encounters.eligibilitycheck`` 189 as "eligibility check 189"."""
    if not event.subject_type:
        return ""
    try:
        name = str(apps.get_model(event.subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        name = event.subject_type
    number = "" if event.subject_id is None else str(event.subject_id)
    return f"{name} {number}".strip()
