"""The audit record for people: what the names of actions and subjects mean."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from core.audit.models import AuditEvent


def action(event: AuditEvent) -> str:
    """``eligibility.checked`` as "Eligibility checked".

    A look is recorded under the bare name of its model: ``remittanceclaim.viewed`` is shown as
    "Claim payment viewed".
    """
    area, _, verb = event.action.rpartition(".")
    if area and event.subject_type.endswith(f".{area}"):
        area = _model_name(event.subject_type)
    words = f"{area} {verb}".replace(".", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def detail(event: AuditEvent) -> str:
    """What was recorded beside the action, lists joined and empty values left out."""
    return " · ".join(
        f"{name.replace('_', ' ')} {text}"
        for name, value in event.detail.items()
        if (text := _plain(value))
    )


def _plain(value: Any) -> str:
    """A value of JSON in words; nothing for what is empty. A zero is no emptiness."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text for one in value if (text := _plain(one)))
    if isinstance(value, dict):
        return ", ".join(
            f"{str(name).replace('_', ' ')} {text}"
            for name, one in value.items()
            if (text := _plain(one))
        )
    return str(value)


def reference(event: AuditEvent) -> str:
    """``claims.claim 12``, as the filter of the record takes it."""
    number = "" if event.subject_id is None else str(event.subject_id)
    return f"{event.subject_type} {number}".strip()


def subject(event: AuditEvent) -> str:
    """``encounters.eligibilitycheck`` 189 as "eligibility check 189"."""
    if not event.subject_type:
        return ""
    name = _model_name(event.subject_type)
    number = "" if event.subject_id is None else str(event.subject_id)
    return f"{name} {number}".strip()


def _model_name(label: str) -> str:
    """The model's verbose name; the label itself when there is no such model (any more)."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
