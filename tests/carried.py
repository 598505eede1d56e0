"""The code lists that the product carries, for the tests that ask for them and for no others.

Loading takes ten seconds, so it is done once for a database and kept. It is kept in a schema of
its own: kept where the product looks, other tests would find codes there or not, by which test
came before.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from coding.services.carried import load_carried_codes

_SCHEMA = "carried"
_TABLES = [
    apps.get_model("coding", name)._meta.db_table
    for name in (
        "CodeRelease",
        "Code",
        "CodeWord",
        "CodeNote",
        "PtpEdit",
        "MueEdit",
        "RvuRow",
        "Gpci",
        "ConversionFactor",
        "FeeSchedule",
        "FeeScheduleRate",
    )
]


@pytest.fixture(scope="session")
def _carried_codes(django_db_setup, django_db_blocker):
    """Tables like the product's, in the schema of their own, with all that is carried."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {_SCHEMA}")
        for table in _TABLES:
            cursor.execute(f"CREATE TABLE {_SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        cursor.execute(f"SET search_path TO {_SCHEMA}, public")
        load_carried_codes()
        cursor.execute(f"ANALYZE {', '.join(_TABLES)}")
        cursor.execute("RESET search_path")


@pytest.fixture
def codes(_carried_codes, db):
    """The carried codes are there; what the test writes to them is undone with it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {_SCHEMA}, public")
