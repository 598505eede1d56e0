"""835 files → ledger."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.errors import Refused
from core.money import ZERO
from payments.services.receiving import Outcome, receive_file


class Command(BaseCommand):
    """Exit status 0: done (held counts as done, and is named). 1: a file was refused."""

    help = "Records and posts 835 files: posted, held (why), already_posted, counts and sums."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files, and ``--json``."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """One file after the other; a refused one stops nothing else."""
        files: list[dict[str, Any]] = []
        for path in options["files"]:
            files.append(_take(path))
            if not options["json"]:
                self._say(files[-1])
        outcomes = [row for file in files for row in file.get("remittances", [])]
        summary = {
            "files": len(files),
            "refused": sum(1 for file in files if "refused" in file),
            **{
                state: sum(1 for row in outcomes if row["state"] == state)
                for state in ("posted", "held", "already_posted")
            },
            "claims_posted": sum(row["claims_posted"] for row in outcomes),
            "claims_unposted": sum(row["claims_unposted"] for row in outcomes),
            "amount_posted": str(
                sum((Decimal(r["amount"]) for r in outcomes if r["state"] == "posted"), ZERO)
            ),
        }
        if options["json"]:
            self.stdout.write(json.dumps({**summary, "results": files}))
        else:
            self.stdout.write(
                "{posted} posted (${amount_posted}), {held} held, {already_posted} already posted, "
                "{refused} refused".format(**summary)
            )
        if summary["refused"]:
            sys.exit(1)

    def _say(self, file: dict[str, Any]) -> None:
        if "refused" in file:
            self.stdout.write(f"{file['file']}: refused. {file['refused']}")
        for row in file.get("remittances", []):
            self.stdout.write(
                f"{file['file']}: {row['trace_number']} {row['state']}, ${row['amount']}, "
                f"{row['claims_posted']} claims posted, {row['claims_unposted']} unposted"
                + (f". {row['held_reason']}" if row["held_reason"] else "")
            )


def _take(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return {
            "file": str(path),
            "refused": f"{path} cannot be read: {error.strerror}.",
            "reason": str(error.strerror),
        }
    try:
        outcomes = receive_file(name=path.name, content=content, by=None)
    except Refused as refusal:
        return {
            "file": str(path),
            "refused": str(refusal),
            "code": refusal.code,
            "segment": refusal.context.get("segment"),
            "reason": refusal.context.get("reason", refusal.message),
        }
    return {"file": str(path), "remittances": [_row(outcome) for outcome in outcomes]}


def _row(outcome: Outcome) -> dict[str, Any]:
    remittance, result = outcome.remittance, outcome.result
    done = result is not None and not result.already_posted
    return {
        "id": remittance.pk,
        "trace_number": remittance.trace_number,
        "payer": remittance.payer_name,
        "state": outcome.state,
        "amount": str(remittance.amount),
        "held_reason": remittance.held_reason,
        "claims_posted": result.posted if result is not None and done else 0,
        "claims_unposted": result.unposted if result is not None and done else 0,
        "claims_information": result.information if result is not None and done else 0,
        "paid_posted": str(result.applied) if result is not None and done else "0.00",
        "paid_unposted": str(result.unapplied) if result is not None and done else "0.00",
        "provider_adjustments": (
            str(result.provider_adjustments) if result is not None and done else "0.00"
        ),
    }
