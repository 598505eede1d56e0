"""``manage.py load_codes SYSTEM FILE --effective DATE``."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coding.enums import ReleaseKind
from coding.services.load_codes import load_codes
from core.errors import Refused
from core.ui import formats


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it as 2026-10-01") from None


class Command(BaseCommand):
    help = (
        "Loads a published code list, edit or fee file in its publisher's own format, "
        "all or nothing. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "system",
            choices=ReleaseKind.values,
            metavar="SYSTEM",
            help=", ".join(ReleaseKind.values),
        )
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--effective",
            type=_day,
            required=True,
            metavar="DATE",
            help="the day the list is valid from: 2026-10-01",
        )
        parser.add_argument(
            "--part",
            action="store_true",
            help="only a part of the list: what is missing from it stays valid",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = load_codes(
                system=options["system"],
                path=options["file"],
                effective=options["effective"],
                complete=not options["part"],
            )
        except Refused as refusal:
            if options["json"]:
                self.stdout.write(
                    json.dumps(
                        {"ok": False, "error": refusal.code, "message": str(refusal)}
                        | refusal.context
                    )
                )
            self.stderr.write(f"Refused, nothing was changed. {refusal}")
            sys.exit(1)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True} | result.as_dict()))
            return
        rows = formats.counted(result.rows, "row")
        if result.already_loaded:
            self.stdout.write(f"{result.file}: already loaded ({rows}), nothing changed.")
            return
        self.stdout.write(
            f"{result.file}: {rows} of {result.system} from {result.effective}: "
            f"{result.added} added, {result.revised} revised, {result.ended} ended "
            f"({result.seconds} s)."
        )
