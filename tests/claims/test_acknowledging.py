"""TA1, 999 and 277CA come onto the claims that they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

import x12
from claims.enums import ClaimState, TaskKind
from claims.models import Acknowledgement, Claim
from claims.services import batch_queued, process_acknowledgements, resubmit_rejected, submit_claims
from claims.services.answers import answers_of
from claims.services.claim_tasks import NewTask, open_tasks
from core import clock
from core.clearinghouse.enums import FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import receive_files, store_inbound
from core.errors import Refused
from core.work.enums import WorkState
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Encounter
from encounters.rules.details import CoverageDetails
from encounters.services.coverage import change_coverage
from simulator.sandbox.gateway import LoopbackGateway, memory_sandbox
from tests.factories import PayerFactory, PayerPolicyFactory
from tests.factories.claims import biller, code, coded, insured, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway():
    return LoopbackGateway(memory_sandbox())


@pytest.fixture
def beacon():
    payer = PayerFactory(name="Beacon Health Plan", claim_payer_id="BEACN")
    PayerPolicyFactory(payer=payer)
    return payer


def turn(gateway):
    """Submit, receive, take the acknowledgements."""
    submit_claims(gateway=gateway)
    receive_files(gateway=gateway)
    return process_acknowledgements()


def inbound(*, partner, transactions=(), ta1s=(), number=77):
    """A file from the other side."""
    data = x12.write(
        x12.Envelope(
            "SANDBOX", "FIRSTPASS", control_number=number, created=clock.now().replace(tzinfo=None)
        ),
        transactions,
        ta1s=ta1s,
    ).data
    return store_inbound(name=f"in-{number}", content=data, partner=partner)[0]


def test_acceptance_moves_the_claim_to_the_payer(gateway, beacon):
    claim = queued(coded(insured(payer=beacon)))

    result = turn(gateway)

    claim.refresh_from_db()
    submission = claim.submissions.get()
    assert claim.state == ClaimState.ACCEPTED_BY_PAYER
    assert claim.payer_claim_number
    assert submission.clearinghouse_accepted_at is not None
    assert submission.payer_accepted_at is not None
    answers = {one.kind: one for one in submission.acknowledgements.all()}
    assert {FileKind.FUNCTIONAL_ACK, FileKind.CLAIM_ACK} <= set(answers)
    assert all(one.accepted and one.message for one in answers.values())
    assert answers[FileKind.CLAIM_ACK].category_code == "A2"
    assert result.rejected == 0
    assert submission.transmission.state == TransmissionState.ACKNOWLEDGED
    assert not claim.tasks.exists()


def test_acknowledgements_processed_again_change_nothing(gateway, beacon):
    queued(coded(insured(payer=beacon)))
    turn(gateway)
    before = Acknowledgement.objects.count()

    again = process_acknowledgements()

    assert (again.files, Acknowledgement.objects.count()) == (0, before)


def test_rejection_says_what_it_means_and_opens_a_case(gateway, beacon):
    good = queued(coded(insured(payer=beacon)))
    bad = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))

    result = turn(gateway)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (good.state, bad.state) == (ClaimState.ACCEPTED_BY_PAYER, ClaimState.REJECTED)
    assert result.rejected == 1
    answer = bad.submissions.get().acknowledgements.get(accepted=False)
    assert (answer.category_code, answer.status_code, answer.entity_code) == ("A3", "33", "IL")
    assert "does not know this subscriber" in answer.message
    assert "Check eligibility" in answer.fix
    task = bad.tasks.get()
    assert (task.kind, task.acknowledgement, task.closed_at) == (TaskKind.REJECTION, answer, None)
    assert task.work_item.dollars_at_stake == bad.total_charge
    assert task.work_item.due_on == bad.filing_deadline
    assert bad.submissions.get().rejected_at is not None


def test_rejection_ends_the_follow_up_of_the_claim(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    submit_claims(gateway=gateway)
    claim.refresh_from_db()
    [follow_up] = open_tasks(TaskKind.FOLLOW_UP, [NewTask(claim, None, Decimal("0.7"))])

    receive_files(gateway=gateway)
    process_acknowledgements()

    follow_up.refresh_from_db()
    assert follow_up.closed_at is not None
    assert follow_up.work_item.state == WorkState.DONE
    assert follow_up.work_item.outcome == "Answered: the claim was rejected"
    assert claim.tasks.get(closed_at=None).kind == TaskKind.REJECTION


def test_rejected_claim_is_fixed_and_sent_again_as_an_original(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    turn(gateway)
    Coverage.objects.filter(pk=claim.coverage_id).update(subscriber_number="W8842100")
    user = biller()

    submission = resubmit_rejected(claim_id=claim.pk, by=user)

    claim.refresh_from_db()
    first, second = claim.submissions.order_by("number")
    assert second == submission
    assert (first.is_current, first.end) == (False, "rejected")
    assert (second.number, second.frequency, second.original_reference) == (2, "1", "")
    assert second.control_number == f"{claim.number}-2"
    assert claim.state == ClaimState.QUEUED
    task = claim.tasks.get()
    assert task.closed_at is not None
    assert (task.work_item.state, task.work_item.closed_by) == (WorkState.DONE, user)

    turn(gateway)

    claim.refresh_from_db()
    assert claim.state == ClaimState.ACCEPTED_BY_PAYER
    assert first.acknowledgements.filter(accepted=False).exists()


def test_resubmission_with_findings_is_held(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    turn(gateway)
    Coverage.objects.filter(pk=claim.coverage_id).update(
        effective_to=claim.service_date - timedelta(days=1)
    )

    resubmit_rejected(claim_id=claim.pk, by=biller())

    claim.refresh_from_db()
    assert claim.state == ClaimState.HELD
    assert claim.tasks.get(closed_at=None).kind == TaskKind.SCRUB


def test_resubmission_takes_the_newest_coding(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    turn(gateway)
    Coverage.objects.filter(pk=claim.coverage_id).update(subscriber_number="W8842100")
    version = code(claim.encounter, lines=[("99214", (), "180.00")])

    submission = resubmit_rejected(claim_id=claim.pk, by=biller())

    claim.refresh_from_db()
    assert submission.coding_version == version
    assert [line.code for line in submission.lines.all()] == ["99214"]
    assert claim.total_charge == submission.total_charge == version.lines.get().charge


def test_resubmit_refuses_a_claim_that_is_not_rejected():
    claim = queued()

    with pytest.raises(Refused, match="is not rejected"):
        resubmit_rejected(claim_id=claim.pk, by=biller())

    assert claim.submissions.count() == 1


def _sent(count=2):
    claims = [queued() for _ in range(count)]
    batch_queued()
    file = Transmission.objects.get(kind=FileKind.CLAIMS)
    return claims, file


def _999(file, errors, status="R"):
    return x12.Outgoing(
        "0001",
        x12.Acknowledgement999(
            functional_id="HC",
            group_control_number=file.group_control_number,
            version="005010X222A1",
            status=status,
            included=1,
            received=1,
            accepted=0 if status == "R" else 1,
            transactions=[
                x12.AcknowledgedTransaction("837", "0001", "005010X222A1", status, ("5",), errors)
            ],
        ),
    )


def test_999_rejection_reaches_the_claim_through_its_segment():
    claims, file = _sent(2)
    bad = claims[1].submissions.get()
    position = bad.segment_first - 2 + 1  # the segment after its CLM, counted from ST = 1
    error = x12.SegmentError(
        "HI", position, "2300", "8", elements=[x12.ElementError(1, 2, None, "1271", "7")]
    )
    inbound(partner=file.partner, transactions=[_999(file, [error])])

    result = process_acknowledgements()

    assert result.rejected == 2
    named = bad.acknowledgements.get()
    assert named.segment == f"HI-01 (segment {position + 2})"
    assert "code that is not valid" in named.message
    assert "diagnosis" in named.message.lower()
    other = claims[0].submissions.get().acknowledgements.get()
    assert "another claim" in other.message
    assert "Send it again" in other.fix
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.REJECTED}
    file.refresh_from_db()
    assert file.state == TransmissionState.REFUSED


def test_999_error_above_a_claim_belongs_to_its_subscriber():
    claims, file = _sent(2)
    second = claims[1].submissions.get()
    error = x12.SegmentError(
        "NM1",
        second.segment_first - 2 - 2,
        "2010BA",
        "8",
        elements=[x12.ElementError(9, None, None, "67", "1")],
    )
    inbound(partner=file.partner, transactions=[_999(file, [error])])

    process_acknowledgements()

    assert "required element is missing" in second.acknowledgements.get().message
    assert "another claim" in claims[0].submissions.get().acknowledgements.get().message


def test_999_error_of_the_billing_provider_belongs_to_every_claim():
    claims, file = _sent(2)
    error = x12.SegmentError(
        "N4", 11, "2010AA", "8", elements=[x12.ElementError(3, None, None, "116", "1")]
    )
    inbound(partner=file.partner, transactions=[_999(file, [error])])

    process_acknowledgements()

    messages = {one.submissions.get().acknowledgements.get().message for one in claims}
    assert len(messages) == 1
    assert "ZIP code" in messages.pop()


def test_999_acceptance_stops_at_the_clearinghouse():
    claims, file = _sent(1)
    inbound(partner=file.partner, transactions=[_999(file, [], status="A")])

    process_acknowledgements()

    claims[0].refresh_from_db()
    assert claims[0].state == ClaimState.ACCEPTED_BY_CLEARINGHOUSE
    assert claims[0].first_sent_at is not None
    assert Encounter.objects.get(pk=claims[0].encounter_id).status == EncounterStatus.BILLED


def test_ta1_rejection_rejects_every_claim_of_the_file():
    claims, file = _sent(2)
    ta1 = x12.TA1(file.control_number, file.created_at.date(), "0930", "R", "006")
    inbound(partner=file.partner, ta1s=[ta1])

    result = process_acknowledgements()

    assert result.rejected == 2
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.REJECTED}
    answer = claims[0].submissions.get().acknowledgements.get()
    assert answer.kind == FileKind.INTERCHANGE_ACK
    assert "sender ID" in answer.message


def _277ca(submission, *codes, number=""):
    status = x12.Status(tuple(x12.StatusCode(*one) for one in codes), clock.today(), "WQ")
    claim = x12.ClaimStatus(
        x12.Trace("2", submission.control_number),
        [status],
        references=[x12.Reference("1K", number)] if number else [],
    )
    patient = x12.Party("QC", "1", "Quist", "Ada", id_qualifier="MI", id="W1")
    payer = x12.Party("PR", name="PAYER", id_qualifier="PI", id="P1")
    clinic = x12.Party("85", name="CLINIC", id_qualifier="XX", id="1234567893")
    sender = x12.Party("41", name="US", id_qualifier="46", id="FIRSTPASS")
    return x12.Outgoing(
        "0001",
        x12.ClaimAcknowledgement277CA(
            reference="R1",
            created=clock.today(),
            time="0930",
            purpose="08",
            type="TH",
            sources=[
                x12.StatusSource(
                    payer,
                    x12.Trace("1", "T1"),
                    dates=[x12.Dated("050", clock.today()), x12.Dated("009", clock.today())],
                    receivers=[
                        x12.StatusReceiver(
                            sender,
                            x12.Trace("2", submission.transmission.control_number),
                            statuses=[
                                x12.Status((x12.StatusCode("A1", "19", "PR"),), clock.today(), "WQ")
                            ],
                            providers=[
                                x12.StatusProvider(
                                    clinic,
                                    members=[x12.StatusMember(patient, [claim])],
                                )
                            ],
                        )
                    ],
                )
            ],
        ),
    )


def test_277ca_after_the_999_or_before_it_ends_the_same():
    claims, file = _sent(1)
    submission = claims[0].submissions.get()
    inbound(partner=file.partner, transactions=[_277ca(submission, ("A2", "20"), number="PCN1")])
    inbound(partner=file.partner, transactions=[_999(file, [], status="A")], number=78)

    process_acknowledgements()

    claims[0].refresh_from_db()
    assert claims[0].state == ClaimState.ACCEPTED_BY_PAYER
    assert claims[0].payer_claim_number == "PCN1"


def test_277ca_about_an_older_submission_is_kept_and_moves_nothing(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    turn(gateway)
    Coverage.objects.filter(pk=claim.coverage_id).update(subscriber_number="W8842100")
    resubmit_rejected(claim_id=claim.pk, by=biller())
    old = claim.submissions.get(number=1)
    before = old.acknowledgements.count()
    inbound(partner=old.transmission.partner, transactions=[_277ca(old, ("A3", "33", "IL"))])

    process_acknowledgements()

    claim.refresh_from_db()
    assert claim.state == ClaimState.QUEUED
    assert old.acknowledgements.count() == before + 1


def test_acknowledgement_of_nothing_we_sent_is_set_aside_with_its_reason():
    claims, file = _sent(1)
    strange = claims[0].submissions.get()
    strange.control_number = "X999-1"
    row = inbound(partner=file.partner, transactions=[_277ca(strange, ("A2", "20"))])

    result = process_acknowledgements()

    row.refresh_from_db()
    assert result.failed == [row.pk]
    assert (row.state, "none of ours" in row.reason) == (TransmissionState.FAILED, True)
    assert not Acknowledgement.objects.exists()


def test_acknowledgement_that_cannot_be_processed_does_not_stop_the_next(monkeypatch):
    claims, file = _sent(1)
    broken = inbound(partner=file.partner, transactions=[_999(file, [], status="E")], number=70)
    inbound(partner=file.partner, transactions=[_999(file, [], status="A")], number=71)

    def surprised(row):
        if row.pk == broken.pk:
            raise KeyError("surprise")
        return answers_of(row)

    monkeypatch.setattr("claims.services.acknowledging.answers_of", surprised)

    result = process_acknowledgements()

    claims[0].refresh_from_db()
    broken.refresh_from_db()
    assert (result.files, result.failed) == (2, [broken.pk])
    assert broken.state == TransmissionState.FAILED
    assert "KeyError" in broken.reason
    assert claims[0].state == ClaimState.ACCEPTED_BY_CLEARINGHOUSE


def test_member_id_corrected_at_the_desk_goes_with_the_next_submission(gateway, beacon):
    claim = queued(coded(insured(payer=beacon, subscriber_number="W8842199")))
    turn(gateway)
    details = replace(CoverageDetails.of(claim.coverage), subscriber_number="W8842100")

    new = change_coverage(coverage_id=claim.coverage_id, details=details, by=biller())
    submission = resubmit_rejected(claim_id=claim.pk, by=biller())

    claim.refresh_from_db()
    assert new.pk != submission.claim.submissions.get(number=1).coverage_id
    assert claim.coverage == submission.coverage == new
    turn(gateway)
    claim.refresh_from_db()
    assert claim.state == ClaimState.ACCEPTED_BY_PAYER
