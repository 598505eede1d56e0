"""The workspace as a coder's hands know it: keyboard first, edits while one types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from coding.models import CodingVersion
from core import clock
from core.access.models import User
from encounters.enums import EncounterStatus
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    chromium,
    opened,
    overflow,
    session_cookie,
)
from tests.factories.coding import coder, contract, visit_to_code

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visit(committed_codes):
    """A sore throat of yesterday; the provider picked no codes."""
    encounter = visit_to_code(service_date=clock.today() - timedelta(days=1), codes=False)
    contract(encounter)
    return encounter


@pytest.fixture
def signed_in() -> Client:
    client = Client()
    client.force_login(coder(first_name="Maria", last_name="Lund"))
    return client


def test_sore_throat_is_coded_with_the_keyboard_alone(browser, live_server, visit, signed_in):
    cookies = session_cookie(signed_in, live_server.url)
    with opened(browser, cookies=cookies, viewport=WIDE) as page:
        page.goto(live_server.url + reverse("coding:home"))
        page.keyboard.press("n")
        page.wait_for_url(f"**{reverse('coding:workspace', args=[visit.pk])}")
        page.keyboard.press("d")
        page.keyboard.type("sore throt")
        expect(page.locator("#add-dx-list [role=option]").first).to_contain_text("J02.9")
        page.keyboard.press("Enter")
        expect(page.locator(".dx-row")).to_contain_text("Acute pharyngitis, unspecified")
        for words, code in (("99213", "99213"), ("rapid strep", "87880")):
            page.keyboard.press("Escape")
            page.locator("h1").click()
            page.keyboard.press("s")
            page.keyboard.type(words)
            expect(page.locator("#add-code-list [role=option]").first).to_contain_text(code)
            page.keyboard.press("Enter")
            expect(page.locator(f'input[name=code][value="{code}"]')).to_be_visible()
        expect(page.locator("#edits")).to_contain_text("without QW")
        expect(page.locator("#edits")).to_contain_text("$19.84")
        page.locator("#mod-2").fill("qw")
        page.keyboard.press("Tab")
        expect(page.locator("#edits")).to_contain_text("fit together")
        expect(page.locator("#words-2")).to_contain_text("QW Simple test done under a CLIA waiver")
        page.locator("#units-1").fill("2")
        page.keyboard.press("Tab")
        expect(page.locator("#charge-1")).to_have_attribute("placeholder", "$370.00")
        page.locator("#units-1").fill("1")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**{reverse('coding:home')}")
        expect(page.locator("#toasts")).to_contain_text("is coded")
    visit.refresh_from_db()
    version = CodingVersion.objects.get(encounter=visit)
    assert visit.status == EncounterStatus.CODED
    assert [(line.code, line.modifiers, line.pointers) for line in version.lines.all()] == [
        ("99213", [], [1]),
        ("87880", ["QW"], [1]),
    ]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit(browser, live_server, visit, signed_in, size, scheme):
    cookies = session_cookie(signed_in, live_server.url)
    paths = [
        reverse("coding:home"),
        reverse("coding:workspace", args=[visit.pk]),
        reverse("coding:history", args=[visit.pk]),
        reverse("coding:lookup") + "?q=sore+throat&code=J02.9",
    ]
    with opened(browser, cookies=cookies, viewport=size, color_scheme=scheme) as page:
        for path in paths:
            page.goto(live_server.url + path)
            assert (path, axe_findings(page)) == (path, [])
            assert (path, overflow(page)) == (path, 0)


def test_codes_typed_in_a_session_that_ended_are_back_after_signing_in(
    browser, live_server, visit, signed_in
):
    coder(username="maria", password="a-quiet-river-17")
    client = Client()
    client.force_login(User.objects.get(username="maria"))
    cookies = session_cookie(client, live_server.url)
    with opened(browser, cookies=cookies, viewport=WIDE) as page:
        page.goto(live_server.url + reverse("coding:workspace", args=[visit.pk]))
        page.locator("#add-code").fill("99213")
        expect(page.locator("#add-code-list [role=option]").first).to_contain_text("99213")
        page.keyboard.press("Enter")
        expect(page.locator("#units-1")).to_have_value("1")
        Session.objects.all().delete()
        page.locator("#units-1").fill("3")
        page.keyboard.press("Tab")
        page.get_by_label("User name").fill("maria")
        page.get_by_label("Password", exact=True).fill("a-quiet-river-17")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("#units-1")).to_have_value("3")
        expect(page.get_by_text("What you typed is back")).to_be_visible()
