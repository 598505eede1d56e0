"""Close real-time inquiries whose process ended before it read the answer."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core import clock
from core.clearinghouse import locks
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Attempt, Transmission
from core.clearinghouse.states import TRANSMISSION

LOST_AFTER = timedelta(minutes=5)
LOST = "The question was interrupted before its answer; whether it arrived is unknown. Ask again."


def close_lost_questions() -> None:
    """Close every inquiry that has been pending for longer than anybody waits."""
    now = clock.now()
    _close(
        Transmission.objects.filter(
            direction=Direction.OUTBOUND,
            kind=FileKind.ELIGIBILITY_INQUIRY,
            state=TransmissionState.PENDING,
            created_at__lt=now - LOST_AFTER,
        )
    )


@transaction.atomic
def settle_question(*, name: str) -> tuple[Transmission, Transmission | None] | None:
    """The inquiry of this name, whose process ended, and its answer when one was stored.

    Closes it when its worker did not. None: it never became a file.
    """
    found = Transmission.objects.filter(
        direction=Direction.OUTBOUND, kind=FileKind.ELIGIBILITY_INQUIRY, name=name
    )
    _close(found.filter(state=TransmissionState.PENDING))
    question = found.first()
    if question is None:
        return None
    return question, question.replies.order_by("id").first()


@transaction.atomic
def _close(questions: QuerySet[Transmission]) -> None:
    """Answered when the answer is stored; else lost."""
    now = clock.now()
    answer = Transmission.objects.filter(in_reply_to=OuterRef("pk"))
    waiting = {row.pk: row for row in locks.files(questions.defer("content"))}
    answered = set(
        Transmission.objects.filter(Exists(answer), pk__in=waiting).values_list("pk", flat=True)
    )
    for row in waiting.values():
        row.done_at = now
        row.sent_at = now if row.pk in answered else row.sent_at
        row.reason = "" if row.pk in answered else LOST
    TRANSMISSION.move_all(
        [
            (
                row,
                TransmissionState.ACKNOWLEDGED if pk in answered else TransmissionState.FAILED,
            )
            for pk, row in waiting.items()
        ],
        fields=["done_at", "sent_at", "reason"],
    )
    tries = Attempt.objects.filter(transmission__in=waiting, finished_at=None)
    tries.filter(transmission__in=answered).update(finished_at=now, succeeded=True, detail="")
    tries.exclude(transmission__in=answered).update(finished_at=now, succeeded=False, detail=LOST)
