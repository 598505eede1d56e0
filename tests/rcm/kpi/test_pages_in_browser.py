"""The manager's pages with a week of denials in a real browser: axe, width, keyboard."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.access.enums import Role
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    open_page,
    opened,
    overflow,
    session_cookie,
)
from tests.core.ui.conftest import browser  # noqa: F401
from tests.factories import UserFactory
from tests.rcm.kpi.test_weekly import CO4, CO97, THIS, deny

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"]
)
def test_manager_pages_are_accessible_and_fit(browser, client, live_server, size, scheme):  # noqa: F811
    deny(THIS, [CO4, CO4, CO97, None], "EFT1")
    client.force_login(UserFactory(role=Role.MANAGER))
    cookies = session_cookie(client, live_server.url)
    week = f"?week={THIS.key}"
    with opened(
        browser, cookies=cookies, base_url=live_server.url, viewport=size, color_scheme=scheme
    ) as page:
        for url in (
            reverse("manager:home") + week,
            reverse("manager:kpis") + week,
            reverse("manager:kpi", args=["initial-denial-rate"]) + week,
        ):
            open_page(page, url)
            assert overflow(page) == 0, url
            assert axe_findings(page) == [], url
        open_page(page, reverse("manager:home") + week)
        page.keyboard.press("b")
        page.wait_for_url(f"**{reverse('manager:home')}?week={THIS.back(1).key}")
