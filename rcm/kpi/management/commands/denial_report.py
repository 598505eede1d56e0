"""The weekly denial report at the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from core.ui import formats
from rcm.kpi.exports import as_csv, as_json
from rcm.kpi.queries.kpis import Measured, measure
from rcm.kpi.queries.weekly import DenialShare, WeeklyReport, weekly_report
from rcm.kpi.rules.definitions import WEEKLY
from rcm.kpi.rules.periods import Week
from rcm.kpi.weekly_pdf import report_pdf


class Command(BaseCommand):
    """Exit status 0: made. 1: a file could not be written. 2: the week cannot be reported on."""

    help = "Denials of an ISO week: top three reasons, by payer, provider and root cause."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--week 2026-W46``, and where to put what."""
        parser.add_argument("--week", help="ISO week, such as 2026-W46; without it the last one")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="Write the figures as CSV")
        parser.add_argument("--pdf", type=Path, metavar="FILE", help="Write the report as PDF")
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the report once, write it in every form that was asked for."""
        week = self._week(options["week"])
        report = weekly_report(week)
        kpis = [measure(key, week) for key in WEEKLY]
        try:
            if options["csv"]:
                options["csv"].write_text(as_csv(report), encoding="utf-8", newline="")
            if options["pdf"]:
                options["pdf"].write_bytes(report_pdf(report, kpis))
        except OSError as error:
            self._stop(1, f"{error.filename} cannot be written ({error.strerror}). Name another.")
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report, kpis), ensure_ascii=False))
        else:
            self._print(report, kpis)

    def _week(self, text: str | None) -> Week:
        this = Week.of(clock.today())
        if text is None:
            return this.back(1)
        week = Week.parse(text)
        if week is None:
            self._stop(2, f"{text!r} is no ISO week. Write it as year and week: {this.key}.")
        if week > this:
            self._stop(2, f"{week.key} lies ahead. The newest week is {this.key}.")
        return week

    def _stop(self, status: int, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(status)

    def _print(self, report: WeeklyReport, kpis: list[Measured]) -> None:
        total = report.total
        self.stdout.write(
            f"Denials of {report.week.key} ({report.week}): {formats.usd(total.dollars)} in "
            f"{formats.counted(total.cases, 'case')}, "
            f"{formats.usd(total.recovered)} recovered since"
        )
        self.stdout.write("\nTop three reasons")
        for one in report.reasons:
            self._line(f"{one.code:<7} {one.title}", one.share)
        for title, shares in (
            ("By payer", report.payers),
            ("By provider", report.providers),
            ("By root cause", report.causes),
        ):
            self.stdout.write(f"\n{title}")
            for share in shares:
                self._line(share.label, share)
        self.stdout.write("\nKey figures of the week")
        for measured in kpis:
            self.stdout.write(
                f"  {measured.definition.name:<52}{measured.shown:>10}  {measured.note}"
            )

    def _line(self, label: str, share: DenialShare) -> None:
        dollars = formats.usd(share.dollars)
        self.stdout.write(f"  {label[:52]:<52}{share.cases:>10,}{dollars:>14}")
