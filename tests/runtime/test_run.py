"""The whole product under its supervisor, on embedded servers of its own: `manage.py run`."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from rcm import embedded, processes

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    """`manage.py run` in a process of its own; what it printed is read line by line."""

    def __init__(self, var):
        self.var = var
        self.lines = []
        self.began = time.monotonic()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "rcm.settings",
            "FIRSTPASS_VAR": str(var),
            "FIRSTPASS_DEMO": "0",
            "PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            "PYTHONUNBUFFERED": "1",
        }
        for name in ("DATABASE_URL", "REDIS_URL", "MAKELEVEL"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, word):
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if word in line:
                return line
        raise AssertionError("\n".join(self.lines))

    def ready(self):
        """The address, once it is printed."""
        line = self.read_until("Firstpass is ready")
        return re.search(r"http://\S+", line).group()  # type: ignore[union-attr]

    def children(self):
        noted = json.loads((self.var / "run.json").read_text())["children"]
        return {child["name"]: child["pid"] for child in noted}

    def family(self):
        """Every process below the supervisor, at any depth."""
        found, ask = set(), [self.process.pid]
        while ask:
            for task in Path(f"/proc/{ask.pop()}/task").glob("*/children"):
                below = [int(pid) for pid in task.read_text().split()]
                found.update(below)
                ask.extend(below)
        return found


@pytest.fixture
def products():
    """Starts the product, any number of times, on one folder; ends what still runs."""
    var = Path(tempfile.mkdtemp(prefix="firstpass-test-")).resolve()
    started = []

    def start():
        started.append(Product(var))
        return started[-1]

    yield start
    for product in started:
        if product.process.poll() is None:
            product.process.terminate()
        product.process.communicate(timeout=60)
    embedded.destroy(embedded.layout(var))


def healthz(address):
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        return json.load(answer)


def ask(var, sql):
    place = embedded.layout(var)
    connection = psycopg2.connect(host=str(place.run), user="firstpass", dbname="firstpass")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_product_survives_kills_restarts_what_dies_and_leaves_nothing_running(products):
    first = products()
    address = first.ready()
    assert healthz(address) | {"worker_seen_at": None} == {
        "healthy": True,
        "database": "ok",
        "redis": "ok",
        "worker": "ok",
        "worker_seen_at": None,
    }
    assert set(first.children()) == {"postgres", "redis", "sandbox", "web", "worker", "beat"}

    again = products()
    output, _ = again.process.communicate(timeout=60)
    assert again.process.returncode == 0
    assert output.strip() == (
        f"Firstpass already runs here: {address} (process {first.process.pid}). "
        f"Ctrl-C there, or `kill {first.process.pid}`, stops it."
    )

    os.kill(first.children()["web"], signal.SIGKILL)
    first.read_until("web ended (killed by SIGKILL); starting it again")
    assert processes.wait_until(lambda: answers(address), seconds=20)

    ask(first.var, "CREATE TABLE kept AS SELECT 7 AS n")
    family = first.family()
    assert len(family) >= 12  # with the servers' and the workers' own children
    first.process.kill()
    first.process.communicate()
    assert processes.wait_until(lambda: not any(map(processes.birth, family)), seconds=15), [
        processes.command_line(pid) for pid in family if processes.birth(pid)
    ]

    second = products()
    address = second.ready()
    assert time.monotonic() - second.began < 10 * slowness()
    assert ask(second.var, "SELECT n FROM kept") == [(7,)]
    assert healthz(address)["healthy"] is True

    family = second.family()
    second.process.send_signal(signal.SIGINT)
    output, _ = second.process.communicate(timeout=60)
    assert second.process.returncode == 0
    assert "Stopping …" in output
    assert not any(map(processes.birth, family))


def answers(address):
    try:
        return healthz(address)["healthy"]
    except OSError:
        return False


def slowness():
    """Two test processes share two cores: how much longer things take than alone."""
    return 2.0 if os.environ.get("PYTEST_XDIST_WORKER") else 1.0
