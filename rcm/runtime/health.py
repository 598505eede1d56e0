"""Is the product able to work: `/healthz` for machines, `manage.py health` for a container.

Unhealthy (503) means that the web process cannot serve: no database or no Redis. A silent worker
is reported but does not make the *web* process unhealthy: restarting that would not help.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from core import clock
from rcm.celery_schedule import HEARTBEAT_SECONDS

_KEY = "worker-heartbeat"
SILENT_AFTER_SECONDS = 4 * HEARTBEAT_SECONDS


def record_heartbeat() -> None:
    """A worker says that it takes messages and does them."""
    cache.set(_KEY, clock.now().isoformat(), timeout=24 * 3600)


def status() -> dict[str, Any]:
    """Each part's state: "ok", or what is wrong; `worker_seen_at` is the last heartbeat."""
    parts: dict[str, Any] = {
        "database": "ok",
        "redis": "ok",
        "worker": "not seen yet",
        "worker_seen_at": None,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        parts["database"] = "cannot be reached"
    try:
        seen = cache.get(_KEY)
    except (RedisError, OSError):
        parts["redis"] = "cannot be reached"
        parts["worker"] = "unknown"
    else:
        if seen is not None:
            age = (clock.now() - datetime.fromisoformat(seen)).total_seconds()
            parts["worker"] = "ok" if age <= SILENT_AFTER_SECONDS else "silent"
            parts["worker_seen_at"] = seen
    parts["healthy"] = parts["database"] == parts["redis"] == "ok"
    return parts


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    parts = status()
    return JsonResponse(parts, status=200 if parts["healthy"] else 503)
