"""`manage.py seed_demo`: the demo clinic, through the real pipeline."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refused
from simulator.demo.counting import counts
from simulator.demo.seeding import seed_demo


class Command(BaseCommand):
    """Safe to run again: a finished demo is left alone, an interrupted one is finished."""

    help = "Fills an empty database with a clinic that lived through some weeks."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and which."""
        parser.add_argument("--days", type=int, default=56, help="days before today (56)")
        parser.add_argument("--encounters-per-day", type=int, default=60, help="visits a day (60)")
        parser.add_argument("--seed", type=int, default=1, help="another number, another clinic")
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, telling each day, then count what is there."""
        days, per_day = options["days"], options["encounters_per_day"]
        if days < 1 or per_day < 1:
            raise CommandError("The demo needs at least one day and one visit a day.")
        as_json = options["json"]

        def say(text: str) -> None:
            if not as_json:
                self.stdout.write(text)
                self.stdout.flush()

        if options["verbosity"] < 2:
            logging.disable(logging.INFO)  # eight weeks of every file and sweep
        try:
            result = seed_demo(days=days, per_day=per_day, seed=options["seed"], say=say)
        except Refused as refusal:
            raise CommandError(f"{refusal.message} {refusal.fix}".strip()) from refusal
        finally:
            logging.disable(logging.NOTSET)
        found = counts()
        if as_json:
            self.stdout.write(
                json.dumps(
                    {
                        "was_there": result.was_there,
                        "days_lived": result.days_lived,
                        "seconds": round(result.seconds, 1),
                        "counts": found,
                    }
                )
            )
            return
        if result.was_there:
            self.stdout.write("The demo clinic is there already; nothing was changed.")
        else:
            self.stdout.write(f"The demo clinic is ready after {result.seconds:.0f} s.")
        for name, number in found.items():
            self.stdout.write(f"  {name:<40} {number:>7,}")
