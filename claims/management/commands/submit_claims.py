"""`submit_claims`: queued claims are batched as 837P and sent."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from claims.services import queue_claims, submit_claims


class Command(BaseCommand):
    """One run of the outbound side. Exit status 0 = done, 1 = a file was refused, 2 = usage."""

    help = "Batch the queued claims, send the files that wait, and note what was sent."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--queue-ready` queues every clean claim first; `--json` for programs."""
        parser.add_argument(
            "--queue-ready", action="store_true", help="queue every claim that is ready first"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue (on request), batch, send, note."""
        queued = len(queue_claims(by=None).queued) if options["queue_ready"] else 0
        done = submit_claims()
        result = {
            "queued": queued,
            "batched": done.batch.claims,
            "files": len(done.batch.files),
            "held": len(done.batch.held),
            "sent_files": len(done.send.sent),
            "waiting_files": len(done.send.waiting),
            "refused_files": len(done.send.refused),
            "sent": done.marked,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{result['batched']} claims put into {result['files']} files; "
                f"{result['sent_files']} files sent, {result['sent']} claims noted as sent."
            )
            if done.send.waiting:
                self.stderr.write(
                    f"{len(done.send.waiting)} files wait: the receiver does not answer. They are "
                    "tried again by themselves."
                )
            if done.send.refused:
                self.stderr.write(
                    f"{len(done.send.refused)} files were refused by the receiver. The reason "
                    "is on the page of files."
                )
        if done.send.refused:
            raise SystemExit(1)
