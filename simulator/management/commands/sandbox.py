"""Run the sandbox payer as a process of its own."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from simulator.sandbox.clearinghouse import Clearinghouse, Pace
from simulator.sandbox.gateway import state_folder
from simulator.sandbox.server import http_server


class Command(BaseCommand):
    """`manage.py sandbox --port 8090`; stops on Ctrl-C or SIGTERM."""

    help = "Runs the sandbox clearinghouse with its four payers over HTTP."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8090, help="0 for any free port")
        parser.add_argument("--socket", type=Path, help="listen on a unix socket instead")
        parser.add_argument("--state", type=Path, help="state folder (default: var/sandbox)")
        parser.add_argument("--seed", type=int, default=1, help="what chance starts from")
        parser.add_argument(
            "--pace",
            choices=[pace.value for pace in Pace],
            default=Pace.INSTANT.value,
            help="instant: paid with the answer; calendar: after each payer's days",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clearinghouse = Clearinghouse(
            options["state"] or state_folder(),
            now=clock.now,
            seed=options["seed"],
            pace=Pace(options["pace"]),
        )
        try:
            server = http_server(
                clearinghouse,
                host=options["host"],
                port=options["port"],
                unix_socket=options["socket"],
            )
        except OSError as error:
            raise CommandError(
                f"The sandbox cannot listen there ({error.strerror}). Is another one running? "
                "Choose another --port."
            ) from error

        def stop(*_: Any) -> None:
            # serve_forever runs in this thread: shutdown() from here would wait for itself.
            threading.Thread(target=server.shutdown, daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        where = options["socket"] or f"http://{options['host']}:{server.server_address[1]}"
        self.stdout.write(f"Sandbox payer at {where} ({options['pace']})")
        self.stdout.flush()
        try:
            server.serve_forever(poll_interval=0.2)
        finally:
            server.server_close()
            clearinghouse.close()
