"""`manage.py start_over`: delete this installation's data, wherever it is (`make start-over`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refused
from rcm.runtime import start_over

_WORD = "delete"


class Command(BaseCommand):
    help = (
        "Deletes the embedded database, its messages, keys and files: everything in var/ and, "
        "when it was made by root, below /var/lib/firstpass. The product must not be running."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "DATABASE_URL names a database outside, which this command does not touch. "
                "Unset DATABASE_URL and REDIS_URL to delete the embedded one."
            )
        var: Path = settings.VAR
        try:
            start_over.check_safe(var, settings.BASE_DIR)
            if not options["yes"]:
                self._ask(start_over.folders(var))
            deleted = start_over.delete(var)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Data is left behind: {error}") from error
        self.stdout.write("Deleted: " + ", ".join(map(str, deleted)))
        for folder in start_over.abandoned():
            self.stdout.write(f"{folder} belongs to a checkout that does not exist any more.")

    def _ask(self, folders: list[Path]) -> None:
        """Continue only when a person types the word."""
        self.stdout.write("This deletes all data of this installation, and cannot be undone:")
        for folder in folders:
            self.stdout.write(f"  {folder}")
        self.stdout.write(f"Type {_WORD} to go on: ", ending="")
        self.stdout.flush()
        if sys.stdin.readline().strip() != _WORD:
            raise CommandError("Nothing was deleted. (--yes does not ask.)")
