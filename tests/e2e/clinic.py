"""People at their browsers, each signed in with their own role, in one running product."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from core.access.demo import DEMO_PASSWORD, DEMO_USERNAMES
from core.access.enums import Role
from tests.core.ui.browser import WIDE, opened
from tests.product import ROOT, Product

PATIENCE = 180.0
"""Seconds until what workers and payers do is missing; a sweep comes every 15 at the latest."""


@dataclass
class Clinic:
    """A running product, and the browser its people use."""

    product: Product
    browser: Browser
    address: str

    @contextmanager
    def signed_in(self, role: Role) -> Iterator[Page]:
        """The first page of a demo user. An error in the browser's console fails the test."""
        with opened(self.browser, base_url=self.address, viewport=WIDE) as page:
            page.goto("/login/")
            page.get_by_label("User name").fill(DEMO_USERNAMES[role])
            page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page).not_to_have_url("/login/")
            yield page

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A management command inside the product's own surroundings, as an operator runs it."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "rcm.settings",
            "FIRSTPASS_VAR": str(self.product.var),
        }
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


def reload_until(page: Page, words: str, *, within: str = "#content") -> None:
    """Load the page again until `words` stand on it; the test fails when they never come."""
    end = time.monotonic() + PATIENCE
    while words not in page.locator(within).inner_text():
        assert time.monotonic() < end, (
            f"“{words}” did not appear within {PATIENCE:.0f} s on {page.url}:\n"
            f"{page.locator(within).inner_text()[:3000]}"
        )
        page.wait_for_timeout(250)
        page.reload()
