"""Real-time questions whose asker died: nobody waits for them any more, so they end, in words."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core import clock
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Attempt, Transmission

LOST_AFTER = timedelta(minutes=5)
LOST = "The question was interrupted before its answer; whether it arrived is unknown. Ask again."


def close_lost_questions() -> None:
    """Close every question that waits for longer than any asker does."""
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
    """The question of this name, which nobody waits for, and its answer when one was stored.

    Closes the question when its asker did not come to it. None: it never became a file.
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
    """Answered when the answer stands in the database; else lost."""
    now = clock.now()
    answer = Transmission.objects.filter(in_reply_to=OuterRef("pk"))
    ids = list(questions.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    for answered, closed in (
        (True, {"state": TransmissionState.ACKNOWLEDGED, "reason": "", "sent_at": now}),
        (False, {"state": TransmissionState.FAILED, "reason": LOST}),
    ):
        ends = Transmission.objects.filter(Exists(answer) if answered else ~Exists(answer))
        chosen = list(ends.filter(pk__in=ids).values_list("pk", flat=True))
        Attempt.objects.filter(transmission__in=chosen, finished_at=None).update(
            finished_at=now, succeeded=answered, detail=closed["reason"]
        )
        Transmission.objects.filter(pk__in=chosen).update(**closed, done_at=now)
