from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

import x12
from core import clock
from core.audit.models import AuditEvent
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.gateway import GatewayDown
from core.errors import Refused
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from encounters.enums import EligibilityState, Relationship
from encounters.models import Coverage, EligibilityCheck
from encounters.queries import differences, eligibility_queue, latest_checks, to_verify
from encounters.rules import benefits
from encounters.rules.details import CoverageDetails
from encounters.rules.freshness import coverage_status
from encounters.services import (
    accept_difference,
    change_coverage,
    end_coverage,
    recheck_unanswered,
    verify_eligibility,
)
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityCheckFactory,
    FacilityFactory,
    PayerFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facility", "morning")]


@pytest.fixture
def facility(db):
    return FacilityFactory()


@pytest.fixture
def ask(beacon, clerk, gateway):
    def ask_about(member="BHP00000105", **changes):
        coverage = changes.pop("coverage", None) or CoverageFactory(
            payer=beacon, subscriber_number=member, **changes
        )
        return verify_eligibility(
            coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=gateway
        )

    return ask_about


class Broken(LoopbackGateway):
    """A gateway that gives what it is told."""

    def __init__(self, answer):
        super().__init__(memory_sandbox())
        self.answer = answer

    def inquire(self, content, timeout):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_active_member_is_active_with_benefits_and_files(ask, clerk):
    check = ask()
    assert check.state == EligibilityState.ACTIVE
    assert check.answered_at == clock.now()
    assert check.answered_group_number == "BHP4400"
    known = benefits.summary(list(check.benefits.all()))
    assert known.copay == Decimal("30.00")
    assert known.deductible == Decimal("500.00")
    assert check.inquiry.state == TransmissionState.ACKNOWLEDGED
    assert check.answer.state == TransmissionState.PROCESSED
    assert check.answer.in_reply_to == check.inquiry
    event = AuditEvent.objects.get(action="eligibility.checked")
    assert (event.actor, event.detail["state"]) == (clerk, "active")


def test_question_asks_with_id_name_and_birth_date_only(ask, facility):
    check = ask()
    document = x12.read(bytes(check.inquiry.content))
    assert document.ok
    content = document.transactions[0].content
    assert isinstance(content, x12.Eligibility270)
    (row,) = content.rows()
    party = row.member.party
    assert party == x12.Party(
        "IL",
        "1",
        check.coverage.patient.last_name,
        "Ada",
        id_qualifier="MI",
        id="BHP00000105",
        birth_date=date(1980, 2, 1),
    )
    assert row.member.dates == [x12.Dated("291", date(2026, 11, 23))]
    assert [i.service_types for i in row.member.inquiries] == [("30",)]
    assert row.member.traces == [x12.Trace("1", check.trace_number, f"1{facility.tax_id}")]
    assert row.receiver.party.npi == facility.npi
    assert row.source.party.id == "BEACN"


def test_question_about_a_dependent_names_both_people(ask):
    check = ask(
        relationship=Relationship.CHILD,
        subscriber_last_name="Quist",
        subscriber_first_name="Otto",
        subscriber_birth_date=date(1950, 1, 1),
        subscriber_sex="M",
    )
    (row,) = x12.read(bytes(check.inquiry.content)).transactions[0].content.rows()
    assert row.subscriber.party.first == "Otto"
    assert row.subscriber.party.id == "BHP00000105"
    assert row.dependent.party.first == "Ada"
    assert row.dependent.inquiries
    assert not row.subscriber.inquiries
    assert check.state == EligibilityState.ACTIVE


@pytest.mark.parametrize(
    ("ending", "state", "code"),
    [
        ("80", EligibilityState.INACTIVE, ""),
        ("81", EligibilityState.INACTIVE, ""),
        ("87", EligibilityState.NOT_FOUND, "73"),
        ("86", EligibilityState.NOT_FOUND, "71"),
        ("98", EligibilityState.UNKNOWN, "42"),
        ("99", EligibilityState.NOT_FOUND, "75"),
    ],
)
def test_trouble_opens_an_item_in_the_queue(ask, ending, state, code):
    check = ask(f"BHP000001{ending}")
    assert (check.state, check.reject_code) == (state, code)
    item = check.work_item
    assert (item.queue, item.state) == (Queue.ELIGIBILITY, WorkState.OPEN)
    assert item.due_on == clock.today()
    assert [p.check for p in eligibility_queue()] == [check]


def test_other_payer_first_is_said(ask):
    known = benefits.summary(list(ask("BHP00000182").benefits.all()))
    assert known.other_payers


