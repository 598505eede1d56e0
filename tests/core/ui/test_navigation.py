from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.access.enums import Role
from core.access.models import User
from core.access.permissions import FIRST_PAGE, role_has
from core.ui.context import shell
from core.ui.navigation import NAVIGATION, menu
from core.work.enums import Queue
from core.work.models import WorkItem
from core.work.services import close_item

ITEMS = [(role, item) for role, groups in NAVIGATION.items() for g in groups for item in g.items]


def test_every_role_has_a_navigation():
    assert set(NAVIGATION) == set(Role)


@pytest.mark.parametrize(("role", "item"), ITEMS, ids=lambda v: getattr(v, "url_name", v))
def test_item_is_permitted_to_its_role_and_leads_somewhere(role, item):
    assert role_has(role, item.permission)
    assert reverse(item.url_name)


@pytest.mark.parametrize("role", Role)
def test_first_page_stands_first(role):
    assert NAVIGATION[role][0].items[0].url_name == FIRST_PAGE[role]


@pytest.mark.parametrize("role", Role)
def test_shortcuts_of_a_role_are_unique(role):
    keys = [item.key for r, item in ITEMS if r == role]
    assert len(keys) == len(set(keys))


def test_menu_marks_the_page_with_the_longest_address():
    user = User(role=Role.BILLER, is_active=True)
    path = reverse("billing:claims")
    current = [link.item.label for s in menu(user, path, {}) for link in s.links if link.is_current]
    assert current == ["Claims"]


def test_menu_shows_what_waits():
    user = User(role=Role.CODER, is_active=True)
    links = [link for section in menu(user, "/", {"coding": 31}) for link in section.links]
    assert [link.count for link in links if link.item.queue == "coding"] == [31]


def test_menu_of_a_closed_account_is_empty():
    assert menu(User(role=Role.BILLER, is_active=False), "/", {}) == []


def test_counts_leave_out_what_is_done_or_snoozed(db, rf, django_assert_num_queries):
    today = clock.today()
    WorkItem.objects.create(queue=Queue.CODING)
    WorkItem.objects.create(queue=Queue.CODING, snoozed_until=today)
    WorkItem.objects.create(queue=Queue.CODING, snoozed_until=today + timedelta(days=1))
    done = WorkItem.objects.create(queue=Queue.CODING)
    close_item(item_id=done.pk, outcome="coded", user=None)
    request = rf.get("/")
    request.user = User.objects.create_user("coder", password="x", role=Role.CODER)
    with django_assert_num_queries(1):
        links = [link for section in shell(request)["nav"] for link in section.links]
    assert [link.count for link in links if link.item.queue == "coding"] == [2]
