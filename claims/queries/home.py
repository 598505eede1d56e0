"""The biller's first page: what needs work, what is on its way, what moved today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from claims.enums import ClaimState
from claims.models import Claim
from claims.queries.lists import UNBUILT, unbilled_encounters
from core import clock
from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.queries import in_trouble
from core.ledger.queries import credit_balances, credit_total
from core.money import ZERO
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem


@dataclass(frozen=True, slots=True)
class Amount:
    """How many, and the dollars in them."""

    count: int = 0
    dollars: Decimal = ZERO


def by_state() -> dict[str, Amount]:
    """Every state of a claim on its way, with number and charges. One query.

    Not the closed ones: they are nearly all of a grown clinic's claims, and nobody works them.
    """
    found = {state.value: Amount() for state in ClaimState if state != ClaimState.CLOSED}
    rows = (
        Claim.objects.filter(state__in=found)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"), d=Sum("total_charge"))
    )
    for row in rows:
        found[row["state"]] = Amount(row["n"], row["d"] or ZERO)
    return found


def by_queue() -> dict[str, Amount]:
    """Every work queue: what is open and awake, with the dollars at stake. One query."""
    found = {queue.value: Amount() for queue in Queue}
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=clock.today())
    rows = (
        WorkItem.objects.filter(awake, state=WorkState.OPEN)
        .order_by()
        .values("queue")
        .annotate(n=Count("pk"), d=Sum("dollars_at_stake"))
    )
    for row in rows:
        found[row["queue"]] = Amount(row["n"], row["d"] or ZERO)
    return found


def credits_held() -> Amount:
    """Services whose payer or patient paid more than is owed. Two queries."""
    rows = credit_balances()
    return Amount(rows.count(), credit_total(rows))


def unbuilt() -> int:
    """Coded visits with insurance that have no claim yet."""
    return unbilled_encounters(status=UNBUILT).count()


def closest_deadlines(limit: int = 6) -> list[Claim]:
    """Held and rejected claims whose filing limit comes first."""
    return list(
        Claim.objects.filter(state__in=[ClaimState.HELD, ClaimState.REJECTED])
        .select_related("encounter__patient", "payer")
        .order_by("filing_deadline", "-total_charge")[:limit]
    )


def files_of_day(day: date) -> QuerySet[Transmission]:
    """What was sent and received on a day, newest first, without the bytes."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(day, time.min, tzinfo=zone)
    last = datetime.combine(day, time.max, tzinfo=zone)
    return (
        Transmission.objects.filter(created_at__range=(first, last))
        .exclude(kind__in=[FileKind.ELIGIBILITY_INQUIRY, FileKind.ELIGIBILITY_ANSWER])
        .select_related("partner")
        .defer("content")
        .annotate(claims=Count("submissions"))
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """The newest files that need a look, and how many there are of a state that has more."""

    shown: Sequence[Transmission]
    more: list[tuple[str, int]]
    """The state, and how many files are in it in all."""


def files_in_trouble(limit: int = 5) -> Trouble:
    """Claim files that were refused, and answers that could not be processed."""
    shown = list(
        Transmission.objects.filter(
            Q(
                direction=Direction.OUTBOUND,
                kind=FileKind.CLAIMS,
                sent_at=None,
                state=TransmissionState.REFUSED,
            )
            | Q(direction=Direction.INBOUND, state=TransmissionState.FAILED)
        )
        .exclude(kind__in=[FileKind.ELIGIBILITY_INQUIRY, FileKind.ELIGIBILITY_ANSWER])
        .defer("content")
        .annotate(
            claims=Count("submissions", filter=Q(submissions__is_current=True)),
            dollars=Sum("submissions__total_charge", filter=Q(submissions__is_current=True)),
        )
        .order_by("-id")[:limit]
    )
    if len(shown) < limit:
        return Trouble(shown, [])
    counts = in_trouble()
    states = (TransmissionState.FAILED, TransmissionState.REFUSED)
    return Trouble(
        shown,
        [
            (state.value, counts[state.value])
            for state in states
            if counts[state.value] > sum(file.state == state for file in shown)
        ],
    )
