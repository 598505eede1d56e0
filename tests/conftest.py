"""What every test stands on."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.carried import _carried_codes, codes

__all__ = ["_carried_codes", "codes", "django_db_setup"]

EMPTYING = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%never_emptied'"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, in which tests that commit may empty the tables after themselves.

    The guards against that have a test of their own, which switches them on again.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(EMPTYING)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
