"""Denial cases as lists and numbers: one place for the queue and for whoever counts denials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from core import clock
from core.access.enums import Role
from core.money import ZERO
from core.parameters import parse_pk
from denials.enums import DenialState, Resolution, RootCause
from denials.models import Denial

SORTS = {
    "priority": "work_item__priority",
    "dollars": "amount",
    "deadline": "deadline",
    "denied": "denied_on",
    "claim": "claim__number",
    "payer": "claim__payer__name",
}

#: What the queue shows without a filter: cases that somebody still has to decide.
STATES = {
    "": ("To be worked", [DenialState.OPEN]),
    "later": ("Put away for later", [DenialState.OPEN]),
    "waiting": ("Corrected, waiting", [DenialState.CORRECTED]),
    "recovered": ("Recovered", [DenialState.RECOVERED]),
    "lost": (
        "Closed without payment",
        [DenialState.WRITTEN_OFF, DenialState.MOVED_TO_PATIENT, DenialState.UPHELD],
    ),
    "all": ("All", list(DenialState)),
}


def denials(filters: Mapping[str, str]) -> QuerySet[Denial]:
    """The cases that the filters leave, in their order; every page and report stands on it.

    Filters: ``state`` (see `STATES`), ``carc``, ``group``, ``payer``, ``provider``, ``owner``,
    ``cause``, ``route``, ``due`` (overdue, week, month), ``least`` (dollars), ``from`` and
    ``to`` (denied on), ``week`` (ISO, 2026-W46), ``initial`` (1), ``q``. Unknown values are
    ignored.
    """
    rows = Denial.objects.select_related(
        "claim__payer", "claim__encounter__patient", "claim__encounter__provider", "work_item"
    )
    shown = filters.get("state", "")
    _, states = STATES.get(shown, STATES[""])
    if len(states) < len(DenialState):
        rows = rows.filter(state__in=states)
    if states == [DenialState.OPEN]:
        asleep = _asleep()
        rows = rows.filter(asleep if shown == "later" else ~asleep)
    for name, column, allowed in (
        ("owner", "owner_role", Role.values),
        ("cause", "root_cause", RootCause.values),
        ("route", "route", Resolution.values),
    ):
        if filters.get(name) in allowed:
            rows = rows.filter(**{column: filters[name]})
    for name in ("carc", "group"):
        code = filters.get(name, "").strip().upper()
        if code:
            rows = rows.filter(**{name: code})
    for name, column in (
        ("payer", "claim__payer_id"),
        ("provider", "claim__encounter__provider_id"),
    ):
        pk = parse_pk(filters.get(name))
        if pk is not None:
            rows = rows.filter(**{column: pk})
    if filters.get("initial") == "1":
        rows = rows.filter(is_initial=True)
    rows = _by_day(_by_due(_by_dollars(rows, filters), filters), filters)
    rows = _by_words(rows, filters.get("q", "").strip())
    key = filters.get("sort", "") or "-priority"
    column = SORTS.get(key.lstrip("-"), "work_item__priority")
    return rows.order_by(f"{'-' if key.startswith('-') else ''}{column}", "pk")


def _asleep() -> Q:
    """Put away until a later day: not in the queue today, as `core.work` counts it."""
    return Q(work_item__snoozed_until__isnull=False, work_item__snoozed_until__gt=clock.today())


def _by_dollars(rows: QuerySet[Denial], filters: Mapping[str, str]) -> QuerySet[Denial]:
    try:
        least = Decimal(filters.get("least", "") or "0")
    except InvalidOperation:
        return rows
    return rows.filter(amount__gte=least) if least.is_finite() and least > 0 else rows


def _by_due(rows: QuerySet[Denial], filters: Mapping[str, str]) -> QuerySet[Denial]:
    today = clock.today()
    due = filters.get("due", "")
    if due == "overdue":
        return rows.filter(deadline__lt=today)
    if due in ("week", "month"):
        last = today + dt.timedelta(days=7 if due == "week" else 30)
        return rows.filter(deadline__range=(today, last))
    return rows


def _by_day(rows: QuerySet[Denial], filters: Mapping[str, str]) -> QuerySet[Denial]:
    first, last = _date(filters.get("from", "")), _date(filters.get("to", ""))
    week = week_days(filters.get("week", ""))
    if week is not None:
        first, last = week
    if first is not None:
        rows = rows.filter(denied_on__gte=first)
    if last is not None:
        rows = rows.filter(denied_on__lte=last)
    return rows


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def week_days(week: str) -> tuple[dt.date, dt.date] | None:
    """Monday and Sunday of an ISO week (``2026-W46``); None for anything else."""
    try:
        monday = dt.datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day
        return monday, monday + dt.timedelta(days=6)
    except (ValueError, OverflowError):  # the calendar ends on December 31, 9999
        return None


def _by_words(rows: QuerySet[Denial], text: str) -> QuerySet[Denial]:
    if not text:
        return rows
    return rows.filter(
        Q(claim__number__istartswith=text)
        | Q(claim__payer_claim_number__iexact=text)
        | Q(claim__encounter__patient__last_name__istartswith=text.split(",")[0])
        | Q(rarcs__contains=[text.upper()])
        | Q(carc__iexact=text)
    )


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
    return f"{count:,} case{'' if count == 1 else 's'}"


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
    asleep = _asleep()
    overdue = ~asleep & Q(deadline__lt=clock.today())
    is_open = {"open": (~asleep, "amount"), "overdue": (overdue, "amount")}
    decided = {
        "waiting": (Q(state=DenialState.CORRECTED), "amount"),
        "recovered": (Q(state=DenialState.RECOVERED), "recovered"),
    }
    found = Denial.objects.filter(state=DenialState.OPEN).aggregate(
        n_later=Count("pk", filter=asleep), **_counts(is_open)
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
