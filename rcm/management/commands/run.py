"""`manage.py run`: the whole product on this machine, under one supervisor (`make run`)."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.access.demo import demo_logins
from rcm.runtime import connectivity, embedded, env, processes, programs
from rcm.runtime.supervisor import StartFailedError, Stopped, Supervisor, running


class Command(BaseCommand):
    help = (
        "Starts PostgreSQL and Redis (unless DATABASE_URL and REDIS_URL are set), prepares the "
        "database, and serves web, worker, beat and the sandbox payer until Ctrl-C."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        var: Path = settings.VAR
        var.mkdir(parents=True, exist_ok=True)
        state = var / "run.json"
        if "MAKELEVEL" in os.environ:
            processes.end_with_parent()  # a killed `make` must not leave the product behind
        with _only_one(var) as first:
            if not first:
                self._print_address(state)
                return
            with Supervisor(state=state, env=os.environ) as supervisor:
                try:
                    self._bring_up(supervisor)
                    supervisor.keep_running()
                except Stopped:
                    supervisor.say("Stopping …")
                except StartFailedError as error:
                    raise CommandError(str(error)) from error

    def _print_address(self, state: Path) -> None:
        content = running(state)
        self.stdout.write(
            f"Firstpass already runs here: {content.get('address') or 'it is starting'} "
            f"(process {content.get('pid', '?')}). Ctrl-C there, or "
            f"`kill {content.get('pid', '?')}`, stops it."
        )

    def _bring_up(self, supervisor: Supervisor) -> None:
        began = time.monotonic()
        if settings.EMBEDDED:
            self._start_servers(supervisor)
        elif problem := connectivity.database_problem() or connectivity.redis_problem():
            raise CommandError(problem)
        host = env.text("HOST", "127.0.0.1")
        port = _free_port(host, env.integer("PORT", 8000, least=1))
        sandbox_port = _free_port("127.0.0.1", env.integer("SANDBOX_PORT", 8090, least=1), {port})
        is_demo = env.flag("FIRSTPASS_DEMO", default=True)
        supervisor.env |= programs.environment(sandbox_port=sandbox_port, demo=is_demo)
        supervisor.address = f"http://{'localhost' if host == '0.0.0.0' else host}:{port}"  # noqa: S104

        demo = ["--demo"] if is_demo else []
        supervisor.run_once("prepare", [*programs.MANAGE, "prepare", "--static", *demo])
        supervisor.start(
            programs.sandbox(sandbox_port), programs.web(host, port), programs.worker()
        )
        supervisor.start(programs.beat())
        self._welcome(supervisor, time.monotonic() - began)

    def _start_servers(self, supervisor: Supervisor) -> None:
        place = embedded.layout(settings.VAR)
        lock = embedded.try_lock(settings.VAR, "`make run`")
        if lock is None:
            self.stdout.write(
                f"Waiting for {embedded.holder(settings.VAR)}, which uses the database …"
            )
            while (lock := embedded.try_lock(settings.VAR, "`make run`")) is None:
                time.sleep(0.2)
        self._servers_lock = lock  # held until this process ends
        embedded.prepare(place)
        supervisor.start(*programs.servers(place))
        embedded.create_database(place)

    def _welcome(self, supervisor: Supervisor, seconds: float) -> None:
        say = supervisor.say
        say("")
        say(f"Firstpass is ready: {supervisor.address}   ({seconds:.0f} s)")
        logins = demo_logins()
        connection.close()
        if logins:
            say("")
            say(f"  {'sign in as':<16}{'password':<28}role")
            for login in logins:
                say(f"  {login.username:<16}{login.password:<28}{login.role}")
        say("")
        say("Ctrl-C stops everything.")


@contextmanager
def _only_one(var: Path) -> Iterator[bool]:
    """True for the one process that runs the product of this folder."""
    with (var / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _free_port(host: str, wanted: int, taken: set[int] | None = None) -> int:
    """`wanted`, or the next port that nobody listens on."""
    for port in range(wanted, min(wanted + 50, 65536)):
        if port in (taken or set()):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted:
            sys.stdout.write(f"Port {wanted} is in use; taking {port}.\n")
        return port
    raise CommandError(f"No free port from {wanted} on. Choose another one: make run PORT=9000")
