"""The processes that make up the product, each with its command.

`docker-compose.yml` runs the same commands, one to a container; a test holds the two together.
"""

from __future__ import annotations

import signal
import socket
import sys
import urllib.request
from collections.abc import Callable

from django.conf import settings

from core import clock
from rcm.celery_schedule import QUEUES
from rcm.runtime import binaries, embedded, health
from rcm.runtime.supervisor import Program

MANAGE = (sys.executable, "manage.py")

WEB = (
    *("gunicorn", "rcm.wsgi"),
    *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
    *("--max-requests", "20000", "--max-requests-jitter", "2000"),
    *("--graceful-timeout", "10", "--log-level", "warning"),
)
WORKER = (
    *("celery", "--quiet", "-A", "rcm.celery", "worker", "--queues", ",".join(QUEUES)),
    *("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
)
# No schedule file: each sweep looks at rows, so a schedule that starts anew loses nothing.
BEAT = (
    *("celery", "--quiet", "-A", "rcm.celery", "beat", "--scheduler", "celery.beat:Scheduler"),
    *("--pidfile", "", "--loglevel", "WARNING"),
)


def environment(*, sandbox_port: int, demo: bool) -> dict[str, str]:
    """What the processes find in their environment, so that none starts servers of its own."""
    return {
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "FIRSTPASS_VAR": str(settings.VAR),
        "FIRSTPASS_DEMO": "1" if demo else "0",
        "FIRSTPASS_HTTPS": "1" if settings.HTTPS else "0",
        "FIRSTPASS_SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}",
        "PYTHONUNBUFFERED": "1",
    }


def servers(place: embedded.Layout) -> list[Program]:
    """The embedded PostgreSQL and Redis."""
    return [
        Program(
            "postgres",
            embedded.postgres_command(place),
            ready=lambda: embedded.postgres_ready(place),
            before=lambda: embedded.clear_postgres(place),
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            user=binaries.unprivileged(),
            cwd=place.home,
            seconds_to_stop=60,
        ),
        Program(
            "redis",
            embedded.redis_command(place),
            ready=lambda: embedded.redis_ready(place),
            before=lambda: embedded.clear_redis(place),
            user=binaries.unprivileged(),
            cwd=place.home,
        ),
    ]


def web(host: str, port: int) -> Program:
    """The pages and the API."""
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz"  # noqa: S104
    return Program(
        "web",
        _python(*WEB, "--bind", f"{host}:{port}"),
        ready=lambda: _answers(address),
    )


def worker() -> Program:
    """The Celery worker. When the supervisor is killed it is killed too and does not finish its
    task: asked politely, it would wait for a Redis that is gone as well."""
    return Program(
        "worker", _python(*WORKER), ready=_worker_seen_since_now(), death_signal=signal.SIGKILL
    )


def beat() -> Program:
    """The schedule."""
    return Program("beat", _python(*BEAT))


def sandbox(port: int) -> Program:
    """The simulated clearinghouse and payers, over HTTP."""
    return Program(
        "sandbox",
        [*MANAGE, "sandbox", "--port", str(port)],
        ready=lambda: _listens(port),
    )


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own http
            return bool(answer.status == 200)
    except OSError:
        return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _worker_seen_since_now() -> Callable[[], bool]:
    """Has a worker said that it works, since this function was called?"""
    asked = clock.now().isoformat()

    def seen() -> bool:
        return (health.status()["worker_seen_at"] or "") > asked

    return seen
