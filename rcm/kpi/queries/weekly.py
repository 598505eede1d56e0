"""The denials of a week: by reason, payer, provider and root cause, and the weeks before it.

Everything is counted by `denials.filters.DenialPageFilters` with the very filters of a figure's
address, so a number and the list behind it are always the same cases. A recovered denial stays
in: it was denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse

from core import clock
from core.access.enums import Role
from core.money import ZERO
from core.ui import formats
from denials.enums import RootCause
from denials.filters import DenialPageFilters
from denials.models import Denial
from denials.queries.cases import listed_denials
from denials.rules.playbook import find_entry
from encounters.models import Provider
from payments.rules.reasons import reason
from rcm.kpi.rules.periods import Week

TREND_WEEKS = 8


@dataclass(frozen=True, slots=True)
class DenialShare:
    """A part of the week's denials. Dollars are what was denied; `claims` counts claims once."""

    label: str
    cases: int
    claims: int
    dollars: Decimal
    recovered: Decimal
    filters: Mapping[str, str]
    sub: str = ""

    @property
    def href(self) -> str:
        """The cases it is made of."""
        return f"{reverse('denials:list')}?{urlencode(self.filters)}"

    @property
    def recovered_href(self) -> str:
        """Those of its cases that were paid after all."""
        return f"{reverse('denials:list')}?{urlencode({**self.filters, 'state': 'recovered'})}"


@dataclass(frozen=True, slots=True)
class ReasonShare:
    """A reason among the week's denials, in our own words."""

    share: DenialShare
    group: str
    carc: str
    title: str
    meaning: str
    first_step: str
    owner: str
    cause: str

    @property
    def code(self) -> str:
        """CO-4: group and reason as on the remittance."""
        return f"{self.group}-{self.carc}"


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """One week's denials, and the trend of the weeks that end with it."""

    week: Week
    total: DenialShare
    reasons: list[ReasonShare]
    payers: list[DenialShare]
    providers: list[DenialShare]
    causes: list[DenialShare]
    trend: list[tuple[Week, DenialShare]] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether the week has days to come: its figures still grow."""
        return self.week.last >= clock.today()

    @property
    def total_note(self) -> str:
        """Beside the week's dollars."""
        cases = formats.counted(self.total.cases, "case")
        return f"{cases} so far" if self.is_running else cases

    @property
    def before(self) -> DenialShare | None:
        """The week before, for comparison."""
        return self.trend[-2][1] if len(self.trend) > 1 else None


def latest_week() -> Week:
    """The newest complete week with a denial; the running week while there is none.

    The top three reasons of a week that still runs may change; on a Monday there are none.
    """
    running = Week.of(clock.today())
    newest = Denial.objects.filter(denied_on__lt=running.first).aggregate(day=Max("denied_on"))
    return Week.of(newest["day"]) if newest["day"] else running


def weekly_report(week: Week, *, top: int = 3) -> WeeklyReport:
    """The week's denials, counted five ways; five queries, one more for the providers' names."""
    base = {"state": "all", "week": week.key}
    rows = DenialPageFilters(base, listed_denials()).qs
    reasons = _shares(rows, base, {"group": "group", "carc": "carc"})
    payers = _shares(rows, base, {"payer": "claim__payer_id"}, "claim__payer__name")
    causes = _shares(rows, base, {"cause": "root_cause"})
    trend = _trend(week)
    return WeeklyReport(
        week=week,
        total=trend[-1][1],
        reasons=[_in_words(share) for share in reasons[:top]],
        payers=payers,
        providers=_by_provider(rows, base),
        causes=[_labelled(share, RootCause(share.filters["cause"]).label) for share in causes],
        trend=trend,
    )


_SUMS: dict[str, Any] = {
    "n": Count("pk"),
    "n_claims": Count("claim_id", distinct=True),
    "dollars": Sum("amount"),
    "back": Sum("recovered"),
}


def _shares(
    rows: QuerySet[Denial], base: Mapping[str, str], columns: Mapping[str, str], label: str = ""
) -> list[DenialShare]:
    """The rows grouped by the columns (filter name → column), the dearest first. One query."""
    names = [*columns.values(), *([label] if label else [])]
    found = rows.order_by().values(*names).annotate(**_SUMS).order_by("-dollars", *names)
    return [
        DenialShare(
            label=str(row[label]) if label else "",
            cases=row["n"],
            claims=row["n_claims"],
            dollars=row["dollars"],
            recovered=row["back"] or ZERO,
            filters={**base, **{name: str(row[column]) for name, column in columns.items()}},
        )
        for row in found
    ]


def _labelled(share: DenialShare, label: str, sub: str = "") -> DenialShare:
    return DenialShare(
        label, share.cases, share.claims, share.dollars, share.recovered, share.filters, sub
    )


def _by_provider(rows: QuerySet[Denial], base: Mapping[str, str]) -> list[DenialShare]:
    shares = _shares(rows, base, {"provider": "claim__encounter__provider_id"})
    providers = Provider.objects.in_bulk([int(share.filters["provider"]) for share in shares])
    return [
        _labelled(share, str(one := providers[int(share.filters["provider"])]), one.specialty)
        for share in shares
    ]


def _in_words(share: DenialShare) -> ReasonShare:
    group, carc = share.filters["group"], share.filters["carc"]
    entry = find_entry(group, carc)
    known = reason(carc)
    return ReasonShare(
        share=share,
        group=group,
        carc=carc,
        title=entry.title if entry.carc else known.words,
        meaning=entry.meaning,
        first_step=entry.steps[0] if entry.steps else "",
        owner=Role(entry.owner).label,
        cause=entry.cause.label,
    )


def _trend(week: Week) -> list[tuple[Week, DenialShare]]:
    """Each of the weeks that end with `week`; weeks without a denial are zero. One query."""
    weeks = week.run(TREND_WEEKS)
    found = {
        row["week"]: row
        for row in listed_denials()
        .filter(Q(denied_on__gte=weeks[0].first) & Q(denied_on__lte=week.last))
        .order_by()
        .annotate(week=TruncWeek("denied_on"))
        .values("week")
        .annotate(**_SUMS)
    }
    return [(one, _week_share(one, found.get(one.first))) for one in weeks]


def _week_share(week: Week, row: Mapping[str, Any] | None) -> DenialShare:
    filters = {"state": "all", "week": week.key}
    if row is None:
        return DenialShare(str(week), 0, 0, ZERO, ZERO, filters)
    return DenialShare(
        str(week), row["n"], row["n_claims"], row["dollars"], row["back"] or ZERO, filters
    )
