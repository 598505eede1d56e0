from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.models import CodingVersion
from coding.queries.book import load_book
from coding.queries.worklist import WorkFilter, queue_counts, work_list
from coding.services.assessing import LineInput, assess_codes
from coding.services.coding import (
    EncounterCodes,
    assign_codes,
    code_encounter,
    code_encounters,
)
from coding.services.contracts import RateInput, set_contract_rates
from coding.services.queue import claim_next_encounter
from coding.services.revising import match_lines, revise_coding
from core import clock
from core.audit.models import AuditEvent
from core.errors import Refused
from core.ledger.enums import Account, Responsibility
from core.ledger.models import Posting
from core.work.models import WorkItem
from denials.queries.story import claim_story
from encounters.enums import EncounterStatus, PayerKind
from encounters.models import Encounter
from tests.any_state import put
from tests.factories.coding import (
    SORE_THROAT,
    coded_visit_row,
    coder,
    contract,
    visit_to_code,
)
from tests.factories.encounters import PayerFactory, moment
from tests.factories.money import sent_claim

pytestmark = pytest.mark.usefixtures("codes")

DAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def _a_day_in_november():
    with clock.at(moment(date(2026, 11, 2))):
        yield


@pytest.fixture
def encounter():
    return visit_to_code(service_date=DAY)


def assign(encounter, lines=SORE_THROAT, diagnoses=("J02.9",), by=None):
    return assign_codes(
        encounter_id=encounter.pk, coder=by or coder(), diagnoses=list(diagnoses), lines=lines
    )


def complete(encounter, lines=SORE_THROAT, diagnoses=("J02.9",), by=None):
    return code_encounter(
        encounter_id=encounter.pk, coder=by or coder(), diagnoses=list(diagnoses), lines=lines
    )


def receivable_sum(version: CodingVersion) -> Decimal:
    ids = version.lines.values_list("receivable_id", flat=True)
    amounts = Posting.objects.filter(
        account=Account.RECEIVABLE, receivable_id__in=[pk for pk in ids if pk]
    ).values_list("amount", flat=True)
    return sum(amounts, Decimal(0))


# --- assigning


def test_assigned_codes_are_a_draft_with_charges_and_expected_payment(encounter):
    contract(encounter)
    version = assign(encounter)
    lines = list(version.lines.values_list("code", "modifiers", "charge", "expected_allowed"))
    assert (version.number, version.state) == (1, CodingVersion.State.DRAFT)
    assert [(one.code, one.description) for one in version.diagnoses.all()] == [
        ("J02.9", "Acute pharyngitis, unspecified")
    ]
    # 120 % of Medicare in Illinois outside Chicago: (1.30 × 1 + 1.35 × 0.912 + 0.10 × 1.381) × 33.4009
    assert lines == [
        ("99213", [], Decimal("185.00"), Decimal("106.99")),
        ("87880", ["QW"], Decimal("45.00"), Decimal("19.84")),
    ]
    encounter.refresh_from_db()
    assert encounter.status == EncounterStatus.CODING


def test_second_draft_supersedes_the_first_and_edits_nothing(encounter):
    first = assign(encounter)
    before = list(first.lines.values())
    second = assign(encounter, lines=[LineInput("99214")])
    first.refresh_from_db()
    assert (first.state, second.number) == (CodingVersion.State.SUPERSEDED, 2)
    assert list(first.lines.values()) == before
    assert [line.code for line in second.lines.all()] == ["99214"]


def test_charge_follows_units_and_both_sides(encounter):
    version = assign(
        encounter,
        lines=[
            LineInput("J3301", units=4),
            LineInput("20610", modifiers=("50",)),
            LineInput("99213", charge=Decimal("99.00")),
        ],
    )
    assert [line.charge for line in version.lines.all()] == [
        Decimal("32.00"),
        Decimal("300.00"),
        Decimal("99.00"),
    ]


