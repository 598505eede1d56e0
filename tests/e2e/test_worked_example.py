"""The worked example: a sore throat becomes money, each step in the browser of who does it.

Everything is real: HTTP, PostgreSQL, a Celery worker, and the payer as a process that gets and
gives X12 files only. The member is the one of `docs/sandbox.md`: without QW the strep test is
denied with CO-4 N822, with it the payer pays $98.59 instead of $82.06.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core import clock
from core.access.enums import Role
from tests.e2e.clinic import Clinic, reload_until

pytestmark = pytest.mark.browser

MEMBER = "BHP40050004"
LAST_NAME = "Thornquist"
PATIENT = {
    "Last name": LAST_NAME,
    "First name": "Sorrel",
    "Birth date": "1988-04-17",
    "Phone": "2175550163",
    "Street address": "9 Larch Road",
    "City": "Springfield",
    "State": "IL",
    "ZIP": "627040001",
}


def test_sore_throat_is_denied_corrected_and_paid(clinic: Clinic) -> None:
    with clinic.signed_in(Role.FRONT_DESK) as page:
        visit = register_and_check_in(page)
    with clinic.signed_in(Role.PROVIDER) as page:
        document(page)
    with clinic.signed_in(Role.CODER) as page:
        code_without_modifier(page, visit)
    with clinic.signed_in(Role.BILLER) as page:
        claim = send(page, visit)
        see_payment_and_denial(page)
        correct(page)
        read_story(page, claim)
        call_insurer(page)
    with clinic.signed_in(Role.MANAGER) as page:
        find_denial_behind_number(page, claim)
    books = clinic.manage("verify_books")
    assert books.returncode == 0, books.stdout + books.stderr


def register_and_check_in(page: Page) -> str:
    """Register, walk-in, ask the payer, check in; the number of the visit."""
    page.get_by_role("link", name="Register patient").click()
    person = page.locator("section", has=page.get_by_role("heading", name="Patient"))
    for label, value in PATIENT.items():
        person.get_by_label(label).first.fill(value)
    page.locator("#id_sex").select_option("F")
    page.get_by_label("Payer").select_option(label="Beacon Health Plan")
    page.get_by_label("Subscriber (member) number").fill(MEMBER)
    page.get_by_label("Group number").fill("BHP4400")
    page.get_by_label("Valid from").fill("2025-01-01")
    page.get_by_role("button", name="Register, and the patient is here").click()

    page.get_by_label("Provider").select_option(label="Grace Okafor, MD")
    page.get_by_label("Reason for the visit").fill("Sore throat")
    page.locator("#content form button").first.click()

    page.get_by_role("button", name="Ask the payer").click()
    answer = page.locator("section.answer")
    expect(answer.locator(".answer-text")).to_contain_text("active", ignore_case=True)
    expect(answer).to_contain_text("just now")
    page.get_by_role("button", name="Demographics confirmed, check in").click()
    row = page.get_by_role("row").filter(has_text=MEMBER)
    expect(row).to_contain_text("Checked in")
    row.get_by_role("link", name="Visit").click()
    return page.get_by_role("heading", level=1).inner_text().split()[1]


def document(page: Page) -> None:
    """The note with what was found and done; signing gives the visit to the coders."""
    page.get_by_role("link", name=f"{LAST_NAME}, Sorrel").first.click()
    for section, text in {
        "Subjective": "Sore throat and fever for two days, no cough.",
        "Objective": "Temperature 38.4. Tonsils red, no exudate. Rapid strep test negative.",
        "Assessment": "Acute pharyngitis.",
        "Plan": "Fluids, ibuprofen. Back when it is not better in three days.",
    }.items():
        page.get_by_label(section).fill(text)
    page.get_by_label("Diagnosis", exact=True).first.fill("Acute pharyngitis")
    page.get_by_label("Service", exact=True).nth(0).fill("Office visit, established patient")
    if page.get_by_label("Service", exact=True).count() < 2:
        page.get_by_role("button", name="Another service").click()
    page.get_by_label("Service", exact=True).nth(1).fill("Rapid strep test")
    page.get_by_role("button", name="Sign note").click()
    expect(page.locator("#toasts, #content").first).to_be_visible()
    page.goto("/provider/")
    expect(page.get_by_role("table")).not_to_contain_text(LAST_NAME)


def code_without_modifier(page: Page, visit: str) -> None:
    """J02.9, 99213, 87880; the edit says that QW is missing, and the coder goes on without."""
    page.get_by_role("link", name=visit).click()
    expect(page.get_by_text("Sore throat and fever for two days")).to_be_visible()
    choose(page, "Add a diagnosis", "sore throat", "J02.9")
    choose(page, "Add a service", "99213", "99213")
    choose(page, "Add a service", "rapid strep", "87880")
    expect(page.locator("#edits")).to_contain_text("QW")
    page.get_by_role("button", name="Complete and next").click()
    expect(page.get_by_text(f"{visit} is coded")).to_be_visible()


def choose(page: Page, label: str, words: str, code: str) -> None:
    """Search in a combobox and take the option with this code."""
    page.get_by_role("combobox", name=label).press_sequentially(words, delay=20)
    page.get_by_role("option").filter(has_text=code).first.click()
    expect(
        page.locator(f"#codes-form input:is([name=dx], [name=code])[value='{code}']")
    ).to_have_count(1)


def send(page: Page, visit: str) -> str:
    """The claim that was built is queued; a worker sends it and the answers come back."""
    page.goto(f"/billing/claims/?q={visit}")
    reload_until(page, LAST_NAME)
    reload_until(page, "Ready")
    link = page.get_by_role("link", name=re.compile(r"^C\d{8}$"))
    number = link.inner_text()
    link.click()
    page.get_by_role("button", name="Queue for sending").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    page.get_by_role("link", name="Claim's story").click()
    return number


def see_payment_and_denial(page: Page) -> None:
    """999, 277CA and 835 come by themselves; the visit is paid, the strep test is denied."""
    reload_until(page, "CO-4")
    text = page.locator("#content").inner_text()
    assert "$82.06" in text
    page.get_by_role("link", name="Answers").click()
    expect(page.locator("#content")).to_contain_text("277CA")
    expect(page.locator("#content")).to_contain_text("999")
    page.go_back()


def correct(page: Page) -> None:
    """What the denial means, the suggested modifier, and the corrected claim."""
    page.get_by_role("link", name="Work the denial").click()
    meaning = page.locator("section", has=page.get_by_role("heading", name="What it means"))
    expect(meaning).to_contain_text("CO-4")
    expect(meaning).to_contain_text("N822")
    page.get_by_role("link", name="Take it over").click()
    expect(page.get_by_text("Replacement (7)")).to_be_visible()
    expect(page.locator("#change")).to_contain_text("QW")
    page.get_by_label("What was wrong").fill("The waived test was sent without QW")
    page.get_by_role("button", name="Send corrected claim").click()


def read_story(page: Page, claim: str) -> None:
    """One page from the note to the last cent, with the change and the dollars recovered."""
    page.goto(f"/search/?q={claim}")
    page.get_by_role("link", name=claim).first.click()
    reload_until(page, "The correction that was paid")
    change = page.locator(
        "section", has=page.get_by_role("heading", name="The correction that was paid")
    )
    expect(change).to_contain_text("QW")
    expect(change.locator(".diff-total")).to_contain_text("$16.53")
    expect(page.locator(".claim-sum")).to_contain_text("$98.59")
    expect(page.locator(".claim-sum")).to_contain_text("$30.00")


def call_insurer(page: Page) -> None:
    """A claim without an answer for 45 days: the call with its reference and the next date."""
    page.goto("/billing/follow-up/")
    link = page.locator("table a.row-link").first
    claim = link.inner_text()
    link.click()
    sent = re.search(r"sent (\d+) days ago", page.locator(".page-head").inner_text())
    assert sent is not None
    assert int(sent.group(1)) >= 45
    page.get_by_role("radio").first.check()
    page.get_by_label("Call reference number").fill("BHP-REF-20931")
    page.get_by_label("Spoke with").fill("Dana")
    page.get_by_label("What was said").fill("In process; look again in two weeks.")
    page.get_by_label("Snooze until").fill(str(clock.today() + timedelta(days=14)))
    page.get_by_role("button", name="Save call").click()
    expect(page.locator("#content")).to_contain_text("BHP-REF-20931")
    page.goto("/billing/follow-up/")
    expect(page.get_by_role("table").last).not_to_contain_text(claim)
    page.goto("/billing/follow-up/?tab=asleep")
    expect(page.get_by_role("table").last).to_contain_text(claim)


def find_denial_behind_number(page: Page, claim: str) -> None:
    """The dashboard of the week, and the way from a number to the claims it counts."""
    page.goto("/manager/")
    page.get_by_label("Week", exact=True).select_option(index=0)  # opens on the last complete one
    expect(page.get_by_text("the week still runs")).to_be_visible()
    expect(page.get_by_role("heading", name="Top three reasons")).to_be_visible()
    payer = page.locator("tr", has=page.get_by_role("rowheader", name="Beacon Health Plan"))
    cases = int(payer.get_by_role("link").first.inner_text())
    payer.get_by_role("link").first.click()
    expect(page.locator("table tbody tr")).to_have_count(cases)
    expect(page.locator("table").last).to_contain_text(claim)
