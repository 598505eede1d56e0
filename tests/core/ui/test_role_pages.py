"""Every page of every role's navigation in a real browser, before there is any data."""

import pytest
from django.urls import reverse

from core.access.enums import Role
from core.access.models import User
from core.ui.navigation import NAVIGATION
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    open_page,
    opened,
    overflow,
    session_cookie,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"]
)
@pytest.mark.parametrize("role", Role)
def test_pages_of_a_role_are_accessible_fit_and_say_what_will_appear(
    browser, client, live_server, role, size, scheme
):
    client.force_login(User.objects.create_user("somebody", password="x", role=role))
    cookies = session_cookie(client, live_server.url)
    found: dict[str, list[str]] = {}
    with opened(
        browser, cookies=cookies, base_url=live_server.url, viewport=size, color_scheme=scheme
    ) as page:
        for group in NAVIGATION[role]:
            for item in group.items:
                answer = open_page(page, reverse(item.url_name))
                assert answer.status == 200, item.url_name
                assert overflow(page) == 0, item.url_name
                assert page.locator(".nav-link[aria-current]").count() == 1, item.url_name
                found |= {item.url_name: wrong} if (wrong := axe_findings(page)) else {}
    assert found == {}
