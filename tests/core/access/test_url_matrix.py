"""Every address of the product × every role: what it answers, and that a refusal changes nothing."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.access.enums import Role
from tests.core.access import world
from tests.core.access.url_matrix import TABLE

WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT NEXTVAL", "TRUNCATE")


@contextmanager
def rolled_back():
    """What happens inside is undone; a view may open a durable block of its own, as in a test
    case of Django."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ids(django_db_setup, django_db_blocker):
    """The world is built once; each test looks at it in a savepoint of its own."""
    with django_db_blocker.unblock(), rolled_back():
        yield world.build()


@pytest.fixture
def undone(ids, django_db_blocker):
    with django_db_blocker.unblock(), rolled_back():
        yield


def address(row, ids):
    return reverse(row.name, args=[ids.get(row.of, row.of)] if row.of else [])


def ask(client, row, ids):
    """The answer, and what it wrote."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = getattr(client, row.method)(address(row, ids))
    written = [q["sql"] for q in seen if q["sql"].upper().startswith(WRITES)]
    return answer, written


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_address_answers_each_role_as_the_table_says(row, role, ids, undone):
    client = Client(raise_request_exception=False)
    client.force_login(world.person(role, ids))
    answer, written = ask(client, row, ids)
    if role in row.roles:
        assert answer.status_code == row.status
    else:
        assert answer.status_code == 403
        assert written == []


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_address_answers_a_stranger_as_the_table_says(row, ids, undone):
    answer, written = ask(Client(raise_request_exception=False), row, ids)
    assert answer.status_code == row.stranger
    assert written == []
    if row.stranger == 302 and row.name != "logout":
        assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if row.method == "post" and f"get {row.name}" not in map(str, TABLE)],
    ids=str,
)
def test_address_that_only_changes_things_takes_no_get(row, ids, undone):
    client = Client(raise_request_exception=False)
    client.force_login(world.person(min(row.roles), ids))
    answer = client.get(address(row, ids))
    assert answer.status_code == 405


def names(patterns, space=""):
    """The name of every address, with its namespace."""
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from names(one.url_patterns, inner)
        else:
            assert isinstance(one, URLPattern)
            yield f"{space}{one.name}"


def test_every_address_of_the_product_stands_in_the_table():
    assert set(names(get_resolver().url_patterns)) == {row.name for row in TABLE}


def test_no_row_stands_twice():
    assert len({str(row) for row in TABLE}) == len(TABLE)


TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# "Line 1 modifiers" and "Denial 1 denials.denial:1" count nothing; "1 pays" is a verb.
ONE_OF_MANY = re.compile(
    r"(?<![\w.,:/–-])(?<!Line )1 (?!(?:as|has|is|was|pays)\b)(?:people|[a-z]+s)\b(?!\.\w)"
)


def words_of(text):
    """What a reader sees or hears of a page: a bar between cells and blocks, no markup."""
    read_aloud = " | ".join(re.findall(r'aria-label="([^"]*)"', text))
    text = re.sub(r"(?s)<(script|style|svg|pre).*?</\1>", " ", text)
    text = re.sub(r"</?(?:a|abbr|b|em|span|strong|time)\b[^>]*>", " ", text)
    text = re.sub(r"<[^>]+>", " | ", text)
    return re.sub(r"\s+", " ", unescape(f"{text} | {read_aloud}"))


@pytest.mark.django_db
def test_titles_are_plain_text_and_one_of_a_thing_is_not_many(ids, undone):
    wrong = []
    pages = [row for row in TABLE if (row.method, row.status) == ("get", 200) and row.roles]
    for row in pages:
        client = Client()
        client.force_login(world.person(min(row.roles), ids))
        answer = client.get(address(row, ids))
        if not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        titles = TITLE.findall(text.split("<body")[0])
        if any("<" in title or "&lt;" in title or not title.strip() for title in titles):
            wrong.append(f"{row}: title {titles}")
        wrong += [f"{row}: {found[0]!r}" for found in ONE_OF_MANY.finditer(words_of(text))]
    assert wrong == [], "\n".join(wrong)
