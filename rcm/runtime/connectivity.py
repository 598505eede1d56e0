"""Can the database and Redis be reached: in words for a person, without passwords."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

import psycopg2
import redis
from django.conf import settings

_SECONDS = 5
_WAY_OUT = "unset both DATABASE_URL and REDIS_URL to use the embedded servers"


def database_problem() -> str:
    """Why PostgreSQL cannot be used, and what to do; '' when it can."""
    database = settings.DATABASES["default"]
    try:
        with contextlib.closing(
            psycopg2.connect(
                host=database["HOST"],
                port=database["PORT"] or None,
                user=database["USER"] or None,
                password=database["PASSWORD"] or None,
                dbname=database["NAME"],
                **({"connect_timeout": _SECONDS} | database["OPTIONS"]),
            )
        ):
            return ""
    except psycopg2.Error as error:
        where = f"{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
        return (
            f"PostgreSQL at {where} cannot be used: {_short(error)}. "
            f"Start it, correct DATABASE_URL, or {_WAY_OUT}."
        )


def redis_problem() -> str:
    """Why Redis cannot be used, and what to do; '' when it can."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        parts = urlsplit(settings.REDIS_URL)
        where = parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
        return (
            f"Redis at {where} cannot be used: {_short(error)}. "
            f"Start it, correct REDIS_URL, or {_WAY_OUT}."
        )
    return ""


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
