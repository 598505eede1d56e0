"""`manage.py health [web|worker]`: is a part able to work; made for container health checks."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rcm.runtime import health


class Command(BaseCommand):
    help = "Prints the state of database, Redis and worker; status 1 when the part cannot work."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", nargs="?", choices=("web", "worker"), default="web")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = health.status()
        if options["json"]:
            self.stdout.write(json.dumps(parts))
        else:
            for name, state in parts.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {state}")
        if not parts["healthy"]:
            raise CommandError("The database or Redis cannot be reached.")
        if options["part"] == "worker" and parts["worker"] != "ok":
            raise CommandError(f"The worker is {parts['worker']}.")
