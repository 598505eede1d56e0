"""The whole product under its supervisor, on embedded servers of its own: `manage.py run`."""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request

import psycopg2
import pytest

from rcm.runtime import embedded, processes
from tests import servers
from tests.product import Product

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's"),
]


@pytest.fixture
def products():
    """Starts the product, any number of times, on one folder; ends what still runs."""
    var = servers.new_folder()
    started = []

    def start():
        started.append(Product(var, FIRSTPASS_DEMO="0"))
        return started[-1]

    yield start
    for product in started:
        if product.process.poll() is None:
            product.stop()
    embedded.destroy(embedded.layout(var))


def healthz(address):
    with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
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
    told = again.wait()
    assert again.process.returncode == 0
    pid = first.process.pid
    assert " ".join(told) == (
        f"Firstpass already runs here: {address} (process {pid}). "
        f"Ctrl-C there, or `kill {pid}`, stops it."
    )

    os.kill(first.children()["web"], signal.SIGKILL)
    first.read_until("web ended (killed by SIGKILL); starting it again")
    assert processes.wait_until(lambda: answers(address), seconds=60)

    ask(first.var, "CREATE TABLE kept AS SELECT 7 AS n")
    family = first.family()
    assert len(family) >= 12  # with the servers' and the workers' own children
    first.process.kill()
    first.process.wait()
    assert processes.wait_until(lambda: not any(map(processes.birth, family)), seconds=60), [
        processes.command_line(pid) for pid in family if processes.birth(pid)
    ]

    second = products()
    address = second.ready()
    assert ask(second.var, "SELECT n FROM kept") == [(7,)]
    assert healthz(address)["healthy"] is True

    family = second.family()
    assert "run      │ Stopping …" in second.stop()
    assert second.process.returncode == 0
    assert not any(map(processes.birth, family))


def answers(address):
    try:
        return healthz(address)["healthy"]
    except OSError:
        return False
