"""Whole turns of the pipeline that are killed in the middle, or run beside each other.

After the next turns nothing is lost, nothing is doubled, and books and audit record hold.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

import x12
from claims.enums import ClaimState
from claims.models import Acknowledgement, Claim, Submission
from claims.services import build_claims, queue_claims, scrub_claims
from core import clock
from core.audit.models import AuditEvent
from core.audit.services import seal_events, verify_chain
from core.clearinghouse.enums import Direction, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import store_inbound
from core.clearinghouse.services.outbound import LEASE
from core.money import total
from core.work.models import WorkItem
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from payments.enums import RemittanceState
from payments.models import Remittance, RemittanceClaim
from payments.queries.books import run_checks
from rcm.pipeline import run_inbound_cycle, run_outbound_cycle
from simulator.sandbox.clearinghouse import Clearinghouse
from simulator.sandbox.gateway import connected
from tests.factories.pipeline import NO_QW, PAID, REJECTED, SILENT, WITH_QW, visits_of_beacon
from tests.killing import killed
from tests.racing import at_once

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

WHAT = [*[(WITH_QW, PAID)] * 5, *[(NO_QW, PAID)] * 4, (WITH_QW, REJECTED), (WITH_QW, SILENT)]


@pytest.fixture
def sandbox(tmp_path):
    """A clearinghouse whose mailbox outlives the process that reads it."""
    with connected(Clearinghouse(tmp_path, now=clock.now)) as clearinghouse:
        yield clearinghouse
    clearinghouse.close()


def queue_everything():
    visits = visits_of_beacon(WHAT)
    built = build_claims(encounter_ids=[one.pk for one in visits], by=None)
    scrub_claims(built.claim_ids)
    queue_claims(built.claim_ids, by=None)
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.QUEUED}


def assert_all_is_well(sandbox):
    """Each claim left once, was answered once, and every cent and case is there once."""
    assert sandbox.waiting() == []
    sent = Transmission.objects.filter(direction=Direction.OUTBOUND)
    numbers = Counter(
        row.claim.patient_control_number
        for file in sent
        for one in x12.read(bytes(file.content)).transactions
        for row in one.claims837.rows()
    )
    assert numbers == Counter(Submission.objects.values_list("control_number", flat=True))
    assert set(numbers.values()) == {1}
    states = Counter(Claim.objects.values_list("state", flat=True))
    assert states[ClaimState.DENIED] == 4
    assert states[ClaimState.REJECTED] == 1
    assert states[ClaimState.ACCEPTED_BY_PAYER] == 1
    assert states[ClaimState.CLOSED] == 5
    assert set(Remittance.objects.values_list("state", flat=True)) == {RemittanceState.POSTED}
    assert RemittanceClaim.objects.count() == 9
    assert RemittanceClaim.objects.filter(denials_opened=False).count() == 0
    assert Denial.objects.count() == 4
    assert WorkItem.objects.count() == 5  # four denials, one rejection
    taken = Acknowledgement.objects.values_list("submission", "transmission")
    assert len(taken) == len(set(taken))
    left = Transmission.objects.filter(
        state__in=[TransmissionState.RECEIVED, TransmissionState.PENDING, TransmissionState.FAILED]
    )
    assert list(left) == []
    posted = AuditEvent.objects.filter(action="claim.payment_posted")
    assert posted.count() == 9
    assert total(row.amount for row in Remittance.objects.all()) > 0
    assert [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations] == []
    seal_events()
    assert verify_chain().problems == []


@pytest.mark.parametrize(
    ("moment", "after", "nth"),
    [
        ("core.clearinghouse.services.inbound.store_inbound", False, 1),
        ("core.clearinghouse.services.inbound.store_inbound", True, 2),
        ("simulator.sandbox.gateway.LoopbackGateway.confirm", True, 1),
        ("rcm.pipeline.process_acknowledgements", False, 1),
        ("claims.services.acknowledging._apply", True, 1),
        ("claims.services.acknowledging.mark_processed", True, 2),
        ("payments.services.receiving.files.record_remittances", False, 1),
        ("payments.services.receiving.recording._create_claims", True, 1),
        ("payments.services.receiving.files.record_remittances", True, 1),
        ("payments.services.posting.post.write_entries", True, 1),
        ("payments.services.posting.post.close_posting", True, 1),
        ("payments.services.receiving.files.post_remittance", True, 1),
        ("denials.services.opening._open", False, 1),
        ("denials.services.opening._open", True, 1),
        ("denials.services.after_posting.resolve_answered_of", False, 1),
        ("rcm.pipeline.open_denials", False, 1),
    ],
)
def test_inbound_turn_killed_at_any_step_is_finished_by_the_next(
    moment, after, nth, sandbox, tmp_path
):
    queue_everything()
    run_outbound_cycle(queue_clean=False)

    killed("rcm.pipeline.run_inbound_cycle", at=moment, after=after, nth=nth, sandbox=tmp_path)
    run_inbound_cycle()
    run_inbound_cycle()

    assert_all_is_well(sandbox)


@pytest.mark.parametrize(
    ("moment", "after"),
    [
        ("simulator.sandbox.gateway.LoopbackGateway.send", True),
        ("claims.services.submitting.mark_sent", False),
        ("claims.services.submitting.mark_locked", True),
    ],
)
def test_answers_that_come_before_we_know_that_the_file_left_are_taken(
    moment, after, sandbox, tmp_path
):
    queue_everything()
    killed(
        "rcm.pipeline.run_outbound_cycle",
        at=moment,
        after=after,
        sandbox=tmp_path,
        queue_clean=False,
    )

    run_inbound_cycle()
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        run_outbound_cycle(queue_clean=False)
    run_inbound_cycle()

    assert_all_is_well(sandbox)


def test_turns_of_several_workers_at_once_do_everything_once(sandbox):
    visits_of_beacon(WHAT)
    outbound = lambda: run_outbound_cycle(queue_clean=True)  # noqa: E731
    for _ in range(2):
        answers = at_once(outbound, outbound, outbound)
        assert [one for one in answers if isinstance(one, Exception)] == []
    for _ in range(2):
        answers = at_once(run_inbound_cycle, run_inbound_cycle, run_inbound_cycle)
        assert [one for one in answers if isinstance(one, Exception)] == []
    run_inbound_cycle()

    assert_all_is_well(sandbox)


def test_answers_that_come_backwards_and_again_say_the_same(sandbox):
    queue_everything()
    run_outbound_cycle(queue_clean=False)
    files = sandbox.fetch()
    kinds = [file.name.rsplit(".", maxsplit=1)[-1] for file in files]
    assert kinds == ["ta1", "999", "277ca", "835"]

    for _ in range(2):
        for file in reversed(files):
            store_inbound(name=file.name, content=file.content)
            run_inbound_cycle()

    assert_all_is_well(sandbox)