def test_second_answer_takes_the_item_over_and_an_active_one_closes_it(ask, beacon, clerk, gateway):
    coverage = CoverageFactory(payer=beacon, subscriber_number="BHP00000198")
    first = ask(coverage=coverage)
    second = ask(coverage=coverage)
    first.refresh_from_db()
    assert first.work_item is None
    assert WorkItem.objects.count() == 1
    Coverage.objects.filter(pk=coverage.pk).update(subscriber_number="BHP00000105")
    third = ask(coverage=coverage)
    assert third.work_item is None
    second.work_item.refresh_from_db()
    assert second.work_item.state == WorkState.DONE
    assert eligibility_queue() == []


def test_payer_that_does_not_answer_is_unknown_and_can_be_asked_again(beacon, clerk):
    coverage = CoverageFactory(payer=beacon)
    check = verify_eligibility(
        coverage_id=coverage.pk,
        service_date=clock.today(),
        by=clerk,
        gateway=Broken(GatewayDown("Nobody answered within 20 seconds.")),
    )
    assert check.state == EligibilityState.UNKNOWN
    assert "Ask again" in check.message
    assert check.inquiry.state == TransmissionState.FAILED
    assert check.answer is None
    assert check.work_item.state == WorkState.OPEN


@pytest.mark.parametrize("data", [b"", b"busy", b"ISA*00*", b"<html>502</html>"])
def test_answer_that_is_no_x12_is_unknown(beacon, clerk, data):
    coverage = CoverageFactory(payer=beacon)
    check = verify_eligibility(
        coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=Broken(data)
    )
    assert check.state == EligibilityState.UNKNOWN


def test_same_broken_answer_twice_is_kept_once_and_both_are_unknown(beacon, clerk):
    for _ in range(2):
        check = verify_eligibility(
            coverage_id=CoverageFactory(payer=beacon).pk,
            service_date=clock.today(),
            by=clerk,
            gateway=Broken(b"busy"),
        )
        assert check.state == EligibilityState.UNKNOWN
    assert EligibilityCheck.objects.exclude(answer=None).count() == 1


def test_interrupted_question_is_unknown_and_not_lost(beacon, clerk):
    coverage = CoverageFactory(payer=beacon)
    with pytest.raises(KeyError):
        verify_eligibility(
            coverage_id=coverage.pk,
            service_date=clock.today(),
            by=clerk,
            gateway=Broken(KeyError("bug")),
        )
    assert EligibilityCheck.objects.get().state == EligibilityState.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_question_is_never_asked_inside_a_transaction(beacon, clerk, gateway):
    coverage = CoverageFactory(payer=beacon)
    with pytest.raises(RuntimeError), transaction.atomic():
        verify_eligibility(
            coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=gateway
        )


def test_corrected_coverage_is_not_asked_about(beacon, clerk, gateway):
    coverage = CoverageFactory(payer=beacon, superseded_at=clock.now())
    with pytest.raises(Refused, match="corrected"):
        verify_eligibility(
            coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=gateway
        )


def test_verify_takes_few_queries(beacon, clerk, gateway, django_assert_max_num_queries):
    coverage = CoverageFactory(payer=beacon, subscriber_number="BHP00000105")
    with django_assert_max_num_queries(32):
        verify_eligibility(
            coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=gateway
        )


# --- Asking again ---------------------------------------------------------------------------


def later(**passed):
    return clock.at(clock.now() + timedelta(**passed))


def test_silence_is_asked_again_after_a_while_and_longer_each_time(ask, gateway):
    ask("BHP00000198")
    assert recheck_unanswered(gateway=gateway) == 0
    with later(minutes=6):
        assert recheck_unanswered(gateway=gateway) == 1
        assert recheck_unanswered(gateway=gateway) == 0
    with later(minutes=13):
        assert recheck_unanswered(gateway=gateway) == 0
    with later(minutes=17):
        assert recheck_unanswered(gateway=gateway) == 1
    assert EligibilityCheck.objects.count() == 3
    assert WorkItem.objects.count() == 1


def test_asking_again_stops_after_six_tries(ask, gateway):
    coverage = ask("BHP00000198").coverage
    for _ in range(6):
        EligibilityCheckFactory(
            coverage=coverage,
            state=EligibilityState.UNKNOWN,
            requested_at=clock.now() - timedelta(minutes=1),
        )
    with later(hours=12):
        assert recheck_unanswered(gateway=gateway) == 0


def test_what_a_person_has_to_correct_is_not_asked_again(ask, gateway):
    ask("BHP00000187")
    with later(hours=1):
        assert recheck_unanswered(gateway=gateway) == 0


def test_payer_that_is_back_closes_the_item(ask, gateway):
    check = ask("BHP00000198")
    Coverage.objects.filter(pk=check.coverage_id).update(subscriber_number="BHP00000105")
    with later(minutes=6):
        assert recheck_unanswered(gateway=gateway) == 1
    assert WorkItem.objects.get().state == WorkState.DONE


# --- Differences ----------------------------------------------------------------------------


