"""The tests' own database, and no other."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import databases


@pytest.mark.django_db
def test_guards_are_switched_off_in_a_test_database_only(monkeypatch):
    class Elsewhere:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def execute(self, query):
            assert query == "SELECT current_database()", "nothing else is asked or changed there"

        def fetchone(self):
            return ("clinic",)

    databases.allow_emptying()
    monkeypatch.setattr(connection, "cursor", Elsewhere)
    with pytest.raises(RuntimeError, match="clinic is no test database"):
        databases.allow_emptying()
