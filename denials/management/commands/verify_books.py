"""Recompute every invariant of the books."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from denials.queries.books import ALL_CHECKS
from payments.queries.books import run_checks


class Command(BaseCommand):
    """Exit status 0: nothing is wrong. 1: something is, and it is named."""

    help = "Recomputes every invariant of ledger, remittances, claims and denials."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json``: one object on standard output."""
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """All checks see the same state: one repeatable-read transaction that writes nothing."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            results = run_checks(ALL_CHECKS)
        violations = [v for result in results for v in result.violations]
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "checked": sum(result.checked for result in results),
                        "violations": len(violations),
                        "checks": [
                            {
                                "name": result.check.name,
                                "says": result.check.says,
                                "checked": result.checked,
                                "violations": [
                                    {"subject": v.subject, "message": v.message}
                                    for v in result.violations
                                ],
                            }
                            for result in results
                        ],
                    }
                )
            )
        else:
            for result in results:
                mark = "ok " if not result.violations else "BAD"
                self.stdout.write(f"{mark} {result.checked:>9,}  {result.check.says}")
                for violation in result.violations:
                    self.stdout.write(f"      {violation.subject}: {violation.message}")
            self.stdout.write(
                f"checked {sum(r.checked for r in results):,}, violations {len(violations)}"
            )
        if violations:
            sys.exit(1)
