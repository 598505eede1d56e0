"""A person has a file sent or read once more."""

from __future__ import annotations

from django.db import transaction

from core import clock
from core.access.models import User
from core.audit.services import record
from core.clearinghouse import locks, rules
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.states import TRANSMISSION
from core.errors import Refused


@transaction.atomic
def retry_transmission(*, transmission_id: int, by: User) -> Transmission:
    """Send a waiting or refused file at once, or read a failed one again.

    The bytes are never changed. A file that was delivered is refused: the receiver has it.
    """
    row = locks.file(transmission_id)
    before = row.state
    if row.direction == Direction.OUTBOUND:
        state = _send_again(row)
    else:
        state = _read_again(row)
    TRANSMISSION.move(row, state, fields=["kind", "reason", "done_at", "next_attempt_at"])
    record(
        actor=by,
        action="transmission.retried",
        subject=row,
        detail={"from": before, "to": row.state},
    )
    return row


def _send_again(row: Transmission) -> TransmissionState:
    if row.kind == FileKind.ELIGIBILITY_INQUIRY:
        raise Refused(
            "A real-time question is not sent again: nobody waits for its answer any more. "
            "Check the eligibility again from the patient's coverage.",
            conflict=True,
        )
    if row.sent_at is not None or row.state not in (
        TransmissionState.PENDING,
        TransmissionState.REFUSED,
    ):
        raise Refused(
            f"{row.name} was delivered; the receiver has it. Wait for its acknowledgement, or "
            "correct the claims in it and send those again.",
            conflict=True,
        )
    in_hand = row.attempts.filter(finished_at=None).exists()
    if in_hand and row.next_attempt_at and row.next_attempt_at > clock.now():
        raise Refused(f"{row.name} is being sent right now. Look again in a minute.", conflict=True)
    row.reason = ""
    row.done_at = None
    row.next_attempt_at = None
    return TransmissionState.PENDING


def _read_again(row: Transmission) -> TransmissionState:
    if row.state != TransmissionState.FAILED:
        raise Refused(
            f"{row.name} is {row.get_state_display().lower()}: nothing to repeat.", conflict=True
        )
    described = rules.describe(bytes(row.content), row.name)
    if described.problem:
        raise Refused(f"It still cannot be read. {described.problem}", conflict=True)
    row.kind = described.kind
    row.reason = ""
    row.done_at = None
    return TransmissionState.RECEIVED