@pytest.mark.parametrize(
    ("diagnoses", "lines", "words"),
    [
        (["J02.9", "J02.9"], SORE_THROAT, "is entered twice"),
        (["QQQ"], SORE_THROAT, "not an ICD-10-CM code"),
        (["J02.9"], [LineInput("00000")], "has no charge"),
        (["J02.9"], [LineInput("99213", units=0)], "no units"),
    ],
)
def test_codes_that_cannot_even_be_kept_are_refused(encounter, diagnoses, lines, words):
    with pytest.raises(Refused, match=words):
        assign(encounter, lines=lines, diagnoses=diagnoses)
    assert not CodingVersion.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": EncounterStatus.CHECKED_IN}, "not_open_for_coding"),
        ({"status": EncounterStatus.BILLED}, "not_open_for_coding"),
        ({"on_hold_since": moment(DAY), "hold_reason": "Which knee?"}, "on_hold"),
    ],
)
def test_visit_that_is_not_open_is_refused(encounter, change, code):
    put(Encounter.objects.filter(pk=encounter.pk), **change)
    with pytest.raises(Refused) as caught:
        assign(encounter)
    assert (caught.value.code, caught.value.conflict) == (code, True)


def test_visit_that_somebody_else_codes_is_refused(encounter):
    other = coder(first_name="Owen", last_name="Reyes")
    WorkItem.objects.filter(pk=encounter.coding_item_id).update(assigned_to=other)
    with pytest.raises(Refused, match="Owen Reyes is coding"):
        assign(encounter)
    assert assign(encounter, by=other).number == 1


# --- completing


def test_completed_codes_enter_the_ledger_and_close_the_item(encounter):
    by = coder()
    draft = assign(encounter, by=by)
    version = complete(encounter, by=by)
    draft.refresh_from_db()
    assert (draft.state, draft.completed_at) == (CodingVersion.State.SUPERSEDED, None)
    assert version.completed_at == clock.now()
    encounter.refresh_from_db()
    assert version.state == CodingVersion.State.COMPLETE
    assert encounter.status == EncounterStatus.CODED
    assert encounter.coded_at == clock.now()
    assert encounter.coding_item is not None
    assert encounter.coding_item.state == "done"
    assert receivable_sum(version) == Decimal("230.00")
    owners = Posting.objects.filter(account=Account.RECEIVABLE).values_list(
        "responsibility", flat=True
    )
    assert set(owners) == {Responsibility.PAYER_1}
    event = AuditEvent.objects.get(action="coding.completed")
    assert (event.actor, event.patient_id) == (by, encounter.patient_id)
    assert event.detail["lines"] == ["99213", "87880-QW"]


def test_charges_of_a_patient_without_insurance_are_the_patients():
    encounter = visit_to_code(service_date=DAY, primary_coverage=None)
    code_encounter(encounter_id=encounter.pk, coder=coder(), diagnoses=["J02.9"], lines=SORE_THROAT)
    owners = Posting.objects.filter(account=Account.RECEIVABLE)
    assert set(owners.values_list("responsibility", flat=True)) == {Responsibility.PATIENT}


def test_missing_modifier_warns_and_does_not_stop(encounter):
    contract(encounter)
    lines = [LineInput("99213"), LineInput("87880")]
    assessment = assess_codes(encounter=encounter, diagnoses=["J02.9"], lines=lines)
    assert [(one.code, one.at_stake) for one in assessment.findings] == [
        ("modifier-qw-missing", Decimal("19.84"))
    ]
    version = code_encounter(
        encounter_id=encounter.pk, coder=coder(), diagnoses=["J02.9"], lines=lines
    )
    assert version.state == CodingVersion.State.COMPLETE


def test_error_stops_completion_and_changes_nothing(encounter):
    by = coder()
    draft = assign(encounter, diagnoses=["J02"], by=by)
    with pytest.raises(Refused) as caught:
        complete(encounter, diagnoses=["J02"], by=by)
    assert "heading" in caught.value.message
    assert caught.value.context["findings"] == ["diagnosis-not-billable"]
    draft.refresh_from_db()
    assert draft.state == CodingVersion.State.DRAFT
    assert not Posting.objects.exists()


def test_code_that_ended_before_the_visit_is_refused(encounter):
    with pytest.raises(Refused, match="not valid on Oct 5, 2026: its last day was Sep 30, 2026"):
        code_encounter(
            encounter_id=encounter.pk, coder=coder(), diagnoses=["S23.420A"], lines=SORE_THROAT
        )


