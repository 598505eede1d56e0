"""`manage.py backup FILE`: the whole database in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import Refused
from rcm.runtime import pgtools


class Command(BaseCommand):
    help = "Writes the whole database to a new file (pg_dump's custom format)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            size = pgtools.back_up(options["file"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['file']}: {size:,} bytes. Keep SECRET_KEY with it.")
