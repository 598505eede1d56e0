"""The whole product as a process of its own, for tests that drive it from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rcm.runtime import processes

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """`manage.py run` in a process of its own, on embedded servers below `var` and free ports.

    What it printed is kept in `lines`. `settings` are further environment variables.
    """

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.lines: list[str] = []
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "rcm.settings",
            "FIRSTPASS_VAR": str(var),
            "PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        for name in ("DATABASE_URL", "REDIS_URL", "MAKELEVEL"):
            environment.pop(name, None)
        # Of its own: a second product on the same folder must not find the first one's lines.
        self.output = var / f"output-{time.monotonic_ns()}.txt"
        self._read = 0
        with self.output.open("xb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def read_until(self, word: str, *, seconds: float = 300) -> str:
        """The next printed line with `word` in it."""
        found: list[str] = []

        def came() -> bool:
            ended = self.process.poll() is not None
            for line in self._new_lines():
                self.lines.append(line)
                if word in line:
                    found.append(line)
                    return True
            return ended

        processes.wait_until(came, seconds=seconds)
        assert found, "\n".join(self.lines)
        return found[0]

    def _new_lines(self) -> Iterator[str]:
        """Whole lines that were printed since the last one handed out."""
        with self.output.open(encoding="utf-8", errors="replace") as output:
            output.seek(self._read)
            while (line := output.readline()).endswith("\n"):
                self._read = output.tell()
                yield line.rstrip()

    def wait(self, seconds: float = 180) -> list[str]:
        """The lines that were left, once it has ended by itself."""
        self.process.wait(seconds)
        rest = list(self._new_lines())
        self.lines += rest
        return rest

    def stop(self) -> list[str]:
        """End it as Ctrl-C does; the lines it printed meanwhile."""
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def ready(self) -> str:
        """The address, once it is printed."""
        line = self.read_until("Firstpass is ready")
        address = re.search(r"http://\S+", line)
        assert address is not None
        return address.group()

    def children(self) -> dict[str, int]:
        """Process number of each program under the supervisor."""
        noted = json.loads((self.var / "run.json").read_text())["children"]
        return {child["name"]: child["pid"] for child in noted}

    def family(self) -> set[int]:
        """Every process below the supervisor, at any depth."""
        found: set[int] = set()
        ask = [self.process.pid]
        while ask:
            for task in Path(f"/proc/{ask.pop()}/task").glob("*/children"):
                below = [int(pid) for pid in task.read_text().split()]
                found.update(below)
                ask.extend(below)
        return found