def test_completing_twice_is_refused(encounter):
    version = code_encounter(
        encounter_id=encounter.pk, coder=coder(), diagnoses=["J02.9"], lines=SORE_THROAT
    )
    with pytest.raises(Refused) as caught:
        complete(encounter)
    assert caught.value.code == "not_open_for_coding"
    assert receivable_sum(version) == Decimal("230.00")


def test_coding_with_a_book_that_knows_the_codes_takes_few_queries(
    encounter, django_assert_max_num_queries
):
    assert encounter.primary_coverage is not None
    book = load_book(
        diagnoses=["J02.9"],
        procedures=["99213", "87880"],
        payers=[encounter.primary_coverage.payer_id],
    )
    by = coder()
    with django_assert_max_num_queries(24):
        code_encounters([EncounterCodes(encounter.pk, ["J02.9"], SORE_THROAT)], coder=by, book=book)


def test_many_visits_are_coded_with_as_many_queries_as_one():
    by = coder()

    def code(number: int) -> tuple[int, list[CodingVersion]]:
        visits = [visit_to_code(service_date=DAY) for _ in range(number)]
        codes = [EncounterCodes(one.pk, ["J02.9"], SORE_THROAT) for one in visits]
        with CaptureQueriesContext(connection) as queries:
            versions = code_encounters(codes, coder=by)
        return len(queries), versions

    few, _ = code(1)
    many, versions = code(12)
    assert many == few
    assert len({version.encounter_id for version in versions}) == 12
    assert sum(receivable_sum(version) for version in versions) == 12 * Decimal("230.00")
    assert set(Encounter.objects.values_list("status", flat=True)) == {EncounterStatus.CODED}


def test_one_bad_visit_among_many_stops_all_and_is_named():
    good, bad = visit_to_code(service_date=DAY), visit_to_code(service_date=DAY)
    codes = [
        EncounterCodes(good.pk, ["J02.9"], SORE_THROAT),
        EncounterCodes(bad.pk, ["J02"], SORE_THROAT),
    ]
    with pytest.raises(Refused, match=f"{bad.number}: J02"):
        code_encounters(codes, coder=coder())
    assert not CodingVersion.objects.exists()


# --- the patient's past


def test_new_patient_code_is_doubted_after_a_visit_of_the_same_specialty(encounter):
    visit_to_code(
        service_date=date(2025, 5, 5),
        patient=encounter.patient,
        primary_coverage=encounter.primary_coverage,
        provider=encounter.provider,
    )
    assessment = assess_codes(encounter=encounter, diagnoses=["J02.9"], lines=[LineInput("99203")])
    assert [one.code for one in assessment.findings] == ["new-patient-seen-before"]


def test_visit_within_the_follow_up_days_of_a_procedure_is_noticed():
    earlier = coded_visit_row([LineInput("17110")], service_date=date(2026, 9, 30)).encounter
    later = visit_to_code(
        service_date=DAY,
        patient=earlier.patient,
        primary_coverage=earlier.primary_coverage,
        provider=earlier.provider,
    )
    assessment = assess_codes(encounter=later, diagnoses=["B07.9"], lines=[LineInput("99213")])
    assert [one.code for one in assessment.findings] == ["global-period"]
    assert "10 follow-up days of 17110" in assessment.findings[0].message


# --- corrections


def test_correction_is_a_new_version_that_keeps_the_receivables():
    old = coded_visit_row([LineInput("99213"), LineInput("87880")], service_date=DAY)
    kept = list(old.lines.values_list("receivable_id", flat=True))
    new = revise_coding(
        encounter_id=old.encounter_id,
        coder=coder(),
        diagnoses=["J02.9"],
        lines=SORE_THROAT,
        reason="QW was missing",
    )
    old.refresh_from_db()
    assert (old.state, new.state, new.number) == (
        CodingVersion.State.SUPERSEDED,
        CodingVersion.State.COMPLETE,
        2,
    )
    assert list(new.lines.values_list("receivable_id", flat=True)) == kept
    assert receivable_sum(new) == Decimal("230.00")
    assert [list(line.modifiers) for line in new.lines.all()] == [[], ["QW"]]
    assert [list(line.modifiers) for line in old.lines.all()] == [[], []]


