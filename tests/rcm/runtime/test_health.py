from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from redis.exceptions import ConnectionError as RedisConnectionError

from core import clock
from rcm.runtime import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_heartbeat():
    cache.delete("worker-heartbeat")
    yield
    cache.delete("worker-heartbeat")


def test_healthz_tells_each_part_and_needs_no_sign_in(client, django_assert_num_queries):
    health.record_heartbeat()
    with django_assert_num_queries(1):
        response = client.get("/healthz")
    assert response.status_code == 200
    answer = response.json()
    assert answer.pop("worker_seen_at") is not None
    assert answer == {"healthy": True, "database": "ok", "redis": "ok", "worker": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_silent_worker_is_told_but_does_not_make_the_web_process_unhealthy(client):
    with clock.at(clock.now() - timedelta(seconds=health.SILENT_AFTER_SECONDS + 1)):
        health.record_heartbeat()
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (200, "silent")
    with pytest.raises(CommandError, match="The worker is silent"):
        call_command("health", "worker")


def test_worker_that_never_ran_is_not_seen_yet(client):
    assert client.get("/healthz").json()["worker"] == "not seen yet"


def test_healthz_is_503_without_redis(client, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RedisConnectionError("refused")

    monkeypatch.setattr(caches["default"], "get", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["redis"] == "cannot be reached"
    assert response.json()["worker"] == "unknown"


def test_healthz_is_503_without_the_database(client, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise DatabaseError("refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "cannot be reached"
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("health")


def test_healthz_takes_no_form(client):
    assert client.post("/healthz").status_code == 405


def test_request_id_of_a_proxy_is_kept_and_nonsense_replaced(client):
    given = client.get("/healthz", headers={"X-Request-ID": "abcdef-0123"})
    assert given["X-Request-ID"] == "abcdef-0123"
    replaced = client.get("/healthz", headers={"X-Request-ID": "a b\tc"})
    assert len(replaced["X-Request-ID"]) == 32
