"""Queued claims leave once, whatever dies when."""

from __future__ import annotations

from decimal import Decimal

import pytest

import x12
from claims.enums import ClaimState
from claims.models import Claim, Submission
from claims.services import batch_queued, queue_claims, submit_claims
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.gateway import GatewayDown, GatewayRefused
from core.clearinghouse.models import Transmission
from encounters.enums import EncounterStatus
from encounters.models import Encounter, Patient
from tests.core.clearinghouse.fakes import FakeGateway
from tests.factories import PayerFactory, PayerPolicyFactory
from tests.factories.claims import biller, built, coded, insured, queued

pytestmark = pytest.mark.django_db


def test_submit_writes_the_claim_as_it_stands(spy):
    claim = queued()

    result = submit_claims(gateway=spy)

    assert (result.batch.claims, len(result.send.sent), result.marked) == (1, 1, 1)
    [(name, data)] = spy.received
    document = x12.read(data)
    assert document.errors == []
    [row] = document.transactions[0].claims837.rows()
    encounter, coverage = claim.encounter, claim.coverage
    assert (row.claim.patient_control_number, row.claim.charge) == (
        f"{claim.number}-1",
        Decimal("155.00"),
    )
    assert (row.claim.facility_code, row.claim.frequency) == ("11", "1")
    assert [code.code for code in row.claim.diagnoses] == ["J029"]
    assert row.claim.ref("X4") == claim.facility.clia_number
    assert row.claim.rendering.npi == encounter.provider.npi
    assert row.claim.rendering.taxonomy == encounter.provider.taxonomy
    assert row.billing.taxonomy == claim.facility.taxonomy
    assert row.billing.provider.npi == claim.facility.npi
    assert row.billing.provider.postal_code == claim.facility.zip_code
    assert row.subscriber.subscriber.id == coverage.subscriber_number
    assert row.subscriber.group_number == coverage.group_number
    assert row.subscriber.payer.id == claim.payer.claim_payer_id
    assert row.patient is None
    assert [
        (line.procedure.code, line.procedure.modifiers, line.charge, line.control_number)
        for line in row.claim.lines
    ] == [
        ("99213", (), Decimal("125.00"), f"{claim.number}-1-1"),
        ("87880", ("QW",), Decimal("30.00"), f"{claim.number}-1-2"),
    ]
    file = Transmission.objects.get()
    assert (file.name, bytes(file.content), file.state) == (name, data, TransmissionState.SENT)


def test_submit_notes_claim_submission_and_visit(spy):
    claim = queued()

    submit_claims(gateway=spy)

    claim.refresh_from_db()
    submission = claim.submissions.get()
    assert claim.state == ClaimState.SENT
    assert submission.transmission == Transmission.objects.get()
    assert claim.first_sent_at == submission.sent_at == submission.transmission.sent_at
    encounter = Encounter.objects.get(pk=claim.encounter_id)
    assert encounter.status == EncounterStatus.BILLED
    assert encounter.billed_at is not None


def test_submit_notes_the_exact_segments_of_each_claim(spy):
    for _ in range(3):
        queued()

    submit_claims(gateway=spy)

    pieces = spy.received[0][1].decode().split("~")
    for one in Submission.objects.all():
        assert one.segment_first is not None
        assert pieces[one.segment_first - 1].startswith(f"CLM*{one.control_number}*")
        own = pieces[one.segment_first - 1 : one.segment_last]
        assert own[-1] == f"REF*6R*{one.control_number}-2"
        assert sum(piece.startswith("CLM*") for piece in own) == 1


def test_submit_writes_a_dependent_below_its_subscriber(spy):
    coverage = insured(
        relationship="19",
        subscriber_last_name="Quist",
        subscriber_first_name="Bo",
        subscriber_birth_date="1970-05-05",
    )
    claim = queued(coded(coverage))

    submit_claims(gateway=spy)

    [row] = x12.read(spy.received[0][1]).transactions[0].claims837.rows()
    assert row.subscriber.relationship == ""
    assert (row.subscriber.subscriber.name, row.subscriber.subscriber.first) == ("Quist", "Bo")
    assert row.patient is not None
    assert row.patient.relationship == "19"
    assert row.patient.patient.first == claim.encounter.patient.first_name
    assert row.patient.patient.birth_date == claim.encounter.patient.birth_date


def test_submit_carries_authorization_referral_and_who_referred(spy):
    queued(
        coded(
            insured(),
            prior_authorization="AUTH7",
            referral_number="REF9",
            referring_last_name="Marsh",
            referring_first_name="Ida",
            referring_npi="1234567893",
        )
    )

    submit_claims(gateway=spy)

    [row] = x12.read(spy.received[0][1]).transactions[0].claims837.rows()
    assert (row.claim.ref("G1"), row.claim.ref("9F")) == ("AUTH7", "REF9")
    assert [(one.name, one.npi) for one in row.claim.referring] == [("Marsh", "1234567893")]


