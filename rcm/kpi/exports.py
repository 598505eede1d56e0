"""The weekly report for other programs: as JSON and as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

from defusedcsv import csv  # a spreadsheet must not take a name for a formula

from rcm.kpi.queries.kpis import Measured
from rcm.kpi.queries.weekly import DenialShare, WeeklyReport

_CSV_HEAD = ("week", "by", "key", "label", "cases", "claims", "denied", "recovered")


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _share(share: DenialShare) -> dict[str, object]:
    return {
        "label": share.label,
        "cases": share.cases,
        "claims": share.claims,
        "denied": _money(share.dollars),
        "recovered": _money(share.recovered),
    }


def as_json(report: WeeklyReport, kpis: list[Measured]) -> dict[str, object]:
    """Everything the report says; dollars are strings, so that no cent is lost."""
    return {
        "week": report.week.key,
        "from": report.week.first.isoformat(),
        "to": report.week.last.isoformat(),
        "total": {key: value for key, value in _share(report.total).items() if key != "label"},
        "top_reasons": [
            {
                **_share(one.share),
                "group": one.group,
                "carc": one.carc,
                "label": one.title,
                "meaning": one.meaning,
            }
            for one in report.reasons
        ],
        "by_payer": [_share(share) for share in report.payers],
        "by_provider": [_share(share) for share in report.providers],
        "by_root_cause": [_share(share) for share in report.causes],
        "trend": [{"week": week.key, **_numbers(share)} for week, share in report.trend],
        "kpis": [
            {
                "key": one.definition.key,
                "value": None if one.value is None else str(one.value),
                "unit": one.definition.unit.value,
                "numerator": str(one.numerator),
                "denominator": str(one.denominator),
            }
            for one in kpis
        ],
    }


def _numbers(share: DenialShare) -> dict[str, object]:
    return {"cases": share.cases, "denied": _money(share.dollars)}


def as_csv(report: WeeklyReport) -> str:
    """A row for each figure, in US dollars and cents, below the names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_CSV_HEAD)
    writer.writerows(_csv_rows(report))
    return out.getvalue()


def _csv_rows(report: WeeklyReport) -> Iterator[tuple[str, ...]]:
    yield _csv_row(report, "total", "", report.total)
    for one in report.reasons:
        yield _csv_row(report, "reason", one.code, one.share, one.title)
    for by, name, shares in (
        ("payer", "payer", report.payers),
        ("provider", "provider", report.providers),
        ("root cause", "cause", report.causes),
    ):
        for share in shares:
            yield _csv_row(report, by, share.filters[name], share)
    for week, share in report.trend:
        yield _csv_row(report, "week", week.key, share)


def _csv_row(
    report: WeeklyReport, by: str, key: str, share: DenialShare, label: str = ""
) -> tuple[str, ...]:
    counts = (str(share.cases), str(share.claims))
    dollars = (_money(share.dollars), _money(share.recovered))
    return (report.week.key, by, key, label or share.label, *counts, *dollars)
