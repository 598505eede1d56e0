"""`manage.py restore FILE`: a backup into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refused
from rcm.runtime import pgtools


class Command(BaseCommand):
    help = "Loads a file of `manage.py backup` into a database without tables."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pgtools.restore(options["file"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored. Check it with: manage.py verify_books")
