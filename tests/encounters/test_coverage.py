from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.audit.models import AuditEvent
from core.errors import Refused
from encounters.enums import EncounterStatus, PayerKind, Relationship
from encounters.models import Coverage
from encounters.queries import coverage_rows, current_coverages
from encounters.rules.details import CoverageDetails
from encounters.services import add_coverage, add_coverages, change_coverage, end_coverage
from tests.factories import CoverageFactory, EncounterFactory, PatientFactory, PayerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def card(payer, **changes) -> CoverageDetails:
    values = {
        "payer_id": payer.pk,
        "subscriber_number": "W12345678",
        "effective_from": date(2026, 1, 1),
    }
    return CoverageDetails(**{**values, **changes})


def test_add_coverage_keeps_the_card_and_audits(beacon, clerk):
    patient = PatientFactory()
    row = add_coverage(
        patient_id=patient.pk, details=card(beacon, subscriber_number="w123-45678"), by=clerk
    )
    assert row.subscriber_number == "W12345678"
    event = AuditEvent.objects.get(action="coverage.added")
    assert event.detail == {"payer": beacon.pk, "priority": 1}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"subscriber_number": ""}, "subscriber_number", "insurance card"),
        ({"subscriber_number": "   "}, "subscriber_number", "insurance card"),
        ({"effective_to": date(2025, 1, 1)}, "effective_to", "before the first day"),
        ({"relationship": Relationship.CHILD}, "subscriber_last_name", "in that name"),
        ({"relationship": Relationship.CHILD}, "subscriber_birth_date", "birth date"),
        ({"priority": 4}, "priority", "primary"),
        ({"relationship": "99"}, "relationship", "related"),
    ],
)
def test_add_coverage_refuses_with_the_field(beacon, clerk, changes, field, words):
    patient = PatientFactory()
    with pytest.raises(Refused) as refusal:
        add_coverage(patient_id=patient.pk, details=card(beacon, **changes), by=clerk)
    assert words in refusal.value.context["fields"][field]
    assert not Coverage.objects.exists()


def test_second_primary_in_the_same_time_is_refused_with_what_to_do(beacon, clerk):
    row = CoverageFactory(payer=beacon)
    with pytest.raises(Refused, match="End that one first"):
        add_coverage(patient_id=row.patient_id, details=card(PayerFactory()), by=clerk)
    add_coverage(patient_id=row.patient_id, details=card(PayerFactory(), priority=2), by=clerk)


@pytest.mark.parametrize(
    ("begins", "ends", "is_refused"),
    [
        (date(2026, 6, 30), None, True),  # on the last day of the other
        (date(2026, 7, 1), None, False),
        (date(2026, 1, 1), date(2026, 2, 1), True),  # until the first day of the other
        (date(2026, 1, 1), date(2026, 1, 31), False),
    ],
)
def test_one_day_of_two_primaries_is_refused_with_what_to_do(
    beacon, clerk, begins, ends, is_refused
):
    row = CoverageFactory(effective_from=date(2026, 2, 1), effective_to=date(2026, 6, 30))

    def add():
        details = card(beacon, effective_from=begins, effective_to=ends)
        return add_coverage(patient_id=row.patient_id, details=details, by=clerk)

    if not is_refused:
        assert add().effective_from == begins
        return
    with pytest.raises(Refused, match="End that one first"):
        add()


