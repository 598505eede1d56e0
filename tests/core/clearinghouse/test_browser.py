"""The pages of files in a real browser: nothing sideways, nothing that axe finds, keys work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from core import clock
from core.access.enums import Role
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.services import send_pending
from core.gateway_types import GatewayDown
from tests.core.clearinghouse.fakes import FakeGateway
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    chromium,
    opened,
    overflow,
    session_cookie,
)
from tests.factories.access import UserFactory
from tests.factories.clearinghouse import TransmissionFactory
from tests.simulator.sandbox.building import claim, file_of, line, row

pytestmark = pytest.mark.django_db(transaction=True)

CLAIMS = file_of([row("BEACN", claim("C1-1", line("99213"), line("87880", "QW")))])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def waiting(transactional_db) -> Any:
    """A file that nobody took so far."""
    found: Any = TransmissionFactory(state=TransmissionState.PENDING, content=CLAIMS)

    def down(name: str, content: bytes) -> None:
        raise GatewayDown("http://127.0.0.1:8090 cannot be reached (connection refused).")

    send_pending(gateway=FakeGateway(down))
    return found


@pytest.fixture
def biller() -> Client:
    client = Client()
    client.force_login(UserFactory(role=Role.BILLER))  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
def test_pages_are_accessible_and_fit(browser, live_server, waiting, biller, scheme, size):
    cookies = session_cookie(biller, live_server.url)
    with opened(browser, cookies=cookies, viewport=size, color_scheme=scheme) as page:
        for url in (
            reverse("clearinghouse:list"),
            reverse("clearinghouse:detail", args=[waiting.pk]),
        ):
            page.goto(live_server.url + url)
            assert axe_findings(page) == []
            assert overflow(page) == 0


def test_file_is_found_looked_at_and_sent_again_by_keyboard(browser, live_server, waiting, biller):
    cookies = session_cookie(biller, live_server.url)
    with opened(browser, cookies=cookies, viewport=WIDE) as page:
        page.goto(live_server.url + reverse("clearinghouse:list"))
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{reverse('clearinghouse:detail', args=[waiting.pk])}")
        expect(page.locator("#s1")).to_contain_text("ISA*00*")
        page.keyboard.press("r")
        expect(page.locator("#toasts")).to_contain_text("sent again now")
    waiting.refresh_from_db()
    assert waiting.next_attempt_at is None or waiting.next_attempt_at <= clock.now()
