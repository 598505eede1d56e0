"""The code lists that the product carries, for the tests that ask for them and for no others.

Loading takes five seconds, so it is done once for a database and kept. It is kept in a schema of
its own: kept where the product looks, other tests would find codes there or not, by which test
came before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

import coding
from coding.services.carried import load_carried_codes

_SCHEMA = "carried"
_PATH = f"{_SCHEMA}, public"
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


def keep_carried_codes() -> None:
    """Tables like the product's, in the schema of their own, with all that is carried.

    A kept database has them already, unless the lists or what loads them changed since.
    """
    version = _version()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
            [_SCHEMA],
        )
        if cursor.fetchone() == (version,):
            return
        cursor.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE; CREATE SCHEMA {_SCHEMA}")
        for table in _TABLES:
            cursor.execute(f"CREATE TABLE {_SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        cursor.execute(f"SET search_path TO {_PATH}")
        load_carried_codes()
        cursor.execute(f"ANALYZE {', '.join(_TABLES)}")
        cursor.execute("RESET search_path")
        cursor.execute(f"COMMENT ON SCHEMA {_SCHEMA} IS %s", [version])


def _version() -> str:
    """A hash of the carried lists, the code that loads them and the tables that hold them."""
    folder = Path(coding.__path__[0])
    digest = hashlib.sha256()
    for pattern in ("data/*", "services/*.py", "services/**/*.py", "migrations/*.py"):
        for file in sorted(folder.glob(pattern)):
            if file.is_file():
                digest.update(file.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def _carried_codes(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        keep_carried_codes()


@pytest.fixture
def codes(_carried_codes, db) -> None:
    """The carried codes are there; what the test writes to them is undone with it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {_PATH}")


@pytest.fixture
def committed_codes(_carried_codes, transactional_db) -> Iterator[None]:
    """The carried codes are there for every connection, as a server in a thread needs.

    What a test writes to them would stay: it only reads them.
    """
    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"-c search_path={_PATH.replace(' ', '')}"
    connection.close()
    yield
    del options["options"]
    connection.close()
