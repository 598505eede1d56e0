"""Look into X12 files."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rcm.x12.inspecting import inspect, tree


class Command(BaseCommand):
    """``manage.py x12 inspect FILE…``: one JSON object per file, or a tree."""

    help = "Say what stands in X12 files: transactions, claims, sums, balance, errors."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Action and files."""
        parser.add_argument("action", choices=["inspect"])
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="JSON, one object per line")
        parser.add_argument("--tree", action="store_true", help="a readable tree instead of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Inspect each file; exit status 1 when one of them would be refused."""
        refused = False
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"{path} is not a file", returncode=2)
            if options["tree"] and not options["json"]:
                for line in tree(path, name=path.name):
                    self.stdout.write(line)
                continue
            report = inspect(path, name=path.name)
            self.stdout.write(json.dumps(report, indent=None if options["json"] else 2))
            refused = refused or not report["ok"]
            self.stderr.write(self.summary(report))
        if refused:
            sys.exit(1)

    @staticmethod
    def summary(report: dict[str, Any]) -> str:
        """One line for a person."""
        kinds = [t["kind"] for t in report["transactions"]]
        counted = ", ".join(f"{kinds.count(k)} × {k}" for k in dict.fromkeys(kinds)) or "nothing"
        text = f"{report['file']}: {counted}, {report['claims']} claims"
        if report["balance"] is not None:
            text += ", balanced" if report["balance"]["balanced"] else ", OUT OF BALANCE"
        if report["errors_total"]:
            first = report["errors"][0]
            where = f"segment {first['segment']}: " if first.get("segment") else ""
            text += f"; {report['errors_total']} errors, the first: {where}{first['message']}"
        return text