def test_database_refuses_two_primaries_on_one_day():
    row = CoverageFactory(effective_to=date(2026, 6, 30))
    CoverageFactory(patient=row.patient, effective_from=date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        CoverageFactory(patient=row.patient, effective_from=date(2026, 6, 30))


def test_database_refuses_an_empty_subscriber_number():
    with pytest.raises(IntegrityError), transaction.atomic():
        CoverageFactory(subscriber_number="")


def test_correction_keeps_the_old_row_and_moves_open_visits(clerk):
    old = CoverageFactory(group_number="OLD")
    open_visit = EncounterFactory(patient=old.patient, primary_coverage=old)
    billed = EncounterFactory(
        patient=old.patient, primary_coverage=old, status=EncounterStatus.BILLED
    )
    closed = EncounterFactory(
        patient=old.patient, primary_coverage=old, status=EncounterStatus.CLOSED
    )
    new = change_coverage(
        coverage_id=old.pk, details=replace(CoverageDetails.of(old), group_number="NEW"), by=clerk
    )
    old.refresh_from_db()
    assert old.superseded_at is not None
    assert new.replaces == old
    assert (new.effective_from, new.effective_to) == (old.effective_from, None)
    for visit, expected in ((open_visit, new), (billed, new), (closed, old)):
        visit.refresh_from_db()
        assert visit.primary_coverage == expected
    assert current_coverages([old.patient_id], date(2026, 11, 23)) == {old.patient_id: [new]}
    event = AuditEvent.objects.get(action="coverage.corrected")
    assert event.detail == {
        "replaces": old.pk,
        "fields": ["group_number"],
        "visits": [open_visit.pk, billed.pk],
    }


def test_correction_without_a_change_writes_nothing(clerk):
    old = CoverageFactory()
    assert change_coverage(coverage_id=old.pk, details=CoverageDetails.of(old), by=clerk) == old
    assert Coverage.objects.count() == 1


def test_new_plan_ends_the_old_row_the_day_before(clerk):
    old = CoverageFactory(group_number="OLD")
    before = EncounterFactory(
        patient=old.patient, primary_coverage=old, service_date=date(2026, 10, 31)
    )
    after = EncounterFactory(
        patient=old.patient, primary_coverage=old, service_date=date(2026, 11, 2)
    )
    new = change_coverage(
        coverage_id=old.pk,
        details=replace(CoverageDetails.of(old), group_number="NEW"),
        by=clerk,
        from_day=date(2026, 11, 1),
    )
    old.refresh_from_db()
    before.refresh_from_db()
    after.refresh_from_db()
    assert (old.effective_to, old.superseded_at) == (date(2026, 10, 31), None)
    assert new.effective_from == date(2026, 11, 1)
    assert (before.primary_coverage, after.primary_coverage) == (old, new)


def test_new_plan_before_the_old_one_began_is_refused(clerk):
    old = CoverageFactory(effective_from=date(2026, 5, 1))
    with pytest.raises(Refused) as refusal:
        change_coverage(
            coverage_id=old.pk, details=CoverageDetails.of(old), by=clerk, from_day=date(2026, 5, 1)
        )
    assert "from_day" in refusal.value.context["fields"]
    old.refresh_from_db()
    assert old.effective_to is None


def test_coverage_is_corrected_only_once(clerk):
    old = CoverageFactory()
    change_coverage(
        coverage_id=old.pk, details=replace(CoverageDetails.of(old), group_number="A"), by=clerk
    )
    with pytest.raises(Refused, match="already corrected"):
        change_coverage(
            coverage_id=old.pk, details=replace(CoverageDetails.of(old), group_number="B"), by=clerk
        )


def test_end_coverage_takes_it_off_later_visits_only(clerk):
    first = CoverageFactory()
    second = CoverageFactory(patient=first.patient, priority=2)
    before = EncounterFactory(
        patient=first.patient, primary_coverage=first, service_date=date(2026, 10, 31)
    )
    after = EncounterFactory(
        patient=first.patient,
        primary_coverage=first,
        secondary_coverage=second,
        service_date=date(2026, 11, 2),
    )
    end_coverage(coverage_id=first.pk, last_day=date(2026, 10, 31), by=clerk, reason="New employer")
    before.refresh_from_db()
    after.refresh_from_db()
    assert before.primary_coverage == first
    assert (after.primary_coverage, after.secondary_coverage) == (None, None)
    (former,) = [row for row in coverage_rows(first.patient_id) if not row.is_current]
    assert former.history_note == "New employer"


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2026, 12, 31)])
def test_end_coverage_refuses_a_day_that_makes_no_sense(clerk, day):
    row = CoverageFactory(effective_to=date(2026, 6, 30))
    with pytest.raises(Refused):
        end_coverage(coverage_id=row.pk, last_day=day, by=clerk)


def test_many_coverages_are_added_in_few_queries(beacon, clerk, django_assert_max_num_queries):
    entries = [(PatientFactory().pk, card(beacon)) for _ in range(40)]
    with django_assert_max_num_queries(7):
        rows = add_coverages(entries=entries, by=clerk)
    assert len(rows) == 40


def test_format_of_medicare_numbers_is_asked_at_the_desk():
    medicare = PayerFactory(kind=PayerKind.MEDICARE)
    _, problems = card(medicare).look(today=date(2026, 11, 23), kind=PayerKind.MEDICARE)
    assert "Medicare number" in problems["subscriber_number"]
