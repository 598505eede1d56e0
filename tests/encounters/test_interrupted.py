"""The asker of a real-time question is killed: the front desk is told, and the payer asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.audit.services import seal_events, verify_chain
from core.clearinghouse.enums import Direction, TransmissionState
from core.clearinghouse.gateway import GatewayDown
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import send_pending
from encounters.enums import EligibilityState
from encounters.models import EligibilityCheck
from encounters.queries import eligibility_queue
from encounters.rules.freshness import PATIENCE
from encounters.services import eligibility as asking
from encounters.services import recheck_unanswered, verify_eligibility
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories import CoverageFactory, FacilityFactory
from tests.killing import killed

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

BEFORE_THE_ANSWER = [
    "encounters.services.eligibility.inquire",
    "simulator.sandbox.gateway.LoopbackGateway.inquire",
    "core.clearinghouse.services.inquiry.store_inbound",
]
WITH_THE_ANSWER = [
    "core.clearinghouse.services.inquiry._close",
    "encounters.services.eligibility.keep_answer",
]


@pytest.fixture
def coverage(beacon):
    FacilityFactory()
    return CoverageFactory(payer=beacon, subscriber_number="BHP00000105")


def ask_about(coverage_id):
    """What the killed process does."""
    verify_eligibility(coverage_id=coverage_id, service_date=clock.today(), by=None)


def die(coverage, moment, folder):
    killed(f"{__name__}.ask_about", at=moment, sandbox=folder, coverage_id=coverage.pk)
    assert EligibilityCheck.objects.get().state == EligibilityState.PENDING


def silent():
    gateway = FakeGateway()
    gateway.answer = GatewayDown("The payer did not answer within 20 s.")
    return gateway


@pytest.mark.parametrize("moment", BEFORE_THE_ANSWER)
def test_question_whose_asker_was_killed_is_unknown_in_the_queue_and_asked_again(
    moment, coverage, gateway, tmp_path
):
    die(coverage, moment, tmp_path)
    later = clock.now() + PATIENCE + timedelta(seconds=1)
    with clock.at(later):
        assert recheck_unanswered(gateway=gateway) == 0
    lost = EligibilityCheck.objects.get()
    assert lost.state == EligibilityState.UNKNOWN
    assert "interrupted" in lost.message
    assert [problem.check for problem in eligibility_queue()] == [lost]
    assert not Transmission.objects.filter(state=TransmissionState.PENDING).exists()

    with clock.at(later + timedelta(minutes=5)):
        assert recheck_unanswered(gateway=gateway) == 1
    again = EligibilityCheck.objects.latest()
    assert again.state == EligibilityState.ACTIVE
    assert eligibility_queue() == []
    seal_events()
    assert verify_chain().problems == []


@pytest.mark.parametrize("moment", WITH_THE_ANSWER)
@pytest.mark.parametrize("sent_first", [False, True])
def test_answer_that_was_stored_before_the_asker_was_killed_is_read(
    moment, sent_first, coverage, gateway, tmp_path
):
    die(coverage, moment, tmp_path)
    with clock.at(clock.now() + timedelta(minutes=6)):
        if sent_first:
            send_pending(gateway=gateway)
        assert recheck_unanswered(gateway=gateway) == 0
    check = EligibilityCheck.objects.get()
    assert check.state == EligibilityState.ACTIVE
    assert check.benefits.exists()
    assert check.inquiry.state == TransmissionState.ACKNOWLEDGED
    assert check.inquiry.attempts.get().succeeded is True
    assert check.answer.state == TransmissionState.PROCESSED
    assert Transmission.objects.filter(direction=Direction.OUTBOUND).count() == 1


def test_question_that_somebody_still_waits_for_is_left_alone(coverage, tmp_path):
    die(coverage, BEFORE_THE_ANSWER[1], tmp_path)
    assert recheck_unanswered(gateway=silent()) == 0
    assert EligibilityCheck.objects.get().state == EligibilityState.PENDING


def test_asker_that_comes_back_after_its_question_was_closed_changes_nothing(
    coverage, clerk, gateway, monkeypatch
):
    whole = asking.inquire

    def slow(**told):
        found = whole(**told)
        with clock.at(clock.now() + timedelta(minutes=2)):
            recheck_unanswered(gateway=silent())
        return found

    monkeypatch.setattr(asking, "inquire", slow)
    check = verify_eligibility(
        coverage_id=coverage.pk, service_date=clock.today(), by=clerk, gateway=gateway
    )
    assert check == EligibilityCheck.objects.get()
    assert check.state == EligibilityState.ACTIVE
    assert check.answer.state == TransmissionState.PROCESSED


def test_the_page_of_a_question_without_an_answer_says_so(coverage, clerk, client, tmp_path):
    die(coverage, BEFORE_THE_ANSWER[1], tmp_path)
    with clock.at(clock.now() + PATIENCE + timedelta(seconds=1)):
        recheck_unanswered(gateway=silent())
    client.force_login(clerk)
    check = EligibilityCheck.objects.get()
    page = client.get(reverse("front_desk:check", args=[check.pk])).content.decode()
    assert "was interrupted" in page
    assert "Asked, no answer yet" not in page
