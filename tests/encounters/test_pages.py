"""The pages: what they show, what they do, and how many queries each costs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.access.enums import Role
from core.audit.models import AuditEvent
from encounters.enums import AppointmentState, EligibilityState, EncounterStatus
from encounters.models import (
    Appointment,
    ClinicalNote,
    Coverage,
    EligibilityCheck,
    Encounter,
    Patient,
    Provider,
)
from simulator.sandbox.gateway import connected, memory_sandbox
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityBenefitFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    NoteFactory,
    PatientFactory,
    ProviderFactory,
    SignedNoteFactory,
    UserFactory,
)
from tests.markup import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility(db):
    return FacilityFactory()


@pytest.fixture
def sandbox(settings):
    settings.FIRSTPASS_GATEWAY = "simulator.sandbox.gateway.LoopbackGateway"
    with connected(memory_sandbox()) as clearinghouse:
        yield clearinghouse


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(clerk) -> Client:
    return signed_in(clerk)


@pytest.fixture
def doctor(provider) -> Client:
    return signed_in(provider.user)


def busy_day(rows: int) -> list[Appointment]:
    found = []
    provider = ProviderFactory()
    for _ in range(rows):
        row = AppointmentFactory(provider=provider)
        coverage = CoverageFactory(patient=row.patient)
        EligibilityBenefitFactory(check_row=EligibilityCheckFactory(coverage=coverage))
        found.append(row)
    return found


PERSON = {
    "last_name": "Johnson",
    "first_name": "Maria",
    "birth_date": "1984-03-07",
    "sex": "F",
    "address": "5 Main St",
    "city": "Springfield",
    "state": "IL",
    "zip_code": "62704",
}


def card(payer, **changes):
    values = {
        "payer": payer.pk,
        "priority": 1,
        "subscriber_number": "BHP00000105",
        "group_number": "BHP4400",
        "relationship": "18",
        "effective_from": "2026-01-01",
    }
    return {**values, **changes}


def prefixed(values):
    return {f"coverage-{name}": value for name, value in values.items()}


NO_CARD = {"coverage-priority": 1, "coverage-relationship": "18"}


# --- The schedule ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
def test_schedule_costs_the_same_whatever_its_length(desk, rows, django_assert_num_queries):
    busy_day(rows)
    with django_assert_num_queries(8):
        page = desk.get(reverse("front_desk:home"))
    assert page.status_code == 200
    assert squeezed(page.content).count("Check in</a>") == rows


def test_schedule_shows_coverage_with_its_age_and_what_is_missing(desk):
    row = AppointmentFactory(patient=PatientFactory(phone=""))
    EligibilityCheckFactory(
        coverage=CoverageFactory(patient=row.patient),
        requested_at=clock.now() - timedelta(days=12),
    )
    text = desk.get(reverse("front_desk:home")).content.decode()
    assert "12 d" in text
    assert "The answer is old. Ask again." in text
    assert "No phone" in text


def test_schedule_filters_by_provider_state_and_day(desk):
    here = AppointmentFactory(state=AppointmentState.ARRIVED)
    EncounterFactory(appointment=here, patient=here.patient)
    other = AppointmentFactory(starts_at=clock.now() + timedelta(days=1))
    home = reverse("front_desk:home")

    def shown(query):
        return [slot.appointment for slot in desk.get(f"{home}?{query}").context["slots"]]

    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert shown("") == [here]
    assert shown("show=expected") == []
    assert shown("show=here") == [here]
    assert shown(f"day={tomorrow}") == [other]
    assert shown(f"day={tomorrow}&provider={here.provider_id}") == []
    assert shown("day=yesterday&provider=x&show=nonsense") == [here]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "nonsense"])
def test_schedule_of_an_impossible_day_is_today(desk, doctor, day):
    page = desk.get(reverse("front_desk:home"), {"day": day})
    assert "<h1>Today<" in squeezed(page.content)
    assert doctor.get(reverse("provider:home"), {"day": day}).status_code == 200


def test_schedule_of_an_empty_day_says_what_will_appear(desk):
    assert b"No visits on this day" in desk.get(reverse("front_desk:home")).content


def test_manager_sees_the_schedule_without_buttons():
    busy_day(1)
    text = signed_in(UserFactory(role=Role.MANAGER)).get(reverse("front_desk:home")).content
    assert b"Check in</a>" not in text
    assert b"Register patient" not in text


# --- Find and register ----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [2, 25])
def test_patients_cost_the_same_whatever_their_number(desk, rows, django_assert_num_queries):
    for _ in range(rows):
        CoverageFactory()
    with django_assert_num_queries(6):
        page = desk.get(reverse("front_desk:patients"))
    assert page.content.count(b"row-link") == rows


def test_find_offers_the_chart(desk):
    patient = PatientFactory(last_name="Johnson")
    page = desk.get(reverse("front_desk:find"), {"q": "jonson"})
    assert reverse("front_desk:patient", args=[patient.pk]) in page.content.decode()
    assert b"Nobody found" in desk.get(reverse("front_desk:find"), {"q": "zzzz"}).content


def test_register_with_insurance(desk, beacon):
    page = desk.post(reverse("front_desk:register"), {**PERSON, **prefixed(card(beacon))})
    patient = Patient.objects.get()
    assert page["Location"] == reverse("front_desk:patient", args=[patient.pk])
    assert patient.coverages.get().group_number == "BHP4400"


def test_register_without_insurance_and_on_to_the_walk_in(desk):
    page = desk.post(reverse("front_desk:register"), {**PERSON, **NO_CARD, "then": "walk_in"})
    patient = Patient.objects.get()
    assert page["Location"] == reverse("front_desk:walk_in", args=[patient.pk])
    assert not Coverage.objects.exists()


def test_register_without_subscriber_number_says_what_to_do_and_keeps_what_was_typed(desk, beacon):
    data = {**PERSON, **prefixed(card(beacon, subscriber_number=""))}
    page = desk.post(reverse("front_desk:register"), data)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Enter the subscriber (member) number from the insurance card" in text
    assert 'value="Johnson"' in text
    assert not Patient.objects.exists()


def test_register_shows_everything_that_is_wrong_at_once(desk):
    page = desk.post(
        reverse("front_desk:register"), {**PERSON, **NO_CARD, "zip_code": "1", "state": "ZZ"}
    )
    assert set(page.context["form"].errors) == {"zip_code", "state"}


def test_register_warns_of_a_likely_duplicate_first(desk):
    known = PatientFactory(last_name="Jonson", first_name="Maria", birth_date="1984-03-07")
    data = {**PERSON, **NO_CARD}
    page = desk.post(reverse("front_desk:register"), data)
    assert "This may be somebody we know" in page.content.decode()
    assert Patient.objects.get() == known
    desk.post(reverse("front_desk:register"), {**data, "different": page.context["duplicate_ids"]})
    assert Patient.objects.count() == 2


def test_confirmation_of_other_duplicates_does_not_count(desk):
    PatientFactory(last_name="Jonson", first_name="Maria", birth_date="1984-03-07")
    desk.post(reverse("front_desk:register"), {**PERSON, **NO_CARD, "different": "999"})
    assert Patient.objects.count() == 1


# --- The chart ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 8])
def test_chart_costs_the_same_whatever_its_length(desk, rows, django_assert_num_queries):
    patient = PatientFactory()
    coverage = CoverageFactory(patient=patient)
    for _ in range(rows):
        EncounterFactory(patient=patient, primary_coverage=coverage)
        EligibilityCheckFactory(coverage=coverage)
        AppointmentFactory(patient=patient)
    with django_assert_num_queries(11):
        page = desk.get(reverse("front_desk:patient", args=[patient.pk]))
    assert page.status_code == 200


def test_chart_shows_the_billing_status_in_plain_words_and_is_audited(desk, clerk):
    row = EncounterFactory(status=EncounterStatus.CODED)
    text = desk.get(reverse("front_desk:patient", args=[row.patient_id])).content.decode()
    assert "the claim will be built next" in text
    assert AuditEvent.objects.filter(patient_id=row.patient_id, actor=clerk).count() == 1


def test_chart_keeps_the_history_of_coverage(desk):
    old = CoverageFactory(superseded_at=clock.now(), group_number="OLD77")
    CoverageFactory(patient=old.patient, replaces=old)
    text = desk.get(reverse("front_desk:patient", args=[old.patient_id])).content.decode()
    assert "OLD77" in text
    assert "it was never right" in text


def test_unknown_patient_is_not_found(desk):
    assert desk.get(reverse("front_desk:patient", args=[10**9])).status_code == 404


def test_demographics_are_saved_and_lead_back(desk):
    patient = PatientFactory()
    back = reverse("front_desk:patients")
    page = desk.post(
        reverse("front_desk:edit", args=[patient.pk]), {**PERSON, "city": "Chatham", "next": back}
    )
    patient.refresh_from_db()
    assert (page["Location"], patient.city) == (back, "Chatham")


def test_next_never_leads_to_another_site(desk):
    patient = PatientFactory()
    page = desk.post(
        reverse("front_desk:edit", args=[patient.pk]), {**PERSON, "next": "https://evil.example/"}
    )
    assert page["Location"] == reverse("front_desk:patient", args=[patient.pk])


# --- Coverage -------------------------------------------------------------------------------


def test_add_coverage_without_subscriber_number_says_what_to_do(desk, beacon):
    patient = PatientFactory()
    url = reverse("front_desk:add_coverage", args=[patient.pk])
    page = desk.post(url, card(beacon, subscriber_number=""))
    assert page.status_code == 422
    assert "from the insurance card" in page.content.decode()
    assert not Coverage.objects.exists()
    assert desk.post(url, card(beacon)).status_code == 302


def test_second_primary_is_refused_in_the_form(desk, beacon):
    row = CoverageFactory()
    url = reverse("front_desk:add_coverage", args=[row.patient_id])
    assert desk.get(url).context["form"].initial["priority"] == 2
    page = desk.post(url, card(beacon))
    assert "End that one first" in page.content.decode()


def test_change_coverage_corrects_or_begins_a_new_plan(desk, beacon):
    row = CoverageFactory(payer=beacon, effective_from="2026-01-01")
    data = card(beacon, group_number="NEW", kind="new_plan")
    url = reverse("front_desk:change_coverage", args=[row.pk])
    assert "first day of the new plan" in desk.post(url, data).content.decode()
    desk.post(url, {**data, "from_day": "2026-11-01"})
    row.refresh_from_db()
    assert row.effective_to.isoformat() == "2026-10-31"
    assert row.replaced_by.group_number == "NEW"


def test_end_coverage(desk):
    row = CoverageFactory()
    url = reverse("front_desk:end_coverage", args=[row.pk])
    assert desk.post(url, {"last_day": "2001-01-01"}).status_code == 422
    desk.post(url, {"last_day": "2026-10-31", "reason": "New employer"})
    row.refresh_from_db()
    assert row.end_reason == "New employer"


# --- Appointments and walk-ins --------------------------------------------------------------


def booking(provider, **changes):
    day = (clock.today() + timedelta(days=1)).isoformat()
    values = {
        "provider": provider.pk,
        "day": day,
        "time": "10:00",
        "minutes": 20,
        "reason": "Cough",
    }
    return {**values, **changes}


def test_book_a_visit_and_warn_of_a_clash(desk, provider, facility):
    patient = PatientFactory()
    url = reverse("front_desk:schedule", args=[patient.pk])
    assert desk.post(url, booking(provider)).status_code == 302
    again = desk.post(url, booking(provider, time="10:10"))
    assert "already has a visit at 10:00 AM" in again.content.decode()
    assert desk.post(url, booking(provider, time="10:10", overbook="on")).status_code == 302
    assert Appointment.objects.count() == 2


def test_visit_in_another_century_is_refused(desk, provider, facility):
    url = reverse("front_desk:schedule", args=[PatientFactory().pk])
    page = desk.post(url, booking(provider, day="9999-12-31"))
    assert "more than two years away. Check the year." in page.content.decode()
    assert not Appointment.objects.exists()


def test_visit_in_the_past_is_refused(desk, provider, facility):
    url = reverse("front_desk:schedule", args=[PatientFactory().pk])
    page = desk.post(url, booking(provider, day="2020-01-01"))
    assert "This day has passed" in page.content.decode()


def test_move_cancel_and_no_show(desk):
    row = AppointmentFactory()
    desk.post(reverse("front_desk:move", args=[row.pk]), booking(row.provider, reason="Rash"))
    row.refresh_from_db()
    assert row.reason == "Rash"
    early = desk.post(reverse("front_desk:no_show", args=[row.pk]), follow=True)
    assert "has not begun yet" in early.content.decode()
    desk.post(reverse("front_desk:cancel", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == AppointmentState.CANCELLED


def test_walk_in_goes_to_check_in(desk, provider, facility):
    patient = PatientFactory()
    page = desk.post(
        reverse("front_desk:walk_in", args=[patient.pk]),
        {"provider": provider.pk, "reason": "Cut finger"},
    )
    row = Appointment.objects.get()
    assert page["Location"] == reverse("front_desk:check_in", args=[row.pk])
    assert row.starts_at <= clock.now()


def test_walk_in_without_a_clinic_says_who_sets_it_up(desk, provider):
    page = desk.post(
        reverse("front_desk:walk_in", args=[PatientFactory().pk]),
        {"provider": provider.pk, "reason": "Cut finger"},
    )
    assert "An administrator adds the clinic first" in page.content.decode()


# --- Check-in -------------------------------------------------------------------------------


def test_check_in_page_costs_a_fixed_number_of_queries(desk, django_assert_num_queries):
    row = busy_day(1)[0]
    CoverageFactory(patient=row.patient, priority=2)
    with django_assert_num_queries(10):
        page = desk.get(reverse("front_desk:check_in", args=[row.pk]))
    assert "$30.00" in page.content.decode()


def test_check_in_from_the_first_question_to_the_encounter(desk, beacon, facility, sandbox):
    row = AppointmentFactory(facility=facility)
    coverage = CoverageFactory(
        patient=row.patient, payer=beacon, subscriber_number="BHP00000105", group_number="OLD"
    )
    url = reverse("front_desk:check_in", args=[row.pk])
    assert b"was not asked yet" in desk.get(url).content
    answer = desk.post(
        reverse("front_desk:verify", args=[coverage.pk]),
        {"day": clock.today().isoformat(), "next": url},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert "Active" in text
    assert "BHP4400" in text
    check = EligibilityCheck.objects.get()
    taken = desk.post(
        reverse("front_desk:accept", args=[check.pk]), {"field": "group_number", "next": url}
    )
    assert taken["Location"] == url
    new = Coverage.objects.get(superseded_at=None)
    assert new.group_number == "BHP4400"
    done = desk.post(url, {"primary": new.pk, "prior_authorization": "A-1"})
    assert done.status_code == 302
    encounter = Encounter.objects.get()
    assert (encounter.primary_coverage, encounter.prior_authorization) == (new, "A-1")
    assert b"Checked in at" in desk.get(url).content


def test_check_in_as_self_pay(desk):
    row = AppointmentFactory()
    url = reverse("front_desk:check_in", args=[row.pk])
    assert b"No coverage on" in desk.get(url).content
    desk.post(url, {"primary": "self"})
    assert Encounter.objects.get().primary_coverage is None


def test_check_in_twice_is_refused_on_the_page(desk):
    row = AppointmentFactory()
    url = reverse("front_desk:check_in", args=[row.pk])
    desk.post(url, {"primary": "self"})
    page = desk.post(url, {"primary": "self"})
    assert page.status_code == 422
    assert "already checked in" in page.content.decode()
    assert Encounter.objects.count() == 1


def test_check_in_needs_another_second_payer(desk):
    row = AppointmentFactory()
    first = CoverageFactory(patient=row.patient)
    CoverageFactory(patient=row.patient, priority=2)
    page = desk.post(
        reverse("front_desk:check_in", args=[row.pk]),
        {"primary": first.pk, "secondary": first.pk},
    )
    assert "Choose another coverage" in page.content.decode()


# --- Eligibility ----------------------------------------------------------------------------


def test_payer_that_is_down_is_told_and_never_inactive(desk, beacon, facility, sandbox):
    coverage = CoverageFactory(payer=beacon, subscriber_number="BHP00000198")
    page = desk.post(reverse("front_desk:verify", args=[coverage.pk]), follow=True)
    assert "Whether the plan is active is unknown" in page.content.decode()
    assert EligibilityCheck.objects.get().state == EligibilityState.UNKNOWN


@pytest.mark.parametrize(
    ("ending", "advice", "step"),
    [
        ("05", "Coverage is active", 'class="current" aria-current="step">Check-in'),
        ("80", "Ask the patient for the new insurance card", 'class="blocked"'),
        ("90", "Coverage is active; look at what the payer says", "grace period."),
    ],
)
def test_answer_at_check_in_changes_the_steps_and_the_advice_too(
    desk, beacon, facility, sandbox, ending, advice, step
):
    coverage = CoverageFactory(payer=beacon, subscriber_number=f"BHP000001{ending}")
    answer = desk.post(
        reverse("front_desk:verify", args=[coverage.pk]),
        {"day": clock.today().isoformat(), "arriving": "1"},
        headers={"HX-Request": "true"},
    )
    text = squeezed(answer.content)
    assert advice in text[text.index('id="check-in-advice"') :]
    assert step in text


def test_answer_of_the_second_payer_leaves_the_steps_alone(desk, beacon, facility, sandbox):
    first = CoverageFactory(payer=beacon)
    second = CoverageFactory(
        patient=first.patient, payer=beacon, priority=2, subscriber_number="BHP00000180"
    )
    answer = desk.post(
        reverse("front_desk:verify", args=[second.pk]),
        {"day": clock.today().isoformat(), "arriving": "1"},
        headers={"HX-Request": "true"},
    )
    assert "check-in-steps" not in answer.content.decode()


def test_check_page_shows_words_and_segments(desk, beacon, facility, sandbox):
    coverage = CoverageFactory(payer=beacon, subscriber_number="BHP00000105")
    desk.post(reverse("front_desk:verify", args=[coverage.pk]))
    check = EligibilityCheck.objects.get()
    text = desk.get(reverse("front_desk:check", args=[check.pk])).content.decode()
    assert "Copay" in text
    assert "<b>EQ</b>*30~" in text
    assert f"<b>TRN</b>*2*{check.trace_number}" in text


def test_check_page_costs_a_fixed_number_of_queries(desk, django_assert_num_queries):
    check = EligibilityCheckFactory()
    for _ in range(12):
        EligibilityBenefitFactory(check_row=check)
    with django_assert_num_queries(7):
        assert desk.get(reverse("front_desk:check", args=[check.pk])).status_code == 200


def test_queue_lists_what_is_to_clear_and_costs_the_same(
    desk, beacon, facility, sandbox, django_assert_num_queries
):
    for ending in ("80", "98", "99"):
        coverage = CoverageFactory(payer=beacon, subscriber_number=f"BHP000001{ending}")
        AppointmentFactory(patient=coverage.patient)
        desk.post(reverse("front_desk:verify", args=[coverage.pk]))
    with django_assert_num_queries(8):
        page = desk.get(reverse("front_desk:eligibility"))
    assert page.context["total"] == 3
    only = desk.get(reverse("front_desk:eligibility"), {"state": "unknown"})
    assert [p.check.state for p in only.context["problems"]] == ["unknown"]


# --- Visits ---------------------------------------------------------------------------------


def test_visit_is_held_and_released(desk):
    row = EncounterFactory()
    page = desk.post(reverse("front_desk:hold", args=[row.pk]), {"reason": ""}, follow=True)
    assert "Say why the visit is held" in page.content.decode()
    desk.post(reverse("front_desk:hold", args=[row.pk]), {"reason": "Referral missing"})
    url = reverse("front_desk:encounter", args=[row.pk])
    assert "On hold: Referral missing" in desk.get(url).content.decode()
    desk.post(reverse("front_desk:release", args=[row.pk]))
    row.refresh_from_db()
    assert row.on_hold_since is None


def test_note_is_shown_only_to_those_who_may_read_it(desk, django_assert_num_queries):
    note = SignedNoteFactory()
    url = reverse("front_desk:encounter", args=[note.encounter_id])
    assert "Pharynx red" not in desk.get(url).content.decode()
    coder = signed_in(UserFactory(role=Role.CODER))
    with django_assert_num_queries(8):
        assert "Pharynx red" in coder.get(url).content.decode()


# --- The provider ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 12])
def test_provider_home_costs_the_same(doctor, provider, rows, django_assert_num_queries):
    for _ in range(rows):
        row = AppointmentFactory(provider=provider, state=AppointmentState.ARRIVED)
        NoteFactory(encounter=EncounterFactory(provider=provider, appointment=row))
    with django_assert_num_queries(9):
        page = doctor.get(reverse("provider:home"))
    assert squeezed(page.content).count("Finish</a>") == rows


def test_sign_in_without_a_provider_says_who_links_it():
    page = signed_in(UserFactory(role=Role.PROVIDER)).get(reverse("provider:home"))
    assert "An administrator links it" in page.content.decode()


NOTE = {
    "subjective": "Sore throat.",
    "objective": "Pharynx red.",
    "assessment": "Pharyngitis.",
    "plan": "Fluids.",
    "diagnosis_text": ["Acute pharyngitis", ""],
    "diagnosis_code": ["J02.9", ""],
    "service_key": ["1", "2"],
    "service_text": ["Strep test", "Office visit"],
    "service_code": ["87880", "99213"],
    "service_quantity": ["1", "1"],
    "service_separate": ["2"],
}


def test_note_is_saved_and_signed(doctor, provider):
    encounter = EncounterFactory(provider=provider)
    url = reverse("provider:note", args=[encounter.pk])
    doctor.post(url, {**NOTE, "action": "save"})
    note = ClinicalNote.objects.get()
    assert [(s.code, s.is_separate) for s in note.services.all()] == [
        ("87880", False),
        ("99213", True),
    ]
    page = doctor.post(url, {**NOTE, "action": "sign"})
    assert page["Location"] == reverse("provider:home")
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.DOCUMENTED
    assert doctor.get(url)["Location"] == reverse("provider:signed", args=[encounter.pk])


def test_incomplete_note_is_saved_but_not_signed(doctor, provider):
    encounter = EncounterFactory(provider=provider)
    data = {**NOTE, "diagnosis_text": [""], "diagnosis_code": [""], "action": "sign"}
    page = doctor.post(reverse("provider:note", args=[encounter.pk]), data)
    text = page.content.decode()
    assert page.status_code == 422
    assert "add at least one diagnosis" in text
    assert "Saved as a draft, not signed." in text
    assert "Sore throat." in text
    assert not ClinicalNote.objects.get().is_signed


def test_wrong_code_is_shown_at_its_row_and_nothing_is_lost(doctor, provider):
    encounter = EncounterFactory(provider=provider)
    data = {**NOTE, "diagnosis_code": ["sore", ""], "action": "save"}
    page = doctor.post(reverse("provider:note", args=[encounter.pk]), data)
    text = page.content.decode()
    assert "does not look like an ICD-10-CM code" in text
    assert 'value="sore"' in text
    assert "Pharynx red." in text


def test_another_providers_note_is_refused(doctor):
    page = doctor.get(reverse("provider:note", args=[EncounterFactory().pk]))
    assert page.status_code == 409
    assert "another provider" in page.content.decode()


def test_note_page_costs_a_fixed_number_of_queries(doctor, provider, django_assert_num_queries):
    note = NoteFactory(encounter=EncounterFactory(provider=provider))
    with django_assert_num_queries(12):
        page = doctor.get(reverse("provider:note", args=[note.encounter_id]))
    assert page.status_code == 200


@pytest.mark.parametrize("kind", ["diagnosis", "service"])
def test_another_row_is_given(doctor, kind):
    page = doctor.get(reverse("provider:note_row", args=[kind]), {"after": "7"})
    assert f'name="{kind}_text"' in page.content.decode()


def test_addendum_stands_below_the_note(doctor, provider):
    note = SignedNoteFactory(
        encounter=EncounterFactory(provider=provider, status=EncounterStatus.DOCUMENTED)
    )
    url = reverse("provider:signed", args=[note.encounter_id])
    doctor.post(
        reverse("provider:addendum", args=[note.encounter_id]), {"text": "Culture positive."}
    )
    text = doctor.get(url).content.decode()
    assert "Culture positive." in text
    assert "Addendum 1" in text


def test_draft_is_not_shown_as_a_signed_note():
    note = NoteFactory()
    coder = signed_in(UserFactory(role=Role.CODER))
    assert coder.get(reverse("provider:signed", args=[note.encounter_id])).status_code == 409


# --- The clinic -----------------------------------------------------------------------------


def test_provider_with_a_mistyped_npi_is_refused_in_the_form():
    admin = signed_in(UserFactory(role=Role.ADMINISTRATOR))
    data = {
        "npi": "1234567890",
        "last_name": "Welby",
        "first_name": "Marcus",
        "is_active": "on",
        "taxonomy": "207Q00000X",
        "specialty": "Family medicine",
    }
    page = admin.post(reverse("clinic:add_provider"), data)
    assert page.status_code == 422
    assert "check digit of this NPI is wrong" in page.content.decode()
    assert not Provider.objects.exists()
    assert (
        admin.post(reverse("clinic:add_provider"), {**data, "npi": "1234567893"}).status_code == 302
    )
    assert b"Marcus Welby" in admin.get(reverse("clinic:providers")).content


def test_facility_form_keeps_the_clinic(facility):
    admin = signed_in(UserFactory(role=Role.ADMINISTRATOR))
    url = reverse("clinic:facility", args=[facility.pk])
    data = {**admin.get(url).context["form"].initial, "zip_code": "62701"}
    assert "ZIP+4" in admin.post(url, data).content.decode()
    assert admin.post(url, {**data, "zip_code": "627019999"}).status_code == 302


# --- A coder's question ---------------------------------------------------------------------


@pytest.fixture
def asked(provider):
    note = SignedNoteFactory(encounter__provider=provider)
    row = note.encounter
    Encounter.objects.filter(pk=row.pk).update(
        status=EncounterStatus.CODING, on_hold_since=clock.now(), hold_reason="Which tonsil?"
    )
    return row


def test_question_of_a_coder_stands_on_the_providers_first_page(doctor, asked):
    text = doctor.get(reverse("provider:home")).content.decode()
    assert "Waiting for your answer" in text
    assert "Which tonsil?" in text
    assert reverse("provider:signed", args=[asked.pk]) in text


@pytest.mark.parametrize("release", [True, False])
def test_addendum_answers_and_gives_the_visit_back(doctor, asked, release):
    url = reverse("provider:addendum", args=[asked.pk])
    posted = {"text": "The right one."} | ({"release": "1"} if release else {})
    page = doctor.post(url, posted, follow=True)
    asked.refresh_from_db()
    assert (asked.on_hold_since is None) is release
    assert "The right one." in page.content.decode()


def test_empty_answer_leaves_the_visit_on_hold(doctor, asked):
    doctor.post(reverse("provider:addendum", args=[asked.pk]), {"text": " ", "release": "1"})
    asked.refresh_from_db()
    assert asked.on_hold_since is not None
