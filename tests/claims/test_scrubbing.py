"""Scrubbing claims in the database: held, cleared, brought up to date."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from claims.enums import ClaimState, TaskKind
from claims.models import Claim, ClaimTask
from claims.services import build_claims, queue_claims, scrub_claims, submit_claims
from core import clock
from core.audit.models import AuditEvent
from core.work.enums import Queue, WorkState
from encounters.models import Encounter, Patient
from tests.factories import EligibilityBenefitFactory, EligibilityCheckFactory, PayerPolicyFactory
from tests.factories.claims import biller, built, code, coded, insured, queued

pytestmark = pytest.mark.django_db


def broken():
    """A claim that is held: its patient has no city."""
    encounter = coded()
    Patient.objects.filter(pk=encounter.patient_id).update(city="")
    return built(encounter)


def repair(claim):
    Patient.objects.filter(pk=claim.encounter.patient_id).update(city="Springfield")


def test_clean_claim_is_ready_and_counts_as_clean():
    claim = built()

    assert (claim.state, claim.was_clean) == (ClaimState.READY, True)
    assert claim.first_scrubbed_at is not None
    assert not claim.submissions.get().findings.exists()
    assert not ClaimTask.objects.exists()


def test_claim_with_errors_is_held_with_a_case_for_it():
    claim = broken()

    assert (claim.state, claim.was_clean) == (ClaimState.HELD, False)
    finding = claim.submissions.get().findings.get()
    assert (finding.code, finding.severity, finding.path) == (
        "patient-address",
        "error",
        "patient.address",
    )
    task = claim.tasks.get()
    item = task.work_item
    assert (task.kind, item.queue, item.state) == (TaskKind.SCRUB, Queue.SCRUB, WorkState.OPEN)
    assert (item.dollars_at_stake, item.due_on) == (claim.total_charge, claim.filing_deadline)


def test_fixed_claim_is_ready_and_its_case_closed_but_it_was_not_clean():
    claim, user = broken(), biller()
    repair(claim)

    result = scrub_claims([claim.pk], by=user)

    claim.refresh_from_db()
    task = claim.tasks.get()
    assert result.ready == [claim.pk]
    assert (claim.state, claim.was_clean) == (ClaimState.READY, False)
    assert claim.submissions.get().findings.get().resolved_at is not None
    assert task.closed_at is not None
    assert (task.work_item.state, task.work_item.closed_by) == (WorkState.DONE, user)
    assert AuditEvent.objects.filter(action="claim.cleared", actor=user).count() == 1


def test_scrub_again_keeps_the_finding_and_opens_no_second_case():
    claim = broken()
    before = claim.submissions.get().findings.get()

    scrub_claims([claim.pk], by=None)

    assert claim.submissions.get().findings.get() == before
    assert claim.tasks.count() == 1


def test_warning_is_kept_and_lets_the_claim_go():
    claim = built(coded(insured(verified=False)))

    assert (claim.state, claim.was_clean) == (ClaimState.READY, True)
    finding = claim.submissions.get().findings.get()
    assert (finding.code, finding.severity) == ("eligibility-unknown", "warning")


def test_missing_modifier_is_a_warning_of_the_coding_edits():
    claim = built(coded(lines=[("99213", (), "125.00"), ("87880", (), "30.00")]))

    codes = [one.code for one in claim.submissions.get().findings.all()]
    assert (claim.state, codes) == (ClaimState.READY, ["modifier-qw-missing"])


def test_qw_is_not_missed_where_the_payer_does_not_want_it():
    coverage = insured(policy={"requires_qw": False})

    claim = built(coded(coverage, lines=[("87880", (), "30.00")]))

    assert not claim.submissions.get().findings.exists()


def test_code_that_is_not_valid_holds_the_claim():
    claim = built(coded(diagnoses=["J02.7"]))  # no release has it

    assert claim.state == ClaimState.HELD
    assert "diagnosis-unknown" in {one.code for one in claim.submissions.get().findings.all()}


def test_answer_that_asks_for_an_authorization_is_told():
    coverage = insured(verified=False)
    EligibilityBenefitFactory(
        check_row=EligibilityCheckFactory(coverage=coverage), authorization_required="Y"
    )

    claim = built(coded(coverage))

    assert [one.code for one in claim.submissions.get().findings.all()] == ["authorization-asked"]


def test_policy_that_wants_an_authorization_is_told_until_the_visit_has_one():
    coverage = insured(policy={"authorization_codes": ["70551"]})
    claim = built(coded(coverage, lines=[("70551", (), "900.00")]))
    assert [one.code for one in claim.submissions.get().findings.all()] == ["authorization-missing"]

    Encounter.objects.filter(pk=claim.encounter_id).update(prior_authorization="A1")
    scrub_claims([claim.pk], by=None)

    assert not claim.submissions.get().findings.filter(resolved_at=None).exists()


def test_service_that_the_payer_has_already_is_held(spy):
    first = queued()
    submit_claims(gateway=spy)
    again = coded(first.coverage, service_date=first.service_date)

    claim = built(again)

    findings = claim.submissions.get().findings.filter(code="duplicate-service")
    assert claim.state == ClaimState.HELD
    assert [one.path for one in findings] == ["lines[1]", "lines[2]"]
    assert first.number in findings[0].message


def test_inactive_answer_holds_the_claim():
    coverage = insured()
    EligibilityCheckFactory(
        coverage=coverage, state="inactive", requested_at=clock.now() + timedelta(seconds=1)
    )

    claim = built(coded(coverage))

    assert [one.code for one in claim.submissions.get().findings.all()] == ["eligibility-inactive"]


def test_scrub_takes_over_the_newest_coding():
    claim = broken()
    repair(claim)
    version = code(claim.encounter, lines=[("99214", ("25",), "180.00")])

    scrub_claims([claim.pk], by=None)

    claim.refresh_from_db()
    submission = claim.submissions.get()
    assert submission.coding_version == version
    assert [(one.code, one.modifiers) for one in submission.lines.all()] == [("99214", ["25"])]
    assert claim.total_charge == submission.total_charge == Decimal("180.00")
    assert claim.state == ClaimState.READY


def test_scrub_takes_over_the_coverage_that_the_visit_has_now():
    claim = broken()
    repair(claim)
    other = insured(patient=claim.encounter.patient, priority=2, policy={"timely_filing_days": 30})
    Encounter.objects.filter(pk=claim.encounter_id).update(primary_coverage=other)

    scrub_claims([claim.pk], by=None)

    claim.refresh_from_db()
    assert (claim.coverage, claim.payer) == (other, other.payer)
    assert claim.submissions.get().coverage == other
    assert claim.filing_deadline == claim.service_date + timedelta(days=30)


def test_scrub_leaves_a_claim_alone_that_has_its_file(spy):
    claim = queued()
    submit_claims(gateway=spy)
    code(claim.encounter, lines=[("99214", (), "180.00")])

    result = scrub_claims([claim.pk], by=None)

    assert (result.ready, result.held) == ([], [])
    assert claim.submissions.get().lines.count() == 2


def test_scrub_and_queue_need_the_same_number_of_queries_for_many(
    django_assert_max_num_queries,
):
    for _ in range(12):
        coded()
    build_claims(by=None)
    with django_assert_max_num_queries(36):
        scrub_claims(by=None)
    with django_assert_max_num_queries(8):
        queue_claims(by=None)
    assert Claim.objects.filter(state=ClaimState.QUEUED).count() == 12


def test_policy_of_the_day_decides(django_assert_max_num_queries):
    coverage = insured(policy={"effective_to": clock.today() - timedelta(days=31)})
    PayerPolicyFactory(
        payer=coverage.payer, effective_from=clock.today() - timedelta(days=30), requires_qw=False
    )

    old = built(coded(coverage, lines=[("87880", (), "30.00")], days_ago=40))
    new = built(coded(coverage, lines=[("87880", (), "30.00")], days_ago=3))

    assert [one.code for one in old.submissions.get().findings.all()] == ["modifier-qw-missing"]
    assert not new.submissions.get().findings.exists()


def test_coding_that_outgrew_its_claim_gets_another_claim():
    claim = broken()
    repair(claim)
    code(claim.encounter, lines=[("99213", ("76",), "10.00")] * 60)

    scrub_claims([claim.pk], by=None)

    first, second = Claim.objects.order_by("part")
    assert (first, first.total_charge, first.submissions.get().lines.count()) == (
        claim,
        Decimal("500.00"),
        50,
    )
    assert (second.part, second.total_charge, second.state) == (
        2,
        Decimal("100.00"),
        ClaimState.DRAFT,
    )
    assert second.submissions.get().lines.count() == 10
    assert (second.coverage, second.filing_deadline) == (claim.coverage, claim.filing_deadline)

    scrub_claims(by=None)
    scrub_claims([first.pk, second.pk], by=None)

    assert Claim.objects.count() == 2