def test_batch_makes_one_file_for_each_trading_partner():
    other = PayerFactory(partner__name="Other Clearinghouse")
    PayerPolicyFactory(payer=other)
    mine = [queued(), queued()]
    theirs = queued(coded(insured(payer=other)))

    result = batch_queued()

    assert (len(result.files), result.claims) == (2, 3)
    files = {one.claim_id: one.transmission for one in Submission.objects.all()}
    assert files[mine[0].pk] == files[mine[1].pk] != files[theirs.pk]
    assert files[theirs.pk].partner == other.partner


def test_batch_again_writes_nothing_new():
    queued()
    batch_queued()

    again = batch_queued()

    assert (again.files, again.claims) == ([], 0)
    assert Transmission.objects.count() == 1


def test_batch_holds_a_claim_that_cannot_be_written_and_sends_the_others(spy):
    good = queued()
    bad = queued(coded(insured(subscriber_number="W0000000")))
    type(bad.coverage).objects.filter(pk=bad.coverage_id).update(subscriber_number=" ")

    result = submit_claims(gateway=spy)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (good.state, bad.state) == (ClaimState.SENT, ClaimState.HELD)
    assert result.batch.held == [bad.pk]
    finding = bad.submissions.get().findings.get()
    assert finding.code == "cannot-be-written"
    assert finding.fix
    assert bad.tasks.get(closed_at=None).kind == "scrub"


def test_submit_after_death_between_batch_and_send_sends_once(spy):
    claim = queued()
    batch_queued()  # and here the worker dies

    submit_claims(gateway=spy)
    submit_claims(gateway=spy)

    claim.refresh_from_db()
    assert claim.state == ClaimState.SENT
    assert len(spy.received) == 1


def test_submit_after_death_between_send_and_note_only_notes(spy, monkeypatch):
    claim = queued()
    with monkeypatch.context() as patch:
        patch.setattr("claims.services.submitting.mark_sent", _die)
        with pytest.raises(SystemError):
            submit_claims(gateway=spy)
    claim.refresh_from_db()
    assert claim.state == ClaimState.QUEUED

    result = submit_claims(gateway=spy)

    claim.refresh_from_db()
    assert (claim.state, result.marked) == (ClaimState.SENT, 1)
    assert len(spy.received) == 1


def _die() -> int:
    raise SystemError("killed")


def test_submit_with_nobody_there_keeps_the_same_bytes_for_later():
    down = FakeGateway(on_send=_down)
    claim = queued()

    result = submit_claims(gateway=down)

    claim.refresh_from_db()
    assert (claim.state, len(result.send.waiting)) == (ClaimState.QUEUED, 1)
    assert Encounter.objects.get(pk=claim.encounter_id).status == EncounterStatus.CODED
    before = bytes(Transmission.objects.get().content)
    Transmission.objects.update(next_attempt_at=None)
    up = FakeGateway()
    submit_claims(gateway=up)
    claim.refresh_from_db()
    assert claim.state == ClaimState.SENT
    assert up.received == [(Transmission.objects.get().name, before)]


def _down(name: str, content: bytes) -> None:
    raise GatewayDown("Nobody answers.")


def _refused(name: str, content: bytes) -> None:
    raise GatewayRefused("The mailbox is closed.")


def test_submit_of_a_refused_file_keeps_its_claims_queued():
    claim = queued()

    result = submit_claims(gateway=FakeGateway(on_send=_refused))

    claim.refresh_from_db()
    assert (claim.state, len(result.send.refused)) == (ClaimState.QUEUED, 1)
    assert claim.submissions.get().sent_at is None


def test_queue_takes_ready_claims_and_names_the_others():
    user = biller()
    ready, sent = built(), queued()
    encounter = coded()
    Patient.objects.filter(pk=encounter.patient_id).update(city="")
    held = built(encounter)

    result = queue_claims([ready.pk, sent.pk, held.pk], by=user)

    assert result.queued == [ready.pk]
    assert set(result.refused) == {sent.number, held.number}
    assert "findings" in result.refused[held.number]
    assert "queued already" in result.refused[sent.number]
    assert set(Claim.objects.filter(state=ClaimState.QUEUED)) == {ready, sent}


def test_queue_without_ids_takes_everything_that_is_ready():
    claims = [built(), built()]

    assert queue_claims(by=None).queued == [one.pk for one in claims]
