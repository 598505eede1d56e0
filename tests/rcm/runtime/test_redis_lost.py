"""Redis is emptied while the product runs: what waited is lost, and nothing after it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from kombu import pools

from rcm.celery_schedule import QUEUES
from rcm.runtime import binaries, env, processes

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Of a Redis of its own: what others keep in theirs is not emptied."""
    with tempfile.TemporaryDirectory(prefix="firstpass-") as folder:
        socket = f"{folder}/redis.sock"
        options = ("--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "")
        server = processes.spawn([binaries.valkey(), *options])
        url = f"unix://{socket}?db=0"
        try:
            assert processes.wait_until(lambda: answers(url), seconds=60)
            yield url
        finally:
            server.terminate()
            server.wait(60)


def answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.fixture
def store(url) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def app(url) -> Iterator[Celery]:
    """The product's settings, on a broker that is really Redis."""
    with Celery("flushed", set_as_current=False) as app:
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = env.broker(url)
        yield app
        pools.reset()


def test_message_sent_after_a_flush_reaches_its_queue(app, store):
    for queue in QUEUES:
        app.send_task("rcm.tasks.heartbeat", queue=queue)
        assert store.llen(queue) == 1
    store.flushdb()
    for queue in QUEUES:
        app.send_task("rcm.tasks.heartbeat", queue=queue)
        assert store.llen(queue) == 1


def test_worker_that_waits_while_redis_is_flushed_goes_on(app, store):
    turns = threading.Semaphore(0)

    @app.task(name="turn")
    def turn() -> None:
        turns.release()

    with start_worker(app, perform_ping_check=False, shutdown_timeout=30, queues=["submit"]):
        for _ in range(2):
            app.send_task("turn", queue="submit")
            assert turns.acquire(timeout=30)
            store.flushdb()
