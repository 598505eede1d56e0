"""Look into X12 files."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from x12.guidebook import describe
from x12.guides import BY_KIND
from x12.inspecting import inspect, tree


class Command(BaseCommand):
    """``x12 inspect FILE…``: a JSON object per file, or a tree; ``x12 guide KIND``: its tables."""

    help = "Say what stands in X12 files: transactions, claims, sums, balance, errors."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Action and files."""
        actions = parser.add_subparsers(dest="action", required=True)
        look = actions.add_parser("inspect", help="one JSON object per file")
        look.add_argument("files", nargs="+", type=Path, metavar="FILE")
        look.add_argument("--json", action="store_true", help="JSON, one object per line")
        look.add_argument("--tree", action="store_true", help="a readable tree instead of JSON")
        tables = actions.add_parser("guide", help="the tables of a guide, as Markdown")
        tables.add_argument("kind", choices=list(BY_KIND))

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the two actions."""
        if options["action"] == "guide":
            for line in describe(BY_KIND[options["kind"]]):
                self.stdout.write(line)
            return
        self.inspect(
            options["files"],
            as_tree=options["tree"] and not options["json"],
            compact=options["json"],
        )

    def inspect(self, files: list[Path], *, as_tree: bool, compact: bool) -> None:
        """Look at each file; exit status 1 when one of them would be refused."""
        refused = False
        for path in files:
            if not path.is_file():
                raise CommandError(f"{path} is not a file", returncode=2)
            report = inspect(path, name=path.name)
            refused = refused or not report["ok"]
            if as_tree:
                for line in tree(path, name=path.name):
                    self.stdout.write(line)
            else:
                self.stdout.write(json.dumps(report, indent=None if compact else 2))
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
