"""The test databases: copied from one that was migrated once, and emptied quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection
from django.test import TransactionTestCase

from tests.carried import keep_carried_codes

_EMPTYING = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%never_emptied'"
_KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}
_LOCK = 7_306_183
_SUFFIX = "template"


def copy_from_template(run: str, *, with_codes: bool) -> None:
    """Let this worker's database be a copy of the template of `run`, which the first worker makes.

    The template is a test database like the workers', with the run's name as its comment: one that
    a killed run left is made anew.
    """
    test = connection.settings_dict["TEST"]
    own = connection.creation._get_test_db_name()
    template = f"{own.rpartition('_')[0]}_{_SUFFIX}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [template],
        )
        if cursor.fetchone() != (run,):
            _make(template, with_codes=with_codes)
            cursor.execute(f'COMMENT ON DATABASE "{template}" IS %s', [run])
        test["NAME"], test["TEMPLATE"] = own, template
        # Copying locks the template too; the lock ends with this connection.


def _make(name: str, *, with_codes: bool) -> None:
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    if with_codes:
        keep_carried_codes()
    connection.close()
    connection.settings_dict["NAME"] = before


def allow_emptying() -> None:
    """Switch off the guards against TRUNCATE, for tests that commit and clear up after themselves.

    The guards have a test of their own, which switches them on again. Refuses any database but a
    test's: a test without the mark `django_db` gets no database of its own, and would be
    connected to the one that DATABASE_URL names.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
        if not name.startswith("test_"):
            raise RuntimeError(f"{name} is no test database: mark the test with django_db.")
        cursor.execute(_EMPTYING)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@contextmanager
def quick_emptying() -> Iterator[None]:
    """Inside the block a test that commits empties the tables that it used, and no others."""
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", _empty_after):
        yield


def _empty_after(case: TransactionTestCase) -> None:
    """Delete every row but Django's own, which the migrations wrote."""
    tables = connection.introspection.django_table_names(only_existing=True)
    mine = [f"public.{table}" for table in tables if table not in _KEPT_TABLES]
    looks = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in mine)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        deletes = [f"DELETE FROM {table};" for (table,) in cursor.fetchall()]
        # As a replica no trigger fires and no foreign key is looked at, whatever the order.
        cursor.execute(
            f"BEGIN; SET LOCAL session_replication_role = replica; {' '.join(deletes)} COMMIT"
        )
