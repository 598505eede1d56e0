"""The desk's and the provider's pages in a real browser: accessible, fitting, driven by the keyboard."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from core.access.enums import Role
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models import Coverage, Encounter
from simulator.sandbox.gateway import connected, memory_sandbox
from tests.core.ui.browser import (
    PHONE,
    WIDE,
    axe_findings,
    chromium,
    open_page,
    opened,
    overflow,
    session_cookie,
)
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityBenefitFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    NoteFactory,
    PatientFactory,
    PayerFactory,
    ProviderFactory,
    SignedNoteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [(WIDE, "light"), (PHONE, "dark")]


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser, live_server):
    """Opens pages of the live server as a user."""

    def go(user, **options):
        client = Client()
        client.force_login(user)
        cookies = session_cookie(client, live_server.url)
        return opened(browser, cookies=cookies, base_url=live_server.url, **options)

    return go


@pytest.fixture
def morning_at_the_clinic(settings):
    """A patient who waits, one who is in, a draft, a signed note, an answer to clear."""
    settings.FIRSTPASS_GATEWAY = "simulator.sandbox.gateway.LoopbackGateway"
    provider = ProviderFactory()
    beacon = PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")
    row = AppointmentFactory(provider=provider, facility=FacilityFactory())
    coverage = CoverageFactory(
        patient=row.patient, payer=beacon, subscriber_number="BHP00000105", group_number="OLD"
    )
    inside = AppointmentFactory(provider=provider, state=AppointmentState.ARRIVED)
    draft = NoteFactory(encounter=EncounterFactory(provider=provider, appointment=inside))
    signed = SignedNoteFactory(
        encounter=EncounterFactory(provider=provider, status=EncounterStatus.DOCUMENTED)
    )
    check = EligibilityCheckFactory(
        coverage=CoverageFactory(patient=PatientFactory(phone="")),
        reject_code="72",
        reject_loop="2100C",
        state="not_found",
        message="Copy the number from the card.",
    )
    EligibilityBenefitFactory(check_row=check)
    CoverageFactory(patient=row.patient, priority=2, superseded_at=clock.now())
    with connected(memory_sandbox()):
        yield {
            "provider": provider,
            "row": row,
            "coverage": coverage,
            "draft": draft,
            "signed": signed,
            "check": check,
        }


DESK_PAGES = {
    "home": lambda d: reverse("front_desk:home"),
    "patients": lambda d: reverse("front_desk:patients"),
    "register": lambda d: reverse("front_desk:register"),
    "chart": lambda d: reverse("front_desk:patient", args=[d["row"].patient_id]),
    "check-in": lambda d: reverse("front_desk:check_in", args=[d["row"].pk]),
    "add-coverage": lambda d: reverse("front_desk:add_coverage", args=[d["row"].patient_id]),
    "change-coverage": lambda d: reverse("front_desk:change_coverage", args=[d["coverage"].pk]),
    "end-coverage": lambda d: reverse("front_desk:end_coverage", args=[d["coverage"].pk]),
    "book": lambda d: reverse("front_desk:schedule", args=[d["row"].patient_id]),
    "queue": lambda d: reverse("front_desk:eligibility"),
    "not-asked": lambda d: reverse("front_desk:eligibility") + "?state=verify",
    "check": lambda d: reverse("front_desk:check", args=[d["check"].pk]),
    "visit": lambda d: reverse("front_desk:encounter", args=[d["signed"].encounter_id]),
}
PROVIDER_PAGES = {
    "day": lambda d: reverse("provider:home"),
    "note": lambda d: reverse("provider:note", args=[d["draft"].encounter_id]),
    "signed": lambda d: reverse("provider:signed", args=[d["signed"].encounter_id]),
}
CLINIC_PAGES = {
    "providers": lambda d: reverse("clinic:providers"),
    "provider": lambda d: reverse("clinic:provider", args=[d["provider"].pk]),
    "facility": lambda d: reverse("clinic:facility", args=[d["row"].facility_id]),
}


def look_at(visit, user, pages, data):
    found = []
    for size, scheme in LOOKS:
        with visit(user, viewport=size, color_scheme=scheme) as page:
            for name, address in pages.items():
                open_page(page, address(data))
                found += [f"{name} {scheme}: {finding}" for finding in axe_findings(page)]
                if overflow(page):
                    found.append(f"{name} {scheme}: {overflow(page)} px too wide")
    return found


def test_desk_pages_are_accessible_and_fit(visit, morning_at_the_clinic):
    assert look_at(visit, UserFactory(), DESK_PAGES, morning_at_the_clinic) == []


def test_provider_pages_are_accessible_and_fit(visit, morning_at_the_clinic):
    user = morning_at_the_clinic["provider"].user
    assert look_at(visit, user, PROVIDER_PAGES, morning_at_the_clinic) == []


def test_clinic_pages_are_accessible_and_fit(visit, morning_at_the_clinic):
    user = UserFactory(role=Role.ADMINISTRATOR)
    assert look_at(visit, user, CLINIC_PAGES, morning_at_the_clinic) == []


def test_check_in_by_keyboard_with_a_live_answer(visit, morning_at_the_clinic):
    row = morning_at_the_clinic["row"]
    with visit(UserFactory(), viewport=WIDE) as page:
        page.goto(reverse("front_desk:home"))
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{reverse('front_desk:check_in', args=[row.pk])}")
        panel = page.locator(".answer").first
        expect(panel).to_contain_text("was not asked yet")
        page.keyboard.press("v")
        expect(panel).to_contain_text("The plan is active")
        expect(panel).to_contain_text("$30.00")
        use = panel.get_by_role("button", name="Use the payer's: Group number")
        use.click()
        expect(use).to_have_count(0)
        assert Coverage.objects.filter(superseded_at=None, group_number="BHP4400").exists()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**{reverse('front_desk:home')}**")
        expect(page.locator(".toast")).to_contain_text("is checked in")
    assert Encounter.objects.get(appointment=row).primary_coverage.group_number == "BHP4400"


def test_patient_is_found_while_typing(visit, morning_at_the_clinic):
    patient = PatientFactory(last_name="Johnson", first_name="Maria")
    with visit(UserFactory(), viewport=WIDE) as page:
        page.goto(reverse("front_desk:home"))
        page.keyboard.press("f")
        page.keyboard.type("jonson mar")
        option = page.get_by_role("option", name="Johnson, Maria")
        expect(option).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{reverse('front_desk:patient', args=[patient.pk])}")


def test_subscriber_fields_appear_only_when_they_apply(visit, morning_at_the_clinic):
    with visit(UserFactory(), viewport=WIDE) as page:
        page.goto(reverse("front_desk:register"))
        holder = page.get_by_role("group", name="Subscriber")
        expect(holder).to_be_hidden()
        page.get_by_label("Patient is the subscriber’s").select_option("19")
        expect(holder).to_be_visible()


def test_note_gets_another_row_and_is_signed(visit, morning_at_the_clinic):
    data = morning_at_the_clinic
    encounter = data["draft"].encounter
    with visit(data["provider"].user, viewport=WIDE) as page:
        page.goto(reverse("provider:note", args=[encounter.pk]))
        services = page.locator("#service-rows tr")
        before = services.count()
        page.get_by_role("button", name="Another service").click()
        expect(services).to_have_count(before + 1)
        services.last.locator("[name=service_text]").fill("Venipuncture")
        services.last.locator("[name=service_separate]").check()
        page.get_by_role("button", name="Sign note").click()
        page.wait_for_url(f"**{reverse('provider:home')}")
    note = encounter.notes.get()
    assert note.is_signed
    assert [(s.text, s.is_separate) for s in note.services.all()][-1] == ("Venipuncture", True)


def test_note_typed_in_a_session_that_ended_is_back_after_signing_in(visit, morning_at_the_clinic):
    note = NoteFactory(encounter__provider=ProviderFactory(user=None))
    user = UserFactory(role=Role.PROVIDER, username="doc", password="a-quiet-river-17")
    provider = note.encounter.provider
    provider.user = user
    provider.save(update_fields=["user"])
    url = reverse("provider:note", args=[note.encounter_id])
    with visit(user, viewport=WIDE) as page:
        page.goto(url)
        page.get_by_label("Plan").fill("Fluids and rest, back in a week.")
        page.get_by_role("button", name="Another service").click()
        texts = page.get_by_label("Service", exact=True)
        expect(texts.last).to_be_focused()
        texts.last.fill("Rapid strep test")
        Session.objects.all().delete()
        page.get_by_role("button", name="Save draft").click()
        page.get_by_label("User name").fill("doc")
        page.get_by_label("Password", exact=True).fill("a-quiet-river-17")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_label("Plan")).to_have_value("Fluids and rest, back in a week.")
        expect(page.get_by_text("What you typed is back")).to_be_visible()
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_text("The draft is saved.")).to_be_visible()
    note.refresh_from_db()
    assert note.plan == "Fluids and rest, back in a week."
    assert [row.text for row in note.services.all()][-1] == "Rapid strep test"
