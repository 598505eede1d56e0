"""Files that leave: their bytes are stored before anything is sent.

A worker takes a file in one short transaction (`SKIP LOCKED`, and a lease written into
`next_attempt_at`), talks to the receiver outside any transaction, and writes the outcome in a
second one. Whatever dies in between, the lease runs out and the same bytes go out again under the
same name, which the receiver counts once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q

from core import clock
from core.clearinghouse import locks
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.gateway import (
    Gateway,
    GatewayDown,
    GatewayRefused,
    get_gateway,
)
from core.clearinghouse.models import Attempt, TradingPartner, Transmission
from core.clearinghouse.services.lost import close_lost_questions
from core.clearinghouse.states import TRANSMISSION
from core.errors import Refused

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than the gateway's own time-out, so that a slow send is not doubled without need."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
INTERRUPTED = "Interrupted: the worker ended before it knew the outcome. Sent again unchanged."


@dataclass(slots=True)
class SendResult:
    """The result of one run of sending; the lists hold ids of transmissions."""

    sent: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    """Nobody answered; each is tried again at its `next_attempt_at`."""
    refused: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Taken:
    transmission_id: int
    attempt_id: int
    number: int
    """How many tries this is, from 1."""
    name: str
    content: bytes


def next_control_numbers(count: int = 1) -> list[int]:
    """`count` new numbers for ISA13 and GS06, 1 to 999999999, never handed out twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('clearinghouse_control_number') FROM generate_series(1, %s)", [count]
        )
        return [int(row[0]) for row in cursor.fetchall()]


def store_outbound(
    *,
    partner: TradingPartner,
    kind: FileKind | str,
    name: str,
    control_number: str,
    content: bytes,
    group_control_number: str = "",
    in_reply_to: Transmission | None = None,
) -> Transmission:
    """Keep a file that is to be sent. Call it in the transaction that writes what is in it.

    The same name with the same bytes is the same file; with other bytes it is refused.
    """
    digest = hashlib.sha256(content).hexdigest()
    row, created = Transmission.objects.get_or_create(
        direction=Direction.OUTBOUND,
        name=name,
        defaults={
            "partner": partner,
            "kind": kind,
            "control_number": control_number,
            "group_control_number": group_control_number,
            "content": content,
            "sha256": digest,
            "size": len(content),
            "state": TransmissionState.PENDING,
            "in_reply_to": in_reply_to,
            "created_at": clock.now(),
        },
    )
    if not created and row.sha256 != digest:
        raise Refused(
            f"A file named {name} was stored before with other content. Nothing was changed; "
            "send the new content under a new name and control number.",
            code="name-taken",
            conflict=True,
        )
    return row


def send_pending(*, limit: int = 50, gateway: Gateway | None = None) -> SendResult:
    """Send up to `limit` files that wait and are due. Safe to run in any number of workers.

    Real-time inquiries are not sent from here: the process that waited for their answer has ended.
    """
    result = SendResult()
    gateway = gateway or get_gateway()
    close_lost_questions()
    for _ in range(limit):
        taken = _take_next()
        if taken is None:
            break
        try:
            gateway.send(taken.name, taken.content)
        except GatewayRefused as error:
            _finish(taken, succeeded=False, detail=str(error), state=TransmissionState.REFUSED)
            result.refused.append(taken.transmission_id)
        except GatewayDown as error:
            _finish(taken, succeeded=False, detail=str(error))
            result.waiting.append(taken.transmission_id)
            break  # the next file would meet the same closed door
        except BaseException as error:
            _finish(taken, succeeded=False, detail=f"Unexpected: {type(error).__name__}")
            raise
        else:
            _finish(taken, succeeded=True, detail="", state=TransmissionState.SENT)
            result.sent.append(taken.transmission_id)
    if result.sent or result.waiting or result.refused:
        log.info(
            "transmissions.sent",
            sent=len(result.sent),
            waiting=len(result.waiting),
            refused=len(result.refused),
        )
    return result


def _take_next() -> _Taken | None:
    now = clock.now()
    with transaction.atomic(durable=True):
        row = locks.free_file(
            Transmission.objects.filter(
                Q(next_attempt_at=None) | Q(next_attempt_at__lte=now),
                direction=Direction.OUTBOUND,
                state=TransmissionState.PENDING,
            ).exclude(kind=FileKind.ELIGIBILITY_INQUIRY)
        )
        if row is None:
            return None
        row.attempts.filter(finished_at=None).update(
            finished_at=now, succeeded=False, detail=INTERRUPTED
        )
        attempt = Attempt.objects.create(transmission=row, started_at=now)
        row.next_attempt_at = now + LEASE
        row.save(update_fields=["next_attempt_at"])
        return _Taken(row.pk, attempt.pk, row.attempts.count(), row.name, bytes(row.content))


def _finish(
    taken: _Taken, *, succeeded: bool, detail: str, state: TransmissionState | None = None
) -> None:
    """Write the outcome. Without a `state` the file keeps waiting, longer after each failure."""
    now = clock.now()
    with transaction.atomic():
        row = locks.file(taken.transmission_id)
        Attempt.objects.filter(pk=taken.attempt_id).update(
            finished_at=now, succeeded=succeeded, detail=detail
        )
        if row.state != TransmissionState.PENDING:
            return  # another worker, or an acknowledgement, was faster
        if state is None:
            row.next_attempt_at = now + pause_after(taken.number)
            row.save(update_fields=["next_attempt_at"])
            return
        row.next_attempt_at = None
        if state == TransmissionState.SENT:
            row.sent_at, row.reason = now, ""
        else:
            row.done_at, row.reason = now, detail
        TRANSMISSION.move(row, state, fields=["next_attempt_at", "sent_at", "done_at", "reason"])


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 15 s, 30 s, 1 min … at most an hour."""
    doublings: int = 2 ** min(max(failures, 1) - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def mark_acknowledged(*, transmission_id: int) -> Transmission:
    """The receiver confirmed the file (TA1 or 999 accepted). A repeat changes nothing."""
    return _answered(transmission_id, TransmissionState.ACKNOWLEDGED, "")


def mark_refused(*, transmission_id: int, reason: str) -> Transmission:
    """The receiver does not take the file (TA1 or 999 rejected). `reason` in plain words."""
    return _answered(transmission_id, TransmissionState.REFUSED, reason)


@transaction.atomic
def _answered(transmission_id: int, state: TransmissionState, reason: str) -> Transmission:
    row = locks.file(transmission_id)
    if row.direction != Direction.OUTBOUND:
        raise Refused(f"{row.name} was received, not sent: it cannot be acknowledged.")
    if row.state != state:
        row.reason = reason
        row.done_at = clock.now()
        row.sent_at = row.sent_at or row.done_at  # the answer was faster than our own note
        row.next_attempt_at = None
        TRANSMISSION.move(row, state, fields=["reason", "done_at", "sent_at", "next_attempt_at"])
    return row
