"""Every address of the product × every role: what it answers, and that a refusal changes nothing."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html import unescape
from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.access.enums import Role
from tests.core.access import world
from tests.core.access.url_matrix import TABLE

pytestmark = pytest.mark.django_db

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


def sign_in(role, ids):
    """The cookies of somebody with that role: signing in takes as long as a page."""
    client = Client()
    client.force_login(world.person(role, ids))
    return client.cookies


def ask(row, ids, *, cookies=None, method=None):
    """The answer, and what it wrote; nothing of it stays."""
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie(cookies)
    with rolled_back(), CaptureQueriesContext(connection) as seen:
        answer = getattr(client, method or row.method)(address(row, ids))
    return answer, [q["sql"] for q in seen if q["sql"].upper().startswith(WRITES)]


@pytest.mark.parametrize("role", Role)
def test_addresses_answer_each_role_as_the_table_says(role, ids, undone):
    cookies = sign_in(role, ids)
    wrong = []
    for row in TABLE:
        answer, written = ask(row, ids, cookies=cookies)
        status = row.status if role in row.roles else 403
        if answer.status_code != status:
            wrong.append(f"{row}: {answer.status_code}, not {status}")
        if status == 403 and written:
            wrong.append(f"{row}: refused, and wrote {written}")
    assert wrong == [], "\n".join(wrong)


def test_addresses_answer_a_stranger_as_the_table_says(ids, undone):
    wrong = []
    for row in TABLE:
        answer, written = ask(row, ids)
        if answer.status_code != row.stranger:
            wrong.append(f"{row}: {answer.status_code}, not {row.stranger}")
        goal = answer.headers.get("Location", "")
        if row.stranger == 302 and row.name != "logout" and not goal.startswith(reverse("login")):
            wrong.append(f"{row}: sent to {goal!r}")
        if written:
            wrong.append(f"{row}: wrote {written}")
    assert wrong == [], "\n".join(wrong)


def test_addresses_that_only_change_things_take_no_get(ids, undone):
    pages = {row.name for row in TABLE if row.method == "get"}
    rows = [row for row in TABLE if row.method == "post" and row.name not in pages]
    cookies = {role: sign_in(role, ids) for role in Role}
    wrong = []
    for row in rows:
        answer, _ = ask(row, ids, cookies=cookies[min(row.roles)], method="get")
        if answer.status_code != 405:
            wrong.append(f"{row}: {answer.status_code}")
    assert rows
    assert wrong == [], "\n".join(wrong)


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
    cookies = {role: sign_in(role, ids) for role in Role}
    for row in pages:
        answer, _ = ask(row, ids, cookies=cookies[min(row.roles)])
        if not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        titles = TITLE.findall(text.split("<body")[0])
        if any("<" in title or "&lt;" in title or not title.strip() for title in titles):
            wrong.append(f"{row}: title {titles}")
        wrong += [f"{row}: {found[0]!r}" for found in ONE_OF_MANY.finditer(words_of(text))]
    assert wrong == [], "\n".join(wrong)
