"""The KPIs of a period, and the rows that each is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from core.ui import formats
from rcm.kpi.queries.parts import PARTS, KpiPart
from rcm.kpi.rules.definitions import BY_KEY, DEFINITIONS, Definition, Unit
from rcm.kpi.rules.periods import Week


@dataclass(frozen=True, slots=True)
class Measured:
    """One KPI with what it was made of. `value` is None while there is nothing to divide by."""

    definition: Definition
    week: Week
    span: int
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    waiting: Decimal | None

    def _href(self, part: str) -> str:
        query = {"week": self.week.key, "span": str(self.span), "part": part}
        return f"{reverse('manager:kpi', args=[self.definition.key])}?{urlencode(query)}"

    @property
    def numerator_href(self) -> str:
        """The rows of the numerator."""
        return self._href("numerator")

    @property
    def denominator_href(self) -> str:
        """The rows of the denominator."""
        return self._href("denominator")

    @property
    def waiting_href(self) -> str:
        """The rows of the denominator that are not decided yet."""
        return self._href("waiting")

    @property
    def shown(self) -> str:
        """12.4%, 31.5 days, or a dash."""
        if self.value is None:
            return formats.DASH
        if self.definition.unit is Unit.DAYS:
            return f"{self.value} days"
        return f"{self.value}%"  # to the decimal that was counted: 7.0% beside 12.4%

    @property
    def numerator_shown(self) -> str:
        """Dollars or a count."""
        return self._part(self.numerator)

    @property
    def denominator_shown(self) -> str:
        """Dollars or a count."""
        return self._part(self.denominator)

    @property
    def waiting_shown(self) -> str:
        """Dollars or a count."""
        return self._part(self.waiting or Decimal(0))

    @property
    def denominator_words(self) -> str:
        """What the denominator is; a daily average says over how many days."""
        words = self.definition.denominator
        days = self.week.period(self.span).days
        return f"{words} of {days} days, taken per day" if self.definition.per_day else words

    def _part(self, value: Decimal) -> str:
        return formats.usd(value) if self.definition.money else formats.count(int(value))

    @property
    def note(self) -> str:
        """12 of 150, 90 without an answer: under a tile."""
        words = f"{self.numerator_shown} of {self.denominator_shown}"
        if self.waiting:
            words += f", {self.waiting_shown} {self.definition.waiting.lower()}"
        return words


def measure(key: str, week: Week, span: int = 1) -> Measured:
    """One KPI over the `span` weeks that end with `week`. Two or three queries."""
    definition, period = BY_KEY[key], week.period(span)
    parts = PARTS[key](period)
    numerator, denominator = parts.numerator.value(), parts.denominator.value()
    value = definition.value(numerator, denominator, period.days)
    waiting = parts.waiting.value() if parts.waiting is not None else None
    return Measured(definition, week, span, numerator, denominator, value, waiting)


def measure_all(week: Week, span: int) -> list[Measured]:
    """Every KPI, in the order of the definitions."""
    return [measure(one.key, week, span) for one in DEFINITIONS]


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One row behind a KPI, the same for every kind. `figure` is what it adds to a sum."""

    label: str
    href: str
    sub: str
    day: dt.date
    what: str
    figure: Decimal | None


_RELATED: Final[dict[str, tuple[str, ...]]] = {
    "claim": ("encounter__patient", "payer"),
    "denial": ("claim__encounter__patient", "claim__payer"),
    "visit": ("patient", "primary_coverage__payer"),
    "coding": ("encounter__patient", "encounter__provider"),
    "line": ("version__encounter__patient", "receivable"),
    "posting": ("entry", "receivable"),
}


ROW_HEADS: Final = {
    "claim": "Claim",
    "denial": "Claim",
    "visit": "Visit",
    "coding": "Visit",
    "line": "Service",
    "posting": "Ledger entry",
}


def rows_of(part: KpiPart) -> QuerySet[Any]:
    """The part's rows, newest first, with what a page says of them."""
    return part.rows.select_related(*_RELATED[part.kind]).order_by("-pk")


def as_rows(part: KpiPart, rows: Iterable[Any]) -> list[KpiRow]:
    """What the page shows of each of these rows."""
    build = {
        "claim": _claim,
        "denial": _denial,
        "visit": _visit,
        "coding": _coding,
        "line": _line,
        "posting": _posting,
    }[part.kind]
    return [
        KpiRow(*build(row), figure=Decimal(row.figure) if part.is_sum else None) for row in rows
    ]


_Shown = tuple[str, str, str, dt.date, str]


def _claim(row: Any) -> _Shown:
    href = reverse("claims:detail", args=[row.pk])
    state = f"{row.payer.name} · {row.get_state_display()}"
    return row.number, href, row.encounter.patient.name, row.service_date, state


def _denial(row: Any) -> _Shown:
    href = reverse("denials:detail", args=[row.pk])
    what = f"{row.group}-{row.carc} · {row.claim.payer.name} · {row.get_state_display()}"
    return row.claim.number, href, row.claim.encounter.patient.name, row.denied_on, what


def _visit(row: Any) -> _Shown:
    href = reverse("front_desk:encounter", args=[row.pk])
    what = f"{row.primary_coverage.payer.name} · {row.get_status_display()}"
    return row.number, href, row.patient.name, row.service_date, what


def _coding(row: Any) -> _Shown:
    visit = row.encounter
    href = reverse("front_desk:encounter", args=[visit.pk])
    return visit.number, href, visit.patient.name, visit.service_date, str(visit.provider)


def _line(row: Any) -> _Shown:
    visit = row.version.encounter
    href = (
        reverse("payments:receivable", args=[row.receivable_id])
        if row.receivable_id
        else reverse("front_desk:encounter", args=[visit.pk])
    )
    return (
        f"{visit.number} · {row.code}",
        href,
        visit.patient.name,
        row.service_date,
        row.description,
    )


def _posting(row: Any) -> _Shown:
    href = reverse("payments:entry", args=[row.entry_id])
    what = row.entry.memo or row.entry.get_kind_display()
    return f"Entry {row.entry_id}", href, row.get_account_display(), row.entry.occurred_on, what
