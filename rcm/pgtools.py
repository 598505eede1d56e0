"""Backup and restore of the configured database with PostgreSQL's own tools.

The tools come with the embedded server (PostgreSQL 18, which also dumps older servers), and run
against whichever database is configured. The password goes through the environment, so that it
never stands in a process list.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from rcm import binaries
from rcm.errors import Refused


def back_up(target: Path) -> int:
    """Write a dump in the custom format to `target`, whole or not at all; its size in bytes."""
    if target.exists():
        raise Refused(f"{target} exists already.", fix="Name a file that does not exist.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)  # it holds every patient's data
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={draft}", _database())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(source: Path) -> None:
    """Load a dump of `back_up` into the configured database, which must have no tables."""
    if not source.is_file():
        raise Refused(f"There is no file {source}.")
    if connection.introspection.table_names():
        raise Refused(
            f"The database {_database()} has tables in it; nothing was changed.",
            fix="Restore into an empty database (createdb), then point DATABASE_URL at it.",
        )
    _run(
        *("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction"),
        *(f"--dbname={_database()}", str(source)),
    )


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(tool: str, *arguments: str) -> None:
    database = settings.DATABASES["default"]
    variables = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        **{f"PG{name.upper()}": str(value) for name, value in database["OPTIONS"].items()},
    }
    ran = subprocess.run(
        [binaries.postgres(tool), *arguments],
        env={**os.environ, **{name: value for name, value in variables.items() if value}},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise Refused(f"{tool} failed: {ran.stderr.strip()}")