def test_correction_reverses_and_enters_what_changed_its_price():
    old = coded_visit_row(service_date=DAY)
    new = revise_coding(
        encounter_id=old.encounter_id,
        coder=coder(),
        diagnoses=["J02.9"],
        lines=[LineInput("99214"), LineInput("81002")],
        reason="Level and test were wrong",
    )
    visit, test = new.lines.all()
    assert (visit.charge, test.charge) == (Decimal("260.00"), Decimal("15.00"))
    assert receivable_sum(new) == Decimal("275.00")
    assert receivable_sum(old) == Decimal("275.00")  # one story per service


def test_correction_takes_a_dropped_line_out_of_the_books_and_opens_a_new_one():
    old = coded_visit_row(service_date=DAY)
    dropped = old.lines.get(code="87880").receivable_id
    one_line = revise_coding(
        encounter_id=old.encounter_id,
        coder=coder(),
        diagnoses=["J02.9"],
        lines=[LineInput("99213")],
        reason="The test was not done",
    )
    amounts = Posting.objects.filter(receivable_id=dropped).values_list("amount", flat=True)
    assert sum(amounts) == 0
    two_lines = revise_coding(
        encounter_id=old.encounter_id,
        coder=coder(),
        diagnoses=["J02.9"],
        lines=[LineInput("99213"), LineInput("81002")],
        reason="Urine test was forgotten",
    )
    assert receivable_sum(one_line) == Decimal("185.00")
    assert receivable_sum(two_lines) == Decimal("200.00")
    assert two_lines.number == 3


def test_correction_needs_a_reason_and_a_coded_visit(encounter):
    with pytest.raises(Refused, match="needs its reason"):
        revise_coding(
            encounter_id=encounter.pk,
            coder=coder(),
            diagnoses=["J02.9"],
            lines=SORE_THROAT,
            reason=" ",
        )
    with pytest.raises(Refused, match="is not coded yet"):
        revise_coding(
            encounter_id=encounter.pk,
            coder=coder(),
            diagnoses=["J02.9"],
            lines=SORE_THROAT,
            reason="x",
        )


def test_lines_are_matched_by_code_and_place_then_code_then_place():
    old = list(
        coded_visit_row(
            [LineInput("99213"), LineInput("87880", modifiers=("QW",)), LineInput("81002")]
        ).lines.all()
    )
    new = [LineInput("87880"), LineInput("99213"), LineInput("81003")]
    matched = {index: line.code for index, line in match_lines(old, new).items()}
    assert matched == {0: "87880", 1: "99213", 2: "81002"}


def test_a_draft_that_was_superseded_is_no_event_of_the_claims_story():
    claim = sent_claim()
    draft = CodingVersion.objects.create(encounter=claim.encounter, number=2, coder=coder())
    CodingVersion.objects.filter(pk=draft.pk).update(state=CodingVersion.State.SUPERSEDED)
    titles = [event.title for event in claim_story(claim.pk).events]
    assert [title for title in titles if title.startswith("Code")] == ["Coded"]


def test_migration_empties_the_time_of_superseded_drafts_only(encounter):
    draft, completed = assign(encounter), complete(encounter)
    revise_coding(
        encounter_id=encounter.pk,
        coder=coder(),
        diagnoses=["J02.9"],
        lines=[LineInput("99213")],
        reason="The test was not done",
    )
    CodingVersion.objects.filter(pk=draft.pk).update(completed_at=clock.now())  # as before it
    with connection.cursor() as cursor:
        cursor.execute(import_module("coding.migrations.0004_superseded_drafts").EMPTY)
    draft.refresh_from_db()
    completed.refresh_from_db()
    assert draft.state == completed.state == CodingVersion.State.SUPERSEDED
    assert (draft.completed_at, completed.completed_at) == (None, clock.now())


# --- contracts and the queue


