"""Backup and restore of the configured database with PostgreSQL's own tools.

The tools come with the embedded server (PostgreSQL 18, which also dumps older servers), and run
against whichever database is configured. The password goes through the environment, so that it
never appears in a process list.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from core.errors import Refused
from rcm.runtime import binaries


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
    with tempfile.TemporaryFile() as errors:
        unpack = _start("pg_restore", "--no-owner", "--file=-", str(source), errors=errors)
        load = _start(
            *("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--output=/dev/null"),
            *("--set=ON_ERROR_STOP=1", "--file=-", f"--dbname={_database()}"),
            errors=errors,
            reads=True,
        )
        _copy_statements(unpack, load)
        if unpack.wait() | load.wait():
            errors.seek(0)
            raise Refused(
                f"{source} could not be restored; nothing was changed: "
                f"{errors.read().decode(errors='replace').strip()}"
            )


def _copy_statements(unpack: subprocess.Popen[bytes], load: subprocess.Popen[bytes]) -> None:
    """Feed what `pg_restore` writes to `psql`, without `SET transaction_timeout`.

    `pg_restore` writes that setting for every server, and servers older than 17 refuse it.
    """
    assert unpack.stdout is not None
    assert load.stdin is not None
    try:
        for line in unpack.stdout:
            if line != b"SET transaction_timeout = 0;\n":
                load.stdin.write(line)
                continue
            break
        shutil.copyfileobj(unpack.stdout, load.stdin)
        if unpack.wait() != 0:
            load.kill()  # half a file: an ended connection rolls back, the end of input commits
        load.stdin.close()
    except BrokenPipeError:  # it stopped at an error, which is on its standard error
        unpack.kill()


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(tool: str, *arguments: str) -> None:
    with tempfile.TemporaryFile() as errors:
        if _start(tool, *arguments, errors=errors).wait():
            errors.seek(0)
            raise Refused(f"{tool} failed: {errors.read().decode(errors='replace').strip()}")


def _start(
    tool: str, *arguments: str, errors: IO[bytes], reads: bool = False
) -> subprocess.Popen[bytes]:
    database = settings.DATABASES["default"]
    variables = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        **{f"PG{name.upper()}": str(value) for name, value in database["OPTIONS"].items()},
    }
    return subprocess.Popen(
        [binaries.postgres(tool), *arguments],
        env={**os.environ, **{name: value for name, value in variables.items() if value}},
        stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
        stderr=errors,
    )
