from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Q

from core import clock
from core.errors import Refused
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from core.work.queries import open_items as open_rows
from core.work.rules import priority
from core.work.services import (
    NewItem,
    add_note,
    claim_next,
    close_item,
    close_items,
    open_items,
    release,
    snooze,
    take,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def three():
    return open_items([NewItem(Queue.DENIAL, Decimal(n)) for n in (50, 200, 100)])


@pytest.mark.parametrize(
    ("due_on", "rank"),
    [
        (None, 100),
        (TODAY, 400),
        (TODAY - timedelta(days=9), 400),
        (TODAY + timedelta(days=3), 200),
        (TODAY + timedelta(days=7), 150),
        (TODAY + timedelta(days=30), 100),
    ],
)
def test_priority_is_money_by_chance_by_urgency(due_on, rank):
    assert priority(Decimal(200), Decimal("0.5"), due_on, TODAY) == Decimal(rank)


def test_open_items_keep_their_order_and_stand_by_rank(django_assert_num_queries):
    with django_assert_num_queries(1):
        items = three()
    assert [i.dollars_at_stake for i in items] == [50, 200, 100]
    assert [i.dollars_at_stake for i in open_rows(Queue.DENIAL)] == [200, 100, 50]


def test_two_people_never_get_the_same_item():
    items = three()
    one, two = UserFactory(), UserFactory()
    assert claim_next(queue=Queue.DENIAL, user=one) == items[1]
    assert claim_next(queue=Queue.DENIAL, user=two) == items[2]
    assert claim_next(queue=Queue.DENIAL, user=one) == items[1]
    assert open_rows(Queue.DENIAL).count() == 3
    assert open_rows(Queue.DENIAL).filter(assigned_to=one).count() == 1


def test_claim_next_can_be_narrowed_and_ends():
    items = three()
    user = UserFactory()
    assert claim_next(queue=Queue.DENIAL, user=user, filters=Q(pk=items[0].pk)) == items[0]
    assert claim_next(queue=Queue.CODING, user=user) is None


def test_claim_next_after_an_item_gives_it_back_and_goes_on_behind_it():
    items = three()
    one, two = UserFactory(), UserFactory()
    assert claim_next(queue=Queue.DENIAL, user=one) == items[1]
    assert claim_next(queue=Queue.DENIAL, user=one, after=items[1].pk) == items[2]
    assert claim_next(queue=Queue.DENIAL, user=one, after=items[2].pk) == items[0]
    assert open_rows(Queue.DENIAL).count() == 3
    assert open_rows(Queue.DENIAL).filter(assigned_to=one).count() == 1
    assert claim_next(queue=Queue.DENIAL, user=two) == items[1]
    assert claim_next(queue=Queue.DENIAL, user=one, after=items[0].pk) == items[2]


def test_claim_next_after_the_only_item_stays_with_it_and_after_nothing_begins_anew():
    [only] = open_items([NewItem(Queue.DENIAL, Decimal(5))])
    user = UserFactory()
    assert claim_next(queue=Queue.DENIAL, user=user, after=only.pk) == only
    close_item(item_id=only.pk, outcome="", user=user)
    assert claim_next(queue=Queue.DENIAL, user=user, after=only.pk) is None
    [other] = open_items([NewItem(Queue.DENIAL, Decimal(5))])
    assert claim_next(queue=Queue.DENIAL, user=user, after=10**9) == other


@pytest.mark.django_db(transaction=True)
def test_item_that_somebody_is_just_taking_is_skipped():
    items = three()
    settings = connection.get_connection_params()
    import psycopg2

    other = psycopg2.connect(
        **{k: v for k, v in settings.items() if k in {"dbname", "user", "password", "host", "port"}}
    )
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM work_workitem WHERE id = %s FOR UPDATE", [items[1].pk])
            assert claim_next(queue=Queue.DENIAL, user=UserFactory()) == items[2]
    finally:
        other.close()


def test_take_and_release():
    item = three()[0]
    one, two = UserFactory(), UserFactory()
    take(item.pk, one)
    with pytest.raises(Refused, match="Somebody else"):
        take(item.pk, two)
    with pytest.raises(Refused, match="Somebody else"):
        release(item.pk, two)
    release(item.pk, one)
    assert take(item.pk, two).assigned_to == two


def test_snoozed_item_comes_back_on_its_day():
    item = three()[1]
    user = UserFactory()
    take(item.pk, user)
    snooze(item_id=item.pk, until=clock.today() + timedelta(days=2), user=user)
    assert item not in open_rows(Queue.DENIAL)
    with clock.at(clock.now() + timedelta(days=2)):
        assert claim_next(queue=Queue.DENIAL, user=UserFactory()) == item
    with pytest.raises(Refused, match="after today"):
        snooze(item_id=item.pk, until=clock.today(), user=user)


def test_closed_item_is_closed_once():
    first, second, third = three()
    user = UserFactory()
    close_item(item_id=first.pk, outcome="Paid", user=user)
    with pytest.raises(Refused, match="closed already"), transaction.atomic():
        close_item(item_id=first.pk, outcome="Again", user=user)
    assert close_items([first.pk, second.pk, None], outcome="Swept", user=None) == 1
    first.refresh_from_db()
    assert (first.state, first.outcome, first.closed_by) == (WorkState.DONE, "Paid", user)
    assert list(open_rows(Queue.DENIAL)) == [third]


def test_note_needs_words():
    item = three()[0]
    with pytest.raises(Refused):
        add_note(item_id=item.pk, text="  ", author=UserFactory())
    assert add_note(item_id=item.pk, text=" Called. ", author=UserFactory()).text == "Called."
    assert WorkItem.objects.get(pk=item.pk).notes.count() == 1
