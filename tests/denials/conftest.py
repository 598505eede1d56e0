"""What several denial tests stand on."""

from __future__ import annotations

import pytest

from coding.models import CodeRelease
from coding.services.carried import load_carried_codes


@pytest.fixture(scope="session")
def _carried_codes(django_db_setup, django_db_blocker):
    """The code lists, edits and fees that the product carries, loaded once for the whole run."""
    with django_db_blocker.unblock():
        if not CodeRelease.objects.exists():
            load_carried_codes()


@pytest.fixture
def codes(_carried_codes, db):
    """The carried codes are there, also after a test that emptied the tables."""
    if not CodeRelease.objects.exists():
        load_carried_codes()
