"""Read the whole audit chain and say whether anybody touched it."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.audit.services import verify_chain


class Command(BaseCommand):
    """Exit status 0: the chain holds. 1: it does not, and each break is named."""

    help = "Recomputes the audit record's hash chain and names every event that was touched."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json`` and ``--last``."""
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout")
        parser.add_argument(
            "--last",
            metavar="HASH",
            default="",
            help="A hash that an earlier run printed: it must still stand in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads only."""
        chain = verify_chain(known=options["last"])
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "checked": chain.sealed,
                        "unsealed": chain.unsealed,
                        "last": chain.last,
                        "violations": len(chain.problems),
                        "problems": chain.problems,
                    }
                )
            )
        else:
            for problem in chain.problems:
                self.stdout.write(problem)
            self.stdout.write(
                f"checked {chain.sealed:,}, not sealed yet {chain.unsealed:,}, "
                f"violations {len(chain.problems)}. Last hash: {chain.last or 'none'}"
            )
        if chain.problems:
            sys.exit(1)
