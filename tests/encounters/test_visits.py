from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.audit.models import AuditEvent
from core.errors import Refused
from encounters.enums import AppointmentState, EncounterStatus
from encounters.models import Appointment, Encounter
from encounters.queries import clashes, schedule_counts, todays_schedule
from encounters.rules import status
from encounters.rules.details import Arrival, NewAppointment
from encounters.services import (
    cancel_appointment,
    check_in,
    check_in_many,
    hold_encounter,
    mark_no_show,
    move_appointment,
    open_encounter,
    release_encounter,
    schedule_appointment,
    schedule_appointments,
)
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    PatientFactory,
    ProviderFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def visit(**changes) -> NewAppointment:
    values = {
        "patient_id": PatientFactory().pk,
        "provider_id": ProviderFactory().pk,
        "facility_id": FacilityFactory().pk,
        "starts_at": clock.now() + timedelta(hours=1),
        "reason": "Sore throat",
    }
    return NewAppointment(**{**values, **changes})


# --- The schedule ---------------------------------------------------------------------------


def test_schedule_appointment_puts_it_on_the_day(clerk):
    row = schedule_appointment(details=visit(), by=clerk)
    assert [slot.appointment for slot in todays_schedule(clock.today())] == [row]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": None}, "day"),
        ({"reason": "  "}, "reason"),
        ({"minutes": 3}, "minutes"),
    ],
)
def test_schedule_appointment_refuses_with_the_field(clerk, changes, field):
    if "starts_at" in changes:
        changes = {"starts_at": clock.now() - timedelta(days=1)}
    with pytest.raises(Refused) as refusal:
        schedule_appointment(details=visit(**changes), by=clerk)
    assert field in refusal.value.context["fields"]
    assert not Appointment.objects.exists()


def test_many_appointments_take_few_queries(clerk, django_assert_max_num_queries):
    entries = [visit() for _ in range(20)]
    with django_assert_max_num_queries(4):
        schedule_appointments(entries=entries, by=clerk)


def test_move_and_cancel_change_only_what_is_scheduled(clerk):
    row = AppointmentFactory()
    later = clock.now() + timedelta(days=1)
    other = ProviderFactory()
    move_appointment(
        appointment_id=row.pk,
        starts_at=later,
        provider_id=other.pk,
        minutes=30,
        reason="Cough",
        by=clerk,
    )
    row.refresh_from_db()
    assert (row.starts_at, row.provider, row.minutes, row.reason) == (later, other, 30, "Cough")
    cancel_appointment(appointment_id=row.pk, by=clerk)
    with pytest.raises(Refused, match="cancelled"):
        cancel_appointment(appointment_id=row.pk, by=clerk)


def test_no_show_is_refused_before_the_visit(clerk):
    row = AppointmentFactory(starts_at=clock.now() + timedelta(minutes=10))
    with pytest.raises(Refused, match="not begun"):
        mark_no_show(appointment_id=row.pk, by=clerk)
    with clock.at(clock.now() + timedelta(hours=1)):
        assert mark_no_show(appointment_id=row.pk, by=clerk).state == AppointmentState.NO_SHOW


@pytest.mark.parametrize(("minutes_later", "found"), [(0, 1), (19, 1), (20, 0), (-15, 1), (-20, 0)])
def test_clashes_finds_overlapping_visits(minutes_later, found):
    row = AppointmentFactory()
    starts_at = row.starts_at + timedelta(minutes=minutes_later)
    assert len(clashes(provider_id=row.provider_id, starts_at=starts_at, minutes=20)) == found


def test_a_visit_does_not_clash_with_itself_or_a_cancelled_one():
    row = AppointmentFactory()
    AppointmentFactory(provider=row.provider, state=AppointmentState.CANCELLED)
    found = clashes(provider_id=row.provider_id, starts_at=row.starts_at, minutes=20, but=row.pk)
    assert found == []


def test_schedule_of_a_day_takes_three_queries(django_assert_num_queries):
    for _ in range(12):
        row = AppointmentFactory()
        EligibilityCheckFactory(coverage=CoverageFactory(patient=row.patient))
    AppointmentFactory(starts_at=clock.now() + timedelta(days=1))
    with django_assert_num_queries(3):
        slots = todays_schedule(clock.today())
        assert schedule_counts(slots) == {
            "total": 12,
            "expected": 12,
            "arrived": 0,
            "late": 12,
            "open": 0,
        }


def test_schedule_says_what_is_missing():
    bare = AppointmentFactory(patient=PatientFactory(phone=""))
    CoverageFactory(patient=bare.patient, group_number="")
    nothing = AppointmentFactory()
    slots = {slot.appointment: slot for slot in todays_schedule(clock.today())}
    assert slots[bare].gaps == ["No phone", "No group number"]
    assert slots[bare].coverage.label == "Not verified"
    assert slots[nothing].coverage.label == "No coverage"


# --- Check-in -------------------------------------------------------------------------------


