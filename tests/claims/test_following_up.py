"""Claims that wait too long, and the calls about them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from claims.enums import CallOutcome, ClaimState, TaskKind
from claims.models import CallLog, Claim, ClaimTask, Submission
from claims.queries.ageing import aged_claims
from claims.rules import BUCKETS
from claims.services import follow_up_sweep, log_call, mark_adjudicated, submit_claims
from core import clock
from core.clearinghouse.models import Transmission
from core.errors import Refused
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.services import NewEntry, NewPosting, post
from core.work.enums import Queue, WorkState
from encounters.models import PayerPolicy
from tests.any_state import put
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories.claims import biller, built, coded, insured, queued
from tests.factories.money import receivables, sent_claim

pytestmark = pytest.mark.django_db


def sent(days_ago: int, **values) -> Claim:
    """A claim that was sent so many days ago."""
    claim = queued(coded(insured(**values), days_ago=days_ago + 1))
    submit_claims(gateway=FakeGateway())
    # Noon: days ago at this hour can be another day, when clocks were changed in between.
    day = clock.today() - timedelta(days=days_ago)
    moment = timezone.make_aware(datetime.combine(day, time(12)))
    Submission.objects.filter(claim=claim).update(sent_at=moment)
    Claim.objects.filter(pk=claim.pk).update(first_sent_at=moment)
    claim.refresh_from_db()
    return claim


def test_sweep_queues_claims_older_than_the_payers_days():
    late, not_yet = sent(46), sent(45)

    result = follow_up_sweep()

    assert (result.opened, result.closed, result.open) == (1, 0, 1)
    task = ClaimTask.objects.get()
    assert (task.claim, task.kind) == (late, TaskKind.FOLLOW_UP)
    assert (task.work_item.queue, task.work_item.due_on) == (Queue.FOLLOW_UP, late.filing_deadline)
    assert not not_yet.tasks.exists()


def test_sweep_takes_the_days_of_each_payers_policy():
    quick = sent(15, policy={"follow_up_days": 14})
    patient = sent(50, policy={"follow_up_days": 60})

    follow_up_sweep()

    assert [task.claim for task in ClaimTask.objects.all()] == [quick]
    assert not patient.tasks.exists()


def test_sweep_takes_the_policy_of_the_day_of_service():
    claim = sent(50, policy={"follow_up_days": 60})
    policy = PayerPolicy.objects.get(payer=claim.payer)
    policy.effective_to = clock.today() - timedelta(days=10)
    policy.save()
    policy.pk, policy.effective_from, policy.effective_to = None, clock.today(), None
    policy.follow_up_days = 5
    policy.save()

    assert follow_up_sweep().opened == 0


@override_settings(FIRSTPASS_FOLLOW_UP_DAYS=20)
def test_sweep_without_a_policy_takes_the_setting():
    claim = sent(21)
    PayerPolicy.objects.all().delete()

    assert follow_up_sweep().opened == 1
    assert claim.tasks.exists()


def test_sweep_again_opens_nothing_twice():
    sent(46)
    follow_up_sweep()

    again = follow_up_sweep()

    assert (again.opened, again.open) == (0, 1)


def test_sweep_releases_answered_claims():
    claim = sent(46)
    follow_up_sweep()
    put(Claim.objects.filter(pk=claim.pk), state=ClaimState.CLOSED)

    result = follow_up_sweep()

    task = ClaimTask.objects.get()
    assert (result.closed, result.open) == (1, 0)
    assert task.closed_at is not None
    assert task.work_item.state == WorkState.DONE


def answered(days_ago: int = 1) -> Claim:
    """A claim of $230 that was sent 50 days ago and answered, without anything posted."""
    claim = sent_claim()
    Submission.objects.filter(claim=claim).update(sent_at=clock.now() - timedelta(days=50))
    mark_adjudicated([claim.pk])
    moment = clock.now() - timedelta(days=days_ago)
    Submission.objects.filter(claim=claim).update(adjudicated_at=moment)
    claim.refresh_from_db()
    return claim


def test_answered_claim_that_is_still_owed_comes_to_a_person():
    claim = answered()
    assert follow_up_sweep().opened == 1
    assert claim.tasks.get().kind == TaskKind.FOLLOW_UP
    again = follow_up_sweep()
    assert (again.opened, again.closed, again.open) == (0, 0, 1)

    for row in receivables(claim):
        sides = [
            NewPosting(Account.RECEIVABLE, -row.payer_balance, row.pk, Responsibility.PAYER_1),
            NewPosting(Account.PAYER_PAID, row.payer_balance, row.pk),
        ]
        post([NewEntry(EntryKind.REMITTANCE, clock.today(), sides)], by=None)
    result = follow_up_sweep()
    assert (result.opened, result.closed, result.open) == (0, 1, 0)


def test_claim_that_was_answered_today_is_left_to_its_denials():
    answered(days_ago=0)
    assert follow_up_sweep().opened == 0


@pytest.mark.parametrize("state", [ClaimState.DENIED, ClaimState.CLOSED, ClaimState.QUEUED])
def test_what_another_queue_works_is_not_followed_up(state):
    put(Claim.objects.filter(pk=answered().pk), state=state)
    assert follow_up_sweep().opened == 0


def test_page_of_an_answered_claim_says_what_is_still_owed(client):
    client.force_login(biller())
    silent = sent(50)
    text = client.get(reverse("billing:follow_up_claim", args=[silent.pk])).content.decode()
    assert "The payer answered" not in text
    claim = answered()
    text = client.get(reverse("billing:follow_up_claim", args=[claim.pk])).content.decode()
    assert "The payer answered, and $230.00 are still open." in text


def test_sweep_for_another_day_asks_how_it_will_be_then():
    sent(40)

    assert follow_up_sweep(on=clock.today() + timedelta(days=6)).opened == 1


def test_remittance_closes_the_follow_up_at_once():
    claim = sent(46)
    follow_up_sweep()

    assert mark_adjudicated([claim.pk]) == 1

    claim.refresh_from_db()
    assert claim.state == ClaimState.ADJUDICATED
    assert claim.first_adjudicated_at is not None
    assert claim.submissions.get().adjudicated_at is not None
    assert ClaimTask.objects.get().closed_at is not None


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0, "0–30"),
        (30, "0–30"),
        (31, "31–60"),
        (90, "61–90"),
        (91, "91–120"),
        (120, "91–120"),
        (121, "> 120"),
        (4000, "> 120"),
    ],
)
def test_every_number_of_days_is_in_one_bucket(days, label):
    found = [one for one in BUCKETS if one.first <= days <= (one.last or days)]
    assert [one.label for one in found] == [label]


def test_aged_claims_sum_to_what_waits():
    for days in (0, 30, 31, 61, 91, 121):
        sent(days)
    queued()

    aged = aged_claims(clock.today())

    assert [(one.claims, one.charge) for one in aged] == [
        (2, Decimal("310.00")),
        (1, Decimal("155.00")),
        (1, Decimal("155.00")),
        (1, Decimal("155.00")),
        (1, Decimal("155.00")),
    ]


def test_age_counts_days_of_the_clinic_not_of_the_machine():
    claim = sent(0)
    evening = timezone.make_aware(datetime(2026, 11, 1, 23, 30))
    Submission.objects.filter(claim=claim).update(sent_at=evening)

    aged = aged_claims(date(2026, 12, 1))

    assert aged[0].claims == 1


# --- Calls ----------------------------------------------------------------------------------


def call(claim, user, **values):
    fields: dict[str, Any] = {
        "outcome": CallOutcome.IN_PROCESS,
        "summary": "In process, two weeks.",
        "reference_number": "R-77",
        "spoke_with": "Kim",
        "next_action_on": clock.today() + timedelta(days=14),
    } | values
    return log_call(claim_id=claim.pk, by=user, **fields)


def test_call_is_kept_and_lets_the_case_sleep():
    claim, user = sent(46), biller()
    follow_up_sweep()

    logged = call(claim, user)

    task = ClaimTask.objects.get()
    assert (logged.task, logged.called_by, logged.reference_number) == (task, user, "R-77")
    assert task.closed_at is None
    assert task.work_item.snoozed_until == clock.today() + timedelta(days=14)


def test_call_without_a_next_date_leaves_the_case_awake():
    claim = sent(46)
    follow_up_sweep()

    call(claim, biller(), next_action_on=None)

    assert ClaimTask.objects.get().work_item.snoozed_until is None


def test_call_that_reached_nobody_needs_no_reference():
    logged = call(sent(46), biller(), outcome=CallOutcome.NO_ANSWER, reference_number="")

    assert logged.task is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reference_number": " "}, "reference-missing"),
        ({"summary": ""}, "summary-missing"),
        ({"outcome": "perhaps"}, "outcome-missing"),
        ({"next_action_on": date(2020, 1, 1)}, "next-date-past"),
    ],
)
def test_incomplete_call_is_refused(values, code):
    claim = sent(46)

    with pytest.raises(Refused) as refusal:
        call(claim, biller(), **values)

    assert refusal.value.code == code
    assert not CallLog.objects.exists()


def test_call_about_a_claim_that_never_left_is_refused():
    with pytest.raises(Refused, match="never sent"):
        call(built(), biller())
    assert not Transmission.objects.exists()