def test_contract_version_ends_the_one_before_and_is_idempotent():
    payer = PayerFactory.create(kind=PayerKind.COMMERCIAL)
    rates = [RateInput(percent_of_medicare=Decimal(120))]
    for version, start in (("2025", date(2025, 1, 1)), ("2026", date(2026, 1, 1))):
        made = set_contract_rates(
            payer_id=payer.pk, version=version, effective_from=start, rates=rates
        )
        assert made == 1
    again = set_contract_rates(
        payer_id=payer.pk, version="2026", effective_from=date(2026, 1, 1), rates=rates
    )
    assert again == 0
    assert list(payer.contract_rates.values_list("version", "effective_to")) == [
        ("2025", date(2025, 12, 31)),
        ("2026", None),
    ]
    with pytest.raises(Refused, match="in force already"):
        set_contract_rates(
            payer_id=payer.pk, version="late", effective_from=date(2025, 6, 1), rates=rates
        )


def test_previous_days_visits_come_first_then_the_oldest():
    for day in (date(2026, 10, 20), date(2026, 11, 1), date(2026, 10, 28), date(2026, 11, 2)):
        visit_to_code(service_date=day)
    assert [one.service_date.day for one in work_list(WorkFilter())] == [1, 20, 28, 2]
    first = claim_next_encounter(coder=coder(), chosen=WorkFilter())
    assert first is not None
    assert first.service_date == date(2026, 11, 1)


def test_two_coders_never_get_the_same_visit_and_each_keeps_its_own():
    for _ in range(2):
        visit_to_code(service_date=date(2026, 11, 1))
    one, two = coder(), coder()
    mine = claim_next_encounter(coder=one, chosen=WorkFilter())
    theirs = claim_next_encounter(coder=two, chosen=WorkFilter())
    assert mine is not None
    assert theirs is not None
    assert mine != theirs
    assert claim_next_encounter(coder=one, chosen=WorkFilter()) == mine
    assert claim_next_encounter(coder=coder(), chosen=WorkFilter()) is None


def test_a_skipped_visit_goes_back_and_the_one_behind_it_is_next():
    one, two = coder(), coder()
    yesterdays = [visit_to_code(service_date=date(2026, 11, 1)) for _ in range(2)]
    older = visit_to_code(service_date=date(2026, 10, 20))

    def after(encounter):
        found = claim_next_encounter(coder=one, chosen=WorkFilter(), after=encounter.coding_item_id)
        assert WorkItem.objects.filter(assigned_to=one).count() == 1
        return found

    first = claim_next_encounter(coder=one, chosen=WorkFilter())
    assert first in yesterdays
    second = after(first)
    assert {first, second} == set(yesterdays)
    assert after(second) == first  # of its own day first
    assert claim_next_encounter(coder=two, chosen=WorkFilter()) == second
    assert after(first) == older  # nothing else of that day is free
    assert after(older) == first
    other = claim_next_encounter(coder=coder(), chosen=WorkFilter())
    assert other == older
    assert after(first) == first  # no other one is free


def test_filters_narrow_what_is_claimed():
    old = visit_to_code(service_date=date(2026, 10, 1))
    self_pay = visit_to_code(service_date=date(2026, 11, 1), primary_coverage=None)
    assert claim_next_encounter(coder=coder(), chosen=WorkFilter(age="late")) == old
    assert claim_next_encounter(coder=coder(), chosen=WorkFilter(self_pay=True)) == self_pay
    nobody = WorkFilter(provider_id=0 or -1)
    assert claim_next_encounter(coder=coder(), chosen=nobody) is None


def test_counts_above_the_queue():
    by = coder()
    coded_visit_row(service_date=date(2026, 11, 1), by=by)
    visit_to_code(service_date=date(2026, 11, 1))
    visit_to_code(service_date=date(2026, 10, 1))
    visit_to_code(service_date=DAY, on_hold_since=moment(DAY), hold_reason="Which knee?")
    counts = queue_counts(by)
    assert (counts.waiting, counts.previous_day, counts.late, counts.on_hold) == (2, 1, 1, 1)
    assert (counts.oldest, counts.previous_date) == (date(2026, 10, 1), date(2026, 11, 1))
    assert counts.coded_today == 1
    assert counts.previous_day_label == "Sunday, Nov 1"
