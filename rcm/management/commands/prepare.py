"""`manage.py prepare`: what must be done before the product can serve, the first time and after
each update. Safe to run again; a second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from core.audit.models import AuditEvent
from core.audit.services import record
from encounters.models import Encounter
from rcm.runtime import env

_STARTED, _FINISHED = "demo.seeding_started", "demo.seeding_finished"


class Command(BaseCommand):
    help = (
        "Migrates the database, loads the code lists that come with the product and, when asked, "
        "collects the static files and fills an empty database with the demo clinic."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--static", action="store_true", help="collect the static files for the web process"
        )
        parser.add_argument(
            "--demo", action="store_true", help="seed the demo clinic when there is no encounter"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if options["static"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_demo_codes", stdout=self.stdout)
        if options["demo"] and _wants_demo():
            days = env.integer("FIRSTPASS_DEMO_DAYS", 56, least=1)
            visits = env.integer("FIRSTPASS_DEMO_ENCOUNTERS", 60, least=1)
            self.stdout.write(f"Seeding the demo clinic: {days} days, {visits} encounters a day …")
            record(actor=None, action=_STARTED)
            call_command(
                "seed_demo",
                "--days",
                str(days),
                "--encounters-per-day",
                str(visits),
                stdout=self.stdout,
            )
            record(actor=None, action=_FINISHED)
        self.stdout.write("Prepared.")


def _wants_demo() -> bool:
    """An empty database, or one whose seeding was interrupted (seeding goes on where it was)."""
    done = set(
        AuditEvent.objects.filter(action__in=(_STARTED, _FINISHED)).values_list("action", flat=True)
    )
    if done:
        return _FINISHED not in done
    return not Encounter.objects.exists()