def test_check_in_takes_the_coverage_in_force(clerk):
    row = AppointmentFactory()
    CoverageFactory(patient=row.patient, effective_to=date(2026, 10, 31))
    first = CoverageFactory(patient=row.patient, effective_from=date(2026, 11, 1))
    second = CoverageFactory(patient=row.patient, priority=2)
    encounter = check_in(appointment_id=row.pk, by=clerk)
    assert encounter.number.startswith("E")
    assert len(encounter.number) == 9
    assert (encounter.primary_coverage, encounter.secondary_coverage) == (first, second)
    assert encounter.status == EncounterStatus.CHECKED_IN
    assert encounter.service_date == clock.today()
    row.refresh_from_db()
    assert row.state == AppointmentState.ARRIVED


def test_check_in_as_self_pay_bills_nobody(clerk):
    row = AppointmentFactory()
    CoverageFactory(patient=row.patient)
    assert check_in(appointment_id=row.pk, by=clerk, coverage_ids=[]).primary_coverage is None


def test_check_in_twice_is_refused_and_changes_nothing(clerk):
    row = AppointmentFactory()
    check_in(appointment_id=row.pk, by=clerk)
    with pytest.raises(Refused, match="already checked in"):
        check_in(appointment_id=row.pk, by=clerk)
    assert Encounter.objects.count() == 1


def test_check_in_of_a_later_day_is_refused(clerk):
    row = AppointmentFactory(starts_at=clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="Move it to today"):
        check_in(appointment_id=row.pk, by=clerk)


def test_check_in_of_a_cancelled_visit_is_refused(clerk):
    row = AppointmentFactory(state=AppointmentState.CANCELLED)
    with pytest.raises(Refused, match="walk-in"):
        check_in(appointment_id=row.pk, by=clerk)


def test_check_in_with_somebody_elses_or_ended_coverage_is_refused(clerk):
    row = AppointmentFactory()
    ended = CoverageFactory(patient=row.patient, effective_to=date(2026, 1, 1))
    for coverage in (CoverageFactory(), ended):
        with pytest.raises(Refused, match="not valid"):
            check_in(appointment_id=row.pk, by=clerk, coverage_ids=[coverage.pk])
    assert not Encounter.objects.exists()


def test_check_in_takes_few_queries_for_one_and_for_many(clerk, django_assert_max_num_queries):
    rows = [AppointmentFactory() for _ in range(20)]
    for row in rows:
        CoverageFactory(patient=row.patient)
    with django_assert_max_num_queries(8):
        check_in(appointment_id=rows[0].pk, by=clerk)
    with django_assert_max_num_queries(8):
        encounters = check_in_many(arrivals=[Arrival(row.pk) for row in rows[1:]], by=clerk)
    assert [e.appointment for e in encounters] == rows[1:]
    assert len({e.number for e in encounters}) == 19
    assert AuditEvent.objects.filter(action="encounter.checked_in").count() == 20


def test_open_encounter_needs_no_appointment(clerk, provider):
    patient = PatientFactory()
    encounter = open_encounter(
        patient_id=patient.pk,
        provider_id=provider.pk,
        facility_id=FacilityFactory().pk,
        by=clerk,
        reason="Fall",
        service_date=date(2026, 11, 20),
    )
    assert (encounter.appointment, encounter.service_date) == (None, date(2026, 11, 20))
    with pytest.raises(Refused, match="future"):
        open_encounter(
            patient_id=patient.pk,
            provider_id=provider.pk,
            facility_id=FacilityFactory().pk,
            by=clerk,
            service_date=date(2027, 1, 1),
        )


def test_database_refuses_another_patients_coverage():
    with pytest.raises(IntegrityError), transaction.atomic():
        EncounterFactory(primary_coverage=CoverageFactory())


# --- Hold and status ------------------------------------------------------------------------


def test_hold_and_release(clerk):
    row = EncounterFactory()
    hold_encounter(encounter_id=row.pk, reason="  Referral   missing ", by=clerk)
    row.refresh_from_db()
    assert row.hold_reason == "Referral missing"
    with pytest.raises(Refused, match="already on hold"):
        hold_encounter(encounter_id=row.pk, reason="Again", by=clerk)
    release_encounter(encounter_id=row.pk, by=clerk)
    row.refresh_from_db()
    assert (row.on_hold_since, row.hold_reason) == (None, "")
    with pytest.raises(Refused, match="not on hold"):
        release_encounter(encounter_id=row.pk, by=clerk)
    assert AuditEvent.objects.get(action="encounter.released").reason == "Referral missing"


def test_hold_needs_a_reason(clerk):
    with pytest.raises(Refused, match="Say why"):
        hold_encounter(encounter_id=EncounterFactory().pk, reason=" ", by=clerk)


@pytest.mark.parametrize("state", [EncounterStatus.BILLED, EncounterStatus.CLOSED])
def test_billed_visit_cannot_be_held(clerk, state):
    row = EncounterFactory(status=state)
    with pytest.raises(Refused, match="already billed"):
        hold_encounter(encounter_id=row.pk, reason="Wait", by=clerk)


@pytest.mark.parametrize("state", EncounterStatus.values)
def test_every_status_has_words_and_steps(state):
    assert status.words(state)
    steps = [step.state for step in status.steps(state)]
    assert steps == sorted(steps, key=["done", "current", ""].index)


def test_hold_blocks_the_next_step():
    assert [s.state for s in status.steps("documented", on_hold=True)] == [
        "done",
        "done",
        "blocked",
        "",
        "",
    ]
    assert status.words("documented", hold_reason="Referral") == "On hold: Referral"
