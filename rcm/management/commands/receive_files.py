"""`receive_files`: one turn of the inbound side."""

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
        """One inbound turn."""
        turn = pipeline.run_inbound_cycle()
        result = {
            "files": turn.files,
            "acknowledged": turn.acknowledgements.accepted,
            "rejected": turn.acknowledgements.rejected,
            "remittance_files": turn.remittances.files,
            "remittance_files_failed": turn.remittances.failed,
            "denials_opened": turn.denials_opened,
            "denials_answered": turn.denials_answered,
            "gateway_down": turn.gateway_down,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{turn.files} files received; {result['acknowledged']} claims accepted, "
                f"{result['rejected']} rejected; {result['remittance_files']} remittance files "
                f"worked, {result['denials_opened']} denials opened, "
                f"{result['denials_answered']} answered."
            )
        if turn.gateway_down:
            self.stderr.write(
                f"{turn.gateway_down} What was here is worked; run this again when it answers."
            )
        if turn.remittances.failed:
            self.stderr.write(
                f"{turn.remittances.failed} remittance files were refused. The reason stands on "
                "the page of files."
            )
        if turn.gateway_down or turn.remittances.failed:
            raise SystemExit(1)
