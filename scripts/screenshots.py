"""Pictures of each role's main pages, for `docs/screenshots` (`make shots`).

Starts a product with a demo clinic of its own, or uses a running one with --url.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup()

from playwright.sync_api import Browser, Page, ViewportSize  # noqa: E402

from core.access.demo import DEMO_PASSWORD, DEMO_USERNAMES  # noqa: E402
from core.access.enums import Role  # noqa: E402
from tests.core.ui.browser import CHROMIUM, chromium  # noqa: E402
from tests.product import Product  # noqa: E402

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

PAGES: dict[Role, list[tuple[str, str, str]]] = {
    Role.FRONT_DESK: [
        ("today", "/front-desk/", ""),
        ("check-in", "/front-desk/?show=expected", "row"),
        ("register", "/patients/new/", ""),
        ("eligibility", "/eligibility/", ""),
    ],
    Role.PROVIDER: [("my-day", "/provider/", ""), ("note", "/provider/", "row")],
    Role.CODER: [("queue", "/coding/", ""), ("workspace", "/coding/", "row")],
    Role.BILLER: [
        ("work-list", "/billing/", ""),
        ("claims", "/billing/claims/", ""),
        ("claim", "/denials/?state=recovered&carc=4", "story"),
        ("follow-up", "/billing/follow-up/", ""),
        ("remittance", "/remittances/", "row"),
        ("denials", "/denials/", ""),
        ("denial", "/denials/", "row"),
    ],
    Role.MANAGER: [("dashboard", "/manager/", ""), ("kpis", "/manager/kpis/", "")],
    Role.ADMINISTRATOR: [
        ("overview", "/administration/", ""),
        ("users", "/administration/users/", ""),
        ("operations", "/administration/operations/", ""),
    ],
}
"""Role → pictures: name, address, and what is opened from there: the first row of the list, or
from that row the story of its claim."""


def main() -> None:
    """Take them all; a page that answers with an error ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running product with the demo clinic")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screenshots")
    options = parser.parse_args()
    if not Path(CHROMIUM).exists():
        sys.exit(f"No browser at {CHROMIUM}: install chromium, or set CHROMIUM to one.")
    options.to.mkdir(parents=True, exist_ok=True)
    with _product(options.url) as address, chromium() as browser:
        for role, pages in PAGES.items():
            _pictures(browser, address, role, pages, options.to)


@contextmanager
def _product(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        product = Product(
            Path(folder),
            FIRSTPASS_DEMO="1",
            FIRSTPASS_DEMO_DAYS="56",
            FIRSTPASS_DEMO_ENCOUNTERS="60",
        )
        try:
            yield product.ready()
        finally:
            product.stop()


def _pictures(
    browser: Browser, address: str, role: Role, pages: list[tuple[str, str, str]], folder: Path
) -> None:
    context = browser.new_context(
        base_url=address, viewport=WIDE, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill(DEMO_USERNAMES[role])
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    for index, (name, path, then) in enumerate(pages):
        _open(page, path, then)
        target = folder / f"{role.value.replace('_', '-')}-{name}.png"
        page.screenshot(path=target)
        print(f"{target.name}  {target.stat().st_size // 1024} KiB")
        if index == 0:
            page.set_viewport_size(PHONE)
            page.screenshot(path=target.with_stem(f"{target.stem}-phone"))
            page.set_viewport_size(WIDE)
    context.close()


def _open(page: Page, path: str, then: str) -> None:
    answer = page.goto(path)
    if answer is None or answer.status >= 400:
        sys.exit(f"{path} answered {answer.status if answer else 'nothing'}.")
    if then:
        page.locator("table a.row-link").first.click()
        page.wait_for_load_state()
    if then == "story":
        page.get_by_role("link", name="Claim's story").click()
        page.wait_for_load_state()
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
