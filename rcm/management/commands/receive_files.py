"""`manage.py receive_files`: fetch and work what payers sent, once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rcm import pipeline


class Command(BaseCommand):
    """Exit status 0 = done, 1 = no answer or a refused file, 2 = wrong usage."""

    help = "Fetch files, put acknowledgements onto claims, post remittances, open denials."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` for programs."""
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the inbound cycle once and report it."""
        cycle = pipeline.run_inbound_cycle()
        result = {
            "files": cycle.files,
            "acknowledged": cycle.acknowledgements.accepted,
            "rejected": cycle.acknowledgements.rejected,
            "remittance_files": cycle.remittances.files,
            "remittance_files_failed": cycle.remittances.failed,
            "denials_opened": cycle.denials_opened,
            "denials_answered": cycle.denials_answered,
            "gateway_down": cycle.gateway_down,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{cycle.files} files received; {result['acknowledged']} claims accepted, "
                f"{result['rejected']} rejected; {result['remittance_files']} remittance files "
                f"worked, {result['denials_opened']} denials opened, "
                f"{result['denials_answered']} answered."
            )
        if cycle.gateway_down:
            self.stderr.write(
                f"{cycle.gateway_down} What was here is worked; run this again when it answers."
            )
        if cycle.remittances.failed:
            self.stderr.write(
                f"{cycle.remittances.failed} remittance files were refused. The reason is on "
                "the page of files."
            )
        if cycle.gateway_down or cycle.remittances.failed:
            raise SystemExit(1)
