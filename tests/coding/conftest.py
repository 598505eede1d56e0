from __future__ import annotations

import pytest

from coding.models import CodeRelease
from coding.services.carried import load_carried_codes


@pytest.fixture(scope="session")
def _carried_codes(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Everything that the product carries, loaded once for the whole run."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        load_carried_codes()


@pytest.fixture
def codes(_carried_codes: None, db: None) -> None:
    """The carried codes are there, also after a test that emptied the tables."""
    if not CodeRelease.objects.exists():
        load_carried_codes()
