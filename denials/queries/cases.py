"""Denial cases as lists and numbers: one place for the queue and for whoever counts denials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from core import clock
from core.money import ZERO
from core.ui import formats
from denials.enums import DenialState
from denials.models import Denial


def listed_denials() -> QuerySet[Denial]:
    """All cases as the queue shows them; every page and report is made from it."""
    return Denial.objects.select_related(
        "claim__payer", "claim__encounter__patient", "claim__encounter__provider", "work_item"
    )


def snoozed() -> Q:
    """Snoozed until a later day: not in the queue today, as `core.work` counts it."""
    return Q(work_item__snoozed_until__isnull=False, work_item__snoozed_until__gt=clock.today())


def week_days(week: str) -> tuple[dt.date, dt.date] | None:
    """Monday and Sunday of an ISO week (``2026-W46``); None for anything else."""
    try:
        monday = dt.datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day
        return monday, monday + dt.timedelta(days=6)
    except (ValueError, OverflowError):  # the calendar ends on December 31, 9999
        return None


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """What the queue's tiles say."""

    open: int
    open_dollars: Decimal
    overdue: int
    overdue_dollars: Decimal
    waiting: int
    waiting_dollars: Decimal
    recovered: int
    recovered_dollars: Decimal
    later: int

    @property
    def open_note(self) -> str:
        """Beside the dollars to be worked."""
        return _cases(self.open)

    @property
    def overdue_note(self) -> str:
        """Beside the overdue dollars."""
        return _cases(self.overdue)

    @property
    def waiting_note(self) -> str:
        """Beside the dollars that wait for the payer."""
        return _cases(self.waiting)

    @property
    def recovered_note(self) -> str:
        """Beside the recovered dollars."""
        return _cases(self.recovered)


def _cases(count: int) -> str:
    return formats.counted(count, "case")


def _counts(of: Mapping[str, tuple[Q, str]]) -> dict[str, Aggregate]:
    """`n_` and `d_` for each name: how many fit, and the sum of their column."""
    return {
        **{f"n_{name}": Count("pk", filter=fits) for name, (fits, _) in of.items()},
        **{f"d_{name}": Sum(column, filter=fits) for name, (fits, column) in of.items()},
    }


def queue_totals() -> QueueTotals:
    """Counts and dollars of the whole queue; two queries.

    Only open cases are joined to their work items: the decided ones are the most of them.
    """
    later = snoozed()
    overdue = ~later & Q(deadline__lt=clock.today())
    is_open = {"open": (~later, "amount"), "overdue": (overdue, "amount")}
    decided = {
        "waiting": (Q(state=DenialState.CORRECTED), "amount"),
        "recovered": (Q(state=DenialState.RECOVERED), "recovered"),
    }
    found = Denial.objects.filter(state=DenialState.OPEN).aggregate(
        n_later=Count("pk", filter=later), **_counts(is_open)
    ) | Denial.objects.filter(state__in=[DenialState.CORRECTED, DenialState.RECOVERED]).aggregate(
        **_counts(decided)
    )
    dollars = {name: found[f"d_{name}"] or ZERO for name in (*is_open, *decided)}
    return QueueTotals(
        open=found["n_open"],
        open_dollars=dollars["open"],
        overdue=found["n_overdue"],
        overdue_dollars=dollars["overdue"],
        waiting=found["n_waiting"],
        waiting_dollars=dollars["waiting"],
        recovered=found["n_recovered"],
        recovered_dollars=dollars["recovered"],
        later=found["n_later"],
    )


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason among the cases shown, with how many and how much."""

    group: str
    carc: str
    count: int
    dollars: Decimal


def top_reasons(rows: QuerySet[Denial], limit: int = 3) -> list[ReasonRow]:
    """The reasons that cost the most in these rows."""
    grouped = (
        rows.order_by()
        .values("group", "carc")
        .annotate(cases=Count("pk"), dollars=Sum("amount"))
        .order_by("-dollars", "carc")[:limit]
    )
    return [ReasonRow(row["group"], row["carc"], row["cases"], row["dollars"]) for row in grouped]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the rows deny, and what payers paid of it after all."""

    denied: Decimal
    recovered: Decimal


def sums_of(rows: QuerySet[Denial]) -> Sums:
    """The dollars of a list; one query."""
    found = rows.order_by().aggregate(denied=Sum("amount"), recovered=Sum("recovered"))
    return Sums(found["denied"] or ZERO, found["recovered"] or ZERO)


def counts_after(remittance_ids: Collection[int]) -> tuple[int, int]:
    """How many denials the posting of these remittances opened, and how many it decided."""
    opened = Denial.objects.filter(payment__remittance_id__in=remittance_ids)
    decided = Denial.objects.filter(answered_by__remittance_id__in=remittance_ids)
    return opened.count(), decided.count()
