"""``python -m x12 inspect FILE…``: look into X12 files without the product.

``manage.py x12`` takes the same arguments and ends with the same status: both call :func:`run`.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from x12.guides import BY_KIND
from x12.guides.guidebook import describe, page
from x12.inspecting import inspect, tree

Print = Callable[[str], Any]
"""Takes one line of output, without its line end."""


class WrongUsage(Exception):
    """The command cannot run as it was called (exit status 2)."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions ``inspect``, ``guide`` and ``reference``."""
    actions = parser.add_subparsers(dest="action", required=True)
    look = actions.add_parser("inspect", help="one JSON object per file")
    look.add_argument("files", nargs="+", type=Path, metavar="FILE")
    look.add_argument("--json", action="store_true", help="JSON, one object per line")
    look.add_argument("--tree", action="store_true", help="a readable tree instead of JSON")
    tables = actions.add_parser("guide", help="the tables of a guide, as Markdown")
    tables.add_argument("kind", choices=list(BY_KIND))
    pages = actions.add_parser("reference", help="write a page per guide, as Markdown")
    pages.add_argument("directory", type=Path)


def run(options: Namespace, out: Print, err: Print) -> int:
    """Run one action; returns the exit status: 1 when a file would be refused, else 0."""
    if options.action == "guide":
        for line in describe(BY_KIND[options.kind]):
            out(line)
        return 0
    if options.action == "reference":
        options.directory.mkdir(parents=True, exist_ok=True)
        for kind, guide in BY_KIND.items():
            (options.directory / f"{kind}.md").write_text(page(guide), encoding="utf-8")
        return 0
    refused = False
    for path in options.files:
        if not path.is_file():
            raise WrongUsage(f"{path} is not a file")
        report = inspect(path, name=path.name)
        refused = refused or not report["ok"]
        if options.tree and not options.json:
            for line in tree(path, name=path.name):
                out(line)
        else:
            out(json.dumps(report, indent=None if options.json else 2))
        err(summary(report))
    return 1 if refused else 0


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


def main(arguments: list[str] | None = None) -> int:
    """The command itself; returns the exit status."""
    parser = ArgumentParser(
        prog="x12", description="Say what X12 files hold: transactions, claims, sums, errors."
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        return run(
            options,
            lambda line: sys.stdout.write(f"{line}\n"),
            lambda line: sys.stderr.write(f"{line}\n"),
        )
    except WrongUsage as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
