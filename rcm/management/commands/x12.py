"""Look into X12 files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from x12 import __main__ as command


class Command(BaseCommand):
    """``x12 inspect FILE…``: a JSON object per file, or a tree; ``x12 guide KIND``: its tables."""

    help = "Say what is in X12 files: transactions, claims, sums, balance, errors."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Action and files."""
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the two actions; exit status 1 when a file would be refused."""
        try:
            status = command.run(Namespace(**options), self.stdout.write, self.stderr.write)
        except command.WrongUsage as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        if status:
            sys.exit(status)
