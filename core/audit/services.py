"""Write the record of who saw and who did what, and seal it into a hash chain.

Writers only insert. Sealing is a sweep of its own, so that two people never wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from core import clock
from core.access.models import User
from core.audit.models import AuditEvent

SEAL_LOCK = 4_711_001
"""Advisory lock: one sealing sweep at a time."""


@dataclass(frozen=True, slots=True)
class EventData:
    """One event to be recorded. `detail` holds ids and codes, never names or birth dates."""

    actor: User | None
    action: str
    """``area.verb_past``: "coverage.changed"."""
    subject: Model | None = None
    patient_id: int | None = None
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    actor: User | None,
    action: str,
    subject: Model | None = None,
    patient_id: int | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Record one event, in the caller's transaction: what is rolled back never happened."""
    record_many([EventData(actor, action, subject, patient_id, reason, detail or {})])


def record_many(events: Iterable[EventData]) -> None:
    """Record many events with one INSERT."""
    now = clock.now()
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                at=now,
                actor=event.actor,
                action=event.action,
                subject_type=event.subject._meta.label_lower if event.subject else "",
                subject_id=event.subject.pk if event.subject else None,
                patient_id=event.patient_id,
                reason=event.reason[:255],
                detail=event.detail,
            )
            for event in events
        ]
    )


def record_view(user: User, subject: Model, patient_id: int | None = None) -> None:
    """Somebody looked at patient data."""
    name = subject._meta.model_name
    record(actor=user, action=f"{name}.viewed", subject=subject, patient_id=patient_id)


def digest(event: AuditEvent, seq: int, previous_hash: str) -> str:
    """SHA-256 over the event, its place in the chain and the hash before it."""
    content = json.dumps(
        {
            "seq": seq,
            "previous": previous_hash,
            "id": event.pk,
            "at": event.at.astimezone(UTC).isoformat(),
            "actor": event.actor_id,
            "action": event.action,
            "subject": [event.subject_type, event.subject_id],
            "patient": event.patient_id,
            "reason": event.reason,
            "detail": event.detail,
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


@transaction.atomic
def seal_events(*, limit: int = 5_000) -> int:
    """Give unsealed events their place and hash, oldest first. Gives how many; 0 when another
    sweep is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditEvent.objects.exclude(seq=None).order_by("-seq").first()
    seq, previous = (last.seq or 0, last.hash) if last else (0, "")
    events = list(AuditEvent.objects.filter(seq=None).order_by("pk")[:limit])
    for event in events:
        seq += 1
        event.seq, event.previous_hash = seq, previous
        event.hash = previous = digest(event, seq, previous)
    AuditEvent.objects.bulk_update(events, ["seq", "previous_hash", "hash"], batch_size=1_000)
    return len(events)


@dataclass(frozen=True, slots=True)
class Chain:
    """The result of reading the whole chain; without problems it is as it was written."""

    sealed: int
    unsealed: int
    last: str
    """The newest hash. Kept elsewhere, it proves later that the end was not cut off."""
    problems: list[str]


def verify_chain(*, known: str = "") -> Chain:
    """Read all of the chain. ``known``: a hash that was in it before and must still be there."""
    problems: list[str] = []
    previous, expected, found = "", 1, not known
    for event in AuditEvent.objects.exclude(seq=None).order_by("seq").iterator(chunk_size=5_000):
        assert event.seq is not None
        if event.seq != expected:
            problems.append(f"Event {expected} of the audit chain is missing.")
            expected = event.seq
        if event.previous_hash != previous or event.hash != digest(event, event.seq, previous):
            problems.append(f"Event {event.seq} of the audit chain was changed.")
        previous, expected = event.hash, expected + 1
        found = found or event.hash == known
    if not found:
        problems.append("The hash that was known before is in the chain no more: its end is lost.")
    unsealed = AuditEvent.objects.filter(seq=None).count()
    return Chain(expected - 1, unsealed, previous, problems)


def broken_seals() -> list[str]:
    """What is wrong with the chain; empty when nothing is. Reads all of it."""
    return verify_chain().problems
