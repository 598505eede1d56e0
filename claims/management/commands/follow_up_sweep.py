"""`follow_up_sweep`: claims that wait too long come into the follow-up queue."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims.services import follow_up_sweep


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no day. Write it as 2026-11-23.", returncode=2) from error


class Command(BaseCommand):
    """Exit status 0 = done, 2 = wrong usage."""

    help = "Queue claims that the payer left unanswered too long, release the answered ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--on` sweeps as if it were that day; `--json` for programs."""
        parser.add_argument("--on", help="the day to sweep for (YYYY-MM-DD); default today")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and say what changed."""
        result = follow_up_sweep(on=_day(options["on"]) if options["on"] else None)
        if options["json"]:
            self.stdout.write(
                json.dumps({"opened": result.opened, "closed": result.closed, "open": result.open})
            )
        else:
            self.stdout.write(
                f"{result.opened} claims queued for follow-up, {result.closed} released; "
                f"{result.open} are open."
            )
