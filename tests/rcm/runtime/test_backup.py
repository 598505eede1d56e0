"""`backup` and `restore`: a database in one file, and back, through the real tools."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg2
import pytest

from rcm.runtime import env

pytestmark = pytest.mark.kill

ROOT = Path(__file__).resolve().parents[3]


def connect(url):
    parsed = env.database(url)
    connection = psycopg2.connect(
        host=parsed["HOST"],
        port=parsed["PORT"] or None,
        user=parsed["USER"],
        password=parsed["PASSWORD"] or None,
        dbname=parsed["NAME"],
        **parsed["OPTIONS"],
    )
    connection.autocommit = True
    return contextlib.closing(connection)


def run(url, sql):
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def with_name(url, name):
    """The same server, another database."""
    head, _, tail = url.partition("://")
    server, _, rest = tail.partition("/")
    query = rest.partition("?")[2]
    return f"{head}://{server}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
def databases():
    """Addresses of two new, empty databases on the test server."""
    server = with_name(os.environ["DATABASE_URL"], "postgres")
    names = [f"backup_test_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    for name in names:
        run(server, f"CREATE DATABASE {name}")
    yield [with_name(server, name) for name in names]
    for name in names:
        run(server, f"DROP DATABASE {name} WITH (FORCE)")


def manage(url, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "rcm.settings", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_backup_comes_back_whole_in_an_empty_database(databases, tmp_path):
    old, new = databases
    run(old, "CREATE TABLE money (amount numeric(12, 2)); INSERT INTO money VALUES (12.30)")
    file = tmp_path / "firstpass.dump"
    backed_up = manage(old, "backup", file)
    assert backed_up.returncode == 0, backed_up.stderr
    assert backed_up.stdout == f"{file}: {file.stat().st_size:,} bytes. Keep SECRET_KEY with it.\n"
    assert file.stat().st_mode & 0o777 == 0o600

    restored = manage(new, "restore", file)
    assert restored.returncode == 0, restored.stderr
    assert [str(row[0]) for row in run(new, "SELECT amount FROM money")] == ["12.30"]

    again = manage(new, "restore", file)
    assert again.returncode == 1
    assert "has tables in it; nothing was changed" in again.stderr
    assert len(run(new, "SELECT amount FROM money")) == 1


GUARDS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled::text, tgtype::text
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT conrelid::regclass::text, conname, convalidated::text, contype::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3
"""


def test_restore_brings_every_guard_of_the_books_back(databases, tmp_path):
    old, new = databases
    assert manage(old, "migrate", "--verbosity=0").returncode == 0
    guards = run(old, GUARDS)
    assert {row[2] for row in guards} == {"O", "true"}
    names = {row[1] for row in guards}
    assert {"ledger_posting_append_only", "ledger_entry_is_closed", "audit_event_is_final"} <= names
    file = tmp_path / "firstpass.dump"
    assert manage(old, "backup", file).returncode == 0
    assert manage(new, "restore", file).returncode == 0
    assert run(new, GUARDS) == guards
    assert manage(new, "verify_books").returncode == 0
    assert manage(new, "verify_audit").returncode == 0


def test_backup_does_not_overwrite_a_file(databases, tmp_path):
    file = tmp_path / "firstpass.dump"
    file.write_text("yesterday's")
    ran = manage(databases[0], "backup", file)
    assert ran.returncode == 1
    assert "exists already" in ran.stderr
    assert file.read_text() == "yesterday's"


def test_restore_refuses_what_is_no_backup_and_changes_nothing(databases, tmp_path):
    file = tmp_path / "wrong.dump"
    file.write_text("not a dump")
    ran = manage(databases[0], "restore", file)
    assert ran.returncode == 1
    assert "could not be restored; nothing was changed: pg_restore:" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert manage(databases[0], "restore", tmp_path / "none").returncode == 1


def test_restore_of_half_a_backup_changes_nothing(databases, tmp_path):
    old, new = databases
    run(old, "CREATE TABLE money AS SELECT n, md5(n::text) FROM generate_series(1, 50000) AS n")
    run(old, "CREATE TABLE people AS SELECT n, md5(n::text) FROM generate_series(1, 50000) AS n")
    file = tmp_path / "firstpass.dump"
    assert manage(old, "backup", file).returncode == 0
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    ran = manage(new, "restore", file)
    assert ran.returncode == 1
    assert "could not be restored; nothing was changed" in ran.stderr
    assert run(new, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
