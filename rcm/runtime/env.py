"""Settings from the environment.

Every variable the product reads goes through this module; a test finds the calls and holds them
against `docs/operations.md`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; an empty variable counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on or 0, false, no, off."""
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or a no. Use 1 or 0.")


def integer(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, at least `least`."""
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if number < least:
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number of {least} or more.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    """A folder or file; a relative one is taken from the current folder."""
    return Path(text(name, str(default))).expanduser().absolute()


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL address.

    `postgres://user:password@host:port/name?sslmode=require`; a socket folder is given as
    `postgres://user@/name?host=/folder`. Further query parameters go to libpq as they are.
    """
    shape = "postgres://user:password@host:5432/name"
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL starts with {parts.scheme or url[:12]!r}: Firstpass runs on PostgreSQL "
            f"only. Use {shape}, or unset the variable for the embedded server."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(f"DATABASE_URL names no database. Use {shape}.")
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL: {error}. Use {shape}.") from error
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def redis(url: str) -> str:
    """The Redis address as redis-py takes it: `redis://`, `rediss://` or `unix:///socket?db=0`."""
    scheme = urlsplit(url).scheme
    if scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            f"REDIS_URL starts with {scheme or url[:12]!r}. Use redis://host:6379/0, or unset the "
            "variable for the embedded server."
        )
    return url


def broker(redis_url: str) -> str:
    """The same address as Celery's transport takes it (a socket is `redis+socket://` there)."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"
