"""`build_claims`: coded visits become claims, and drafts are scrubbed."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from claims.services import build_claims, scrub_claims


class Command(BaseCommand):
    """One run of building. Exit status 0 = done, 1 = some visits got no claim, 2 = usage."""

    help = "Build the claims of coded visits and scrub them."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` for programs."""
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, scrub, say what happened."""
        built = build_claims(by=None)
        scrubbed = scrub_claims(by=None)
        result = {
            "encounters": built.encounters,
            "claims": len(built.claim_ids),
            "self_pay": built.self_pay,
            "ready": len(scrubbed.ready),
            "held": len(scrubbed.held),
            "findings": dict(sorted(scrubbed.findings.items())),
            "problems": built.problems,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{result['claims']} claims built for {result['encounters']} visits: "
                f"{result['ready']} ready, {result['held']} held by the scrubber. "
                f"{result['self_pay']} visits are self-pay."
            )
            for code, count in dict(sorted(scrubbed.findings.items())).items():
                self.stdout.write(f"  {count:>5}  {code}")
            for number, why in built.problems.items():
                self.stderr.write(f"{number}: {why}")
        if built.problems:
            raise SystemExit(1)
