"""What every test stands on: its kind, its servers, its database, its browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase

from tests import databases, servers
from tests.carried import _carried_codes, codes, committed_codes

__all__ = ["_carried_codes", "codes", "committed_codes"]

KINDS = ("kill", "browser", "db", "unit")
"""Every test has one of these marks. The ones that take longest run first: at the end of a parallel
run no worker then waits for the other."""

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_configure(config: pytest.Config) -> None:
    if servers.kept() and not config.getvalue("create_db"):
        config.option.reuse_db = True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its kind, unless it says one itself, and sort by it."""
    order = {}
    for item in items:
        kind = next((kind for kind in KINDS if item.get_closest_marker(kind)), None)
        if kind is None:
            kind = _kind(item)
            item.add_marker(kind)
        order[item] = KINDS.index(kind)
    items.sort(key=order.__getitem__)


def _kind(item: pytest.Item) -> str:
    fixtures = set(getattr(item, "fixturenames", ()))
    if "browser" in fixtures:
        return "browser"
    case = getattr(item, "cls", None)
    if (
        item.get_closest_marker("django_db")
        or DATABASE_FIXTURES & fixtures
        or (case is not None and issubclass(case, TransactionTestCase))
    ):
        return "db"
    return "unit"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("unit") is None:
        servers.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    servers.stop()
    if hasattr(session.config, "workerinput"):
        return
    for home in servers.left_behind(session.config._tmp_path_factory.getbasetemp()):
        writer = session.config.get_terminal_writer()
        writer.line(f"\nA test left the data of its servers behind: {home}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def _template(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_blocker,
) -> None:
    """What the workers of a parallel run copy their databases from."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run and not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.copy_from_template(run, with_codes=_any_needs_codes(request.session))


def _any_needs_codes(session: pytest.Session) -> bool:
    return any("_carried_codes" in getattr(item, "fixturenames", ()) for item in session.items)


@pytest.fixture(scope="session")
def django_db_setup(_template, django_db_setup, django_db_blocker) -> Iterator[None]:
    """The test database, in which tests that commit may empty the tables after themselves."""
    with django_db_blocker.unblock():
        databases.allow_emptying()
    with databases.quick_emptying():
        yield