def test_group_number_is_taken_over_with_one_click(ask, clerk):
    check = ask(group_number="OLD1")
    assert [d.field for d in differences(check)] == ["group_number"]
    new = accept_difference(check_id=check.pk, field="group_number", by=clerk)
    assert new.group_number == "BHP4400"
    old = Coverage.objects.get(pk=check.coverage_id)
    assert old.superseded_at is not None
    check.refresh_from_db()
    assert check.coverage == new
    assert differences(check) == []


def test_ended_plan_is_ended_with_one_click(ask, clerk):
    check = ask("BHP00000180")
    assert "plan_end" in [d.field for d in differences(check)]
    ended = accept_difference(check_id=check.pk, field="plan_end", by=clerk)
    assert ended.effective_to == date(2026, 10, 31)
    assert "taken over" in ended.end_reason.lower()


def test_taken_over_field_leaves_an_inactive_answer_to_be_cleared(ask, clerk):
    check = ask("BHP00000180", group_number="OLD1")
    accept_difference(check_id=check.pk, field="group_number", by=clerk)
    assert WorkItem.objects.get().state == WorkState.OPEN


def test_corrected_coverage_has_nothing_to_be_cleared(ask, clerk):
    check = ask("BHP00000180")
    right = replace(CoverageDetails.of(check.coverage), subscriber_number="BHP00000105")
    change_coverage(coverage_id=check.coverage_id, details=right, by=clerk)
    item = WorkItem.objects.get()
    assert (item.state, item.outcome) == (WorkState.DONE, "The coverage was corrected")


@pytest.mark.parametrize(
    ("days", "state"), [(-1, WorkState.DONE), (0, WorkState.OPEN), (30, WorkState.OPEN)]
)
def test_ended_coverage_has_nothing_to_be_cleared_once_it_is_over(ask, clerk, days, state):
    check = ask("BHP00000181")
    last = clock.today() + timedelta(days=days)
    end_coverage(coverage_id=check.coverage_id, last_day=last, by=clerk)
    assert WorkItem.objects.get().state == state


def test_name_is_taken_over_into_the_patient(clerk):
    check = EligibilityCheckFactory(answered_details={"last_name": "QUISTGAARD"})
    accept_difference(check_id=check.pk, field="last_name", by=clerk)
    check.coverage.patient.refresh_from_db()
    assert check.coverage.patient.last_name == "Quistgaard"


def test_only_what_the_payer_said_can_be_taken_over(ask, clerk):
    check = ask()
    with pytest.raises(Refused, match="says nothing"):
        accept_difference(check_id=check.pk, field="plan_end", by=clerk)


def test_old_answer_about_a_corrected_coverage_is_not_taken_over(clerk):
    coverage = CoverageFactory(superseded_at=clock.now())
    check = EligibilityCheckFactory(coverage=coverage, answered_group_number="NEW")
    with pytest.raises(Refused, match="corrected"):
        accept_difference(check_id=check.pk, field="group_number", by=clerk)


# --- How it stands --------------------------------------------------------------------------


def how(check, days_ahead=0):
    return coverage_status(
        check,
        visit=clock.today() + timedelta(days=days_ahead),
        now=clock.now(),
        today=clock.today(),
    )


def test_never_asked_is_not_verified():
    assert how(None).label == "Not verified"


def test_old_answer_is_not_ready_for_a_visit_that_is_near():
    check = EligibilityCheckFactory(requested_at=clock.now() - timedelta(days=4))
    assert not how(check).is_ready
    assert how(check).is_old
    assert how(check, days_ahead=20).is_ready


def test_answer_older_than_a_month_is_old_for_any_visit():
    check = EligibilityCheckFactory(requested_at=clock.now() - timedelta(days=31))
    assert not how(check, days_ahead=20).is_ready


def test_question_without_an_answer_for_minutes_is_unknown():
    check = EligibilityCheckFactory(
        state=EligibilityState.PENDING, requested_at=clock.now() - timedelta(minutes=5)
    )
    assert how(check).label == "Unknown"


def test_latest_check_of_each_coverage_counts():
    coverage = CoverageFactory()
    EligibilityCheckFactory(coverage=coverage, requested_at=clock.now() - timedelta(days=2))
    newest = EligibilityCheckFactory(coverage=coverage)
    assert latest_checks([coverage.pk]) == {coverage.pk: newest}


def test_visits_without_a_fresh_answer_are_to_be_verified():
    never = AppointmentFactory()
    CoverageFactory(patient=never.patient, payer=PayerFactory())
    fresh = AppointmentFactory()
    EligibilityCheckFactory(coverage=CoverageFactory(patient=fresh.patient))
    far = AppointmentFactory(starts_at=clock.now() + timedelta(days=9))
    CoverageFactory(patient=far.patient)
    nothing = AppointmentFactory()
    assert {slot.appointment for slot in to_verify()} == {never, nothing}
