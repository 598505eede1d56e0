"""Looking at pages in a real browser: what went wrong in it, and what axe finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 60_000
"""Milliseconds until what should come is missing: a busy machine is no failure."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; the test is skipped where none is installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}: install chromium or set CHROMIUM")
    # Playwright's synchronous API runs an event loop in this thread; Django would refuse its
    # database there.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            expect.set_options(timeout=PATIENCE)
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE
            )
            try:
                yield browser
            finally:
                browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def opened(browser: Browser, *, cookies: list[Any] = [], **options: Any) -> Iterator[Page]:  # noqa: B006
    """A page of its own; errors in its console fail the test (a refused inline style is one)."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.add_cookies(cookies)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        yield page
        assert wrong == []
    finally:
        context.close()


def session_cookie(client: Any, address: str) -> list[dict[str, str]]:
    """The sign-in of a Django test client, for the browser."""
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]


def open_page(page: Page, address: str) -> Response:
    """Go there, and wait for what the page loads by itself after it came."""
    answer = page.goto(address)
    assert answer is not None
    page.wait_for_function("document.querySelector('.htmx-request') === null")
    return answer


def axe_findings(page: Page) -> list[str]:
    """What axe objects to by WCAG 2.2 AA and good practice: rule, element."""
    found = Axe().run(
        page,
        options={
            "runOnly": {"type": "tag", "values": RULES},
            # Half of the time goes into describing what is right, and style sheets are asked for
            # again by a rule only that is not among these.
            "resultTypes": ["violations"],
            "preload": {"assets": ["media"]},
        },
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(wide, 0)
