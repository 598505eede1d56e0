"""How long claims have been in the payer's hands, and which of them for too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import (
    Aggregate,
    Count,
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from claims.enums import AWAITING_PAYER, ClaimState
from claims.models import Claim, ClaimLine, Submission
from claims.rules import BUCKETS, Bucket
from core.money import ZERO
from encounters.models import PayerPolicy


def overdue_claims(on: date) -> QuerySet[Claim]:
    """Claims that their payer did not settle in the days it is given.

    Not answered, or answered before that day and still owed without a denial that is worked.
    """
    policies = PayerPolicy.objects.values_list(
        "payer_id", "follow_up_days", "effective_from", "effective_to"
    )
    overdue, named = Q(pk__in=[]), Q(pk__in=[])
    periods: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    for payer, days, start, end in policies.order_by("effective_from"):
        periods[payer].append((days, start, end))
    for payer, rows in periods.items():
        for index, (days, start, end) in enumerate(rows):
            within = Q(payer=payer, service_date__gte=start)
            if end is not None:
                within &= Q(service_date__lte=end)
            elif index + 1 < len(rows):  # a later period takes over from an open one
                within &= Q(service_date__lt=rows[index + 1][1])
            named |= within
            overdue |= within & Q(sent_on__lt=on - timedelta(days=days))
    overdue |= ~named & Q(sent_on__lt=on - timedelta(days=settings.FIRSTPASS_FOLLOW_UP_DAYS))
    unanswered = Q(state__in=AWAITING_PAYER)
    answered = Exists(
        Submission.objects.filter(
            claim=OuterRef("pk"), is_current=True, adjudicated_at__lt=_midnight(on)
        )
    )
    unsettled = Claim.objects.filter(unanswered | Q(answered, pk__in=owed_after_answer()))
    return with_sent_on(unsettled).filter(overdue)


def owed_after_answer() -> QuerySet[Claim]:
    """Answered claims whose payer still owes, and no denial says why.

    A reversal without its correction, or another payer's effect (OA-23) on a claim that was
    billed as primary: money that no other queue shows.
    """
    owing = ClaimLine.objects.filter(
        submission__claim=OuterRef("pk"),
        submission__is_current=True,
        charge_line__receivable__payer_balance__gt=0,
    )
    return Claim.objects.filter(Exists(owing), state=ClaimState.ADJUDICATED)


def with_sent_on(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Each claim with `sent_on`, the day (at the clinic) its current submission was sent."""
    sent = Submission.objects.filter(claim=OuterRef("pk"), is_current=True).order_by()
    days = sent.annotate(day=TruncDate("sent_at")).values("day")[:1]
    return rows.annotate(sent_on=Subquery(days, output_field=DateField()))


def sent_days(claim_ids: Iterable[int]) -> dict[int, date]:
    """The day (at the clinic) on which each claim's current submission was sent, when it was."""
    rows = Submission.objects.filter(
        claim_id__in=claim_ids, is_current=True, sent_at__isnull=False
    ).values_list("claim_id", "sent_at")
    return {claim_id: timezone.localtime(moment).date() for claim_id, moment in rows if moment}


@dataclass(frozen=True, slots=True)
class Aged:
    """One bucket of unanswered claims: how many, and their charges in US dollars."""

    bucket: Bucket
    claims: int
    charge: Decimal


def sent_between(bucket: Bucket, on: date, prefix: str = "") -> Q:
    """Submissions that were sent so many days before `on`; `prefix` leads to them."""
    condition = Q(**{f"{prefix}sent_at__lt": _midnight(on - timedelta(days=bucket.first - 1))})
    if bucket.last is not None:
        condition &= Q(**{f"{prefix}sent_at__gte": _midnight(on - timedelta(days=bucket.last))})
    return condition


def _midnight(day: date) -> datetime:
    """The moment at which the day begins at the clinic."""
    return timezone.make_aware(datetime.combine(day, time.min))


def aged_claims(on: date, payer_id: int | None = None) -> list[Aged]:
    """Every bucket of unanswered claims, the empty ones as well. One query."""
    rows = Submission.objects.filter(is_current=True, claim__state__in=AWAITING_PAYER).order_by()
    if payer_id is not None:
        rows = rows.filter(claim__payer_id=payer_id)
    sums: dict[str, Aggregate] = {}
    for index, bucket in enumerate(BUCKETS):
        within = sent_between(bucket, on)
        sums[f"n{index}"] = Count("pk", filter=within)
        sums[f"c{index}"] = Sum("total_charge", filter=within, default=ZERO)
    found = rows.aggregate(**sums)
    return [
        Aged(bucket, int(found[f"n{index}"]), found[f"c{index}"])
        for index, bucket in enumerate(BUCKETS)
    ]
