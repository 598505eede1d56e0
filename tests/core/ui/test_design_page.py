"""The page of every component in a real browser, under the real content policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.access.enums import Role
from core.access.models import User
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    open_page,
    opened,
    overflow,
    session_cookie,
)

LIGHT_TEXT, DARK_TEXT = "rgb(21, 32, 43)", "rgb(231, 236, 242)"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coder():
    return User.objects.create_user(
        "coder", password="a long password", role=Role.CODER, first_name="Kofi", last_name="Lind"
    )


@pytest.fixture
def visit(browser, client, coder, live_server):
    """Opens a page of the live server as the coder."""
    client.force_login(coder)

    def go(path, **options):
        cookies = session_cookie(client, live_server.url)
        return opened(browser, cookies=cookies, base_url=live_server.url, **options)

    return go


@pytest.fixture
def design():
    return reverse("design")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_design_page_is_accessible_and_fits(visit, design, scheme, size):
    with visit(design, viewport=size, color_scheme=scheme) as page:
        open_page(page, design)
        assert axe_findings(page) == []
        assert overflow(page) == 0


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_is_accessible(browser, live_server, scheme, size):
    address = live_server.url + reverse("login")
    with opened(browser, viewport=size, color_scheme=scheme) as page:
        page.goto(address)
        page.fill("#id_username", "nobody")
        page.fill("#id_password", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        assert axe_findings(page) == []
        assert overflow(page) == 0


def test_combobox_is_driven_by_the_keyboard(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        box = page.locator("#id_diagnosis")
        box.press_sequentially("pharyng")
        page.wait_for_selector("#id_diagnosis-list [role=option]")
        assert box.get_attribute("aria-expanded") == "true"
        active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
        assert active.get_attribute("data-value") == "J02.0"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert box.input_value() == "J02.9 Acute pharyngitis, unspecified"
        assert page.input_value("input[type=hidden][name=diagnosis]") == "J02.9"
        assert box.get_attribute("aria-expanded") == "false"


def test_combobox_forgets_its_value_when_the_text_changes(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        box = page.locator("#id_diagnosis")
        box.press_sequentially("i10")
        page.wait_for_selector("#id_diagnosis-list [role=option]")
        page.keyboard.press("Enter")
        assert page.input_value("input[type=hidden][name=diagnosis]") == "I10"
        box.press_sequentially("x")
        assert page.input_value("input[type=hidden][name=diagnosis]") == ""


def test_escape_closes_the_listbox_and_keeps_the_text(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        page.locator("#id_diagnosis").press_sequentially("pain")
        page.wait_for_selector("#id_diagnosis-list [role=option]")
        page.keyboard.press("Escape")
        assert page.locator("#id_diagnosis-list").is_hidden()
        assert page.input_value("#id_diagnosis") == "pain"


def test_rows_are_worked_with_j_k_and_x(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        for key in "jjk":
            page.keyboard.press(key)
        assert "C00001234" in page.inner_text("tr.cursor")
        page.keyboard.press("x")
        assert page.inner_text("[data-bulk]").startswith("1 selected")


def test_shortcuts_are_shown_and_can_be_turned_off(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        page.keyboard.press("?")
        assert page.locator("#shortcuts-dialog").is_visible()
        assert "Open the dialog" in page.inner_text("#shortcuts-dialog")
        page.uncheck("[data-shortcuts-on]")
        page.keyboard.press("Escape")
        page.reload()
        page.keyboard.press("o")
        page.keyboard.press("j")
        assert page.locator("#specimen-dialog").is_hidden()
        assert page.locator("tr.cursor").count() == 0


def test_typing_never_fires_a_shortcut(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        page.focus("#id_reason")
        page.keyboard.type("o ? j d")
        assert page.input_value("#id_reason") == "o ? j d"
        assert page.locator("dialog[open]").count() == 0


def test_confirm_holds_the_form_back_until_yes(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        sent = []
        page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
        page.click("button[data-confirm]")
        assert "cannot be undone" in page.inner_text("#confirm-dialog")
        page.click("#confirm-dialog button[value=no]")
        assert sent == []
        page.click("button[data-confirm]")
        with page.expect_request(lambda r: r.method == "POST"):
            page.click("#confirm-dialog [data-confirm-yes]")


def test_messages_of_a_partial_answer_become_toasts(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        page.click("text=Show toasts")
        page.wait_for_selector(".toast[data-tone=danger]")
        assert page.locator(".toast").count() == 2
        page.click(".toast[data-tone=danger] [data-dismiss]")
        assert page.locator(".toast").count() == 1


def test_theme_is_kept_and_applied_before_the_first_paint(visit, design):
    with visit(design, viewport=WIDE, color_scheme="light") as page:
        page.goto(design)
        body = page.locator("body")
        expect(body).to_have_css("color", LIGHT_TEXT)
        page.click(".topbar [data-theme-toggle]")
        expect(body).to_have_css("color", DARK_TEXT)
        page.goto(design, wait_until="commit")
        page.wait_for_selector("body", state="attached")
        assert page.get_attribute("html", "data-theme") == "dark"
        expect(body).to_have_css("color", DARK_TEXT)


def test_long_work_is_polled_until_it_is_done(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        expect(page.locator("#job progress")).to_have_attribute("value", "4")


def test_navigation_is_a_drawer_on_a_phone(visit, design):
    with visit(design, viewport=PHONE) as page:
        page.goto(design)
        assert page.locator("#nav").is_hidden()
        page.click("[data-nav-open]")
        page.wait_for_selector("#nav", state="visible")
        page.keyboard.press("Escape")
        page.wait_for_selector("#nav", state="hidden")
        assert page.evaluate("document.activeElement.hasAttribute('data-nav-open')")


def test_split_view_is_resized_with_the_arrow_keys_and_kept(visit, design):
    with visit(design, viewport=WIDE) as page:
        page.goto(design)
        page.focus(".split-handle")
        page.keyboard.press("ArrowRight")
        page.reload()
        assert page.get_attribute(".split-handle", "aria-valuenow") == "48"


def test_design_page_works_without_scripts(visit, design):
    with visit(design, viewport=WIDE, java_script_enabled=False) as page:
        page.goto(design)
        assert page.locator("input[name=diagnosis]:visible").count() == 1
        assert page.locator("table[data-rows] a.row-link").count() == 6
