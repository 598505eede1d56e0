"""Two workers, one remittance; and a worker that dies in the middle."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum

from claims.enums import ClaimState
from claims.models import Claim
from coding.services.assessing import LineInput
from coding.services.revising import revise_coding
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import store_inbound
from core.ledger.enums import Account
from core.ledger.models import Entry, Posting
from denials.queries.books import ALL_CHECKS
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from payments.enums import RemittanceState
from payments.models import Remittance
from payments.queries.books import run_checks
from payments.services.posting import post, post_remittance
from payments.services.receiving import files, process_remittance_files, receive_file
from tests.factories import TradingPartnerFactory
from tests.factories.claims import few_codes
from tests.factories.coding import coder
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import corrected_meanwhile, recorded, sent_claims
from tests.racing import Racer, at_once

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


def payment(count=10, trace="EFT0001"):
    claims = sent_claims([[("99213", [], "185.00")]] * count)
    rows = [Clp(f"{c.number}-1", [Svc("99213", "185.00", [("CO", "45", "85.00")])]) for c in claims]
    return era_file(Era(rows, trace=trace))


def paid():
    return Posting.objects.filter(account=Account.PAYER_PAID).aggregate(s=Sum("amount"))["s"]


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def test_post_remittance_by_two_workers_posts_once():
    [remittance] = recorded(payment())
    work = lambda: post_remittance(remittance_id=remittance.pk, by=None)  # noqa: E731
    answers = at_once(work, work, work)
    assert sorted(answer.already_posted for answer in answers) == [False, True, True]
    assert paid() == D("1000.00")
    assert violations() == []


def test_receive_file_by_two_workers_records_and_posts_once():
    content = payment()
    work = lambda: receive_file(name="era.835", content=content, by=None)  # noqa: E731
    at_once(work, work)
    assert Remittance.objects.count() == 1
    process_remittance_files()
    assert Remittance.objects.get().state == RemittanceState.POSTED
    assert paid() == D("1000.00")
    assert violations() == []


def test_process_remittance_files_by_two_workers_posts_each_once():
    TradingPartnerFactory()
    for index in range(4):
        store_inbound(name=f"{index}.835", content=payment(3, trace=f"EFT{index}"))
    at_once(process_remittance_files, process_remittance_files)
    assert Remittance.objects.filter(state=RemittanceState.POSTED).count() == 4
    assert paid() == D("1200.00")
    assert violations() == []


def test_post_remittance_that_dies_in_the_middle_leaves_nothing_and_is_done_by_the_next(
    monkeypatch,
):
    [remittance] = recorded(payment())
    charges = Entry.objects.count()
    done = post.close_posting

    def dies(answers):
        done(answers)
        raise KeyboardInterrupt

    monkeypatch.setattr(post, "close_posting", dies)
    with pytest.raises(KeyboardInterrupt):
        post_remittance(remittance_id=remittance.pk, by=None)
    assert Entry.objects.count() == charges
    remittance.refresh_from_db()
    assert remittance.state == RemittanceState.READY
    assert violations() == []
    monkeypatch.undo()
    [outcome] = process_remittance_files().outcomes
    assert outcome.state == "posted"
    assert paid() == D("1000.00")


def test_post_remittance_of_a_killed_connection_is_rolled_back_whole():
    [remittance] = recorded(payment())
    charges = Entry.objects.count()
    started = threading.Event()

    def work():
        done = post.write_entries

        def slow(*args):
            done(*args)
            started.set()
            connection.cursor().execute("SELECT pg_sleep(20)")

        original, post.write_entries = post.write_entries, slow
        try:
            with pytest.raises(Exception, match="terminat|closed"):
                post_remittance(remittance_id=remittance.pk, by=None)
        finally:
            post.write_entries = original
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(20)
    killed = 0
    while not killed:  # it has said that it sleeps a moment before it does
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND query LIKE 'SELECT pg_sleep%'"
            )
            killed = len(cursor.fetchall())
    thread.join(30)
    assert Entry.objects.count() == charges
    assert post_remittance(remittance_id=remittance.pk, by=None).posted == 10
    assert violations() == []


def test_process_remittance_files_marks_a_broken_file_and_goes_on():
    TradingPartnerFactory()
    good = payment(2)
    bad = good.replace(b"EFT0001", b"").replace(b"*261102*", b"*261103*")
    broken, _ = store_inbound(name="bad.835", content=bad)
    store_inbound(name="good.835", content=good)
    turn = process_remittance_files()
    assert (turn.files, turn.failed, len(turn.posted)) == (2, 1, 1)
    file = Transmission.objects.get(pk=broken.pk)
    assert file.state == TransmissionState.FAILED
    assert "TRN02" in file.reason
    assert process_remittance_files().files == 0


def test_process_remittance_files_is_not_stopped_by_a_fault_in_one_file(monkeypatch):
    TradingPartnerFactory()
    first, _ = store_inbound(name="1.835", content=payment(2, trace="EFT1"))
    store_inbound(name="2.835", content=payment(2, trace="EFT2"))
    record = files.record_remittances

    def faulty(*, transmission_id, found, by):
        if transmission_id == first.pk:
            raise ZeroDivisionError
        return record(transmission_id=transmission_id, found=found, by=by)

    monkeypatch.setattr(files, "record_remittances", faulty)
    assert [result.trace_number for result in process_remittance_files().posted] == ["EFT2"]
    monkeypatch.undo()
    assert [result.trace_number for result in process_remittance_files().posted] == ["EFT1"]
    assert violations() == []


def test_two_workers_bring_one_payment_in_two_files_at_once_and_it_is_recorded_once():
    TradingPartnerFactory()
    content = payment()
    for number in (b"1", b"2"):  # another interchange number: another file, the same payment
        store_inbound(
            name=f"{number!r}.835",
            content=content.replace(b"000000001*0*T", b"00000000%b*0*T" % number).replace(
                b"IEA*1*000000001", b"IEA*1*00000000%b" % number
            ),
        )
    at_once(process_remittance_files, process_remittance_files)
    process_remittance_files()
    states = set(Transmission.objects.filter(kind="835").values_list("state", flat=True))
    assert states == {TransmissionState.PROCESSED}
    assert Remittance.objects.get().state == RemittanceState.POSTED
    assert paid() == D("1000.00")
    assert violations() == []


def test_two_workers_post_one_answer_under_two_trace_numbers_and_it_counts_once():
    content = payment()
    for trace in (b"EFT0001", b"EFT0002"):
        twin = content.replace(b"EFT0001", trace).replace(b"000000001", b"00000000" + trace[-1:])
        recorded(twin)
    first, second = Remittance.objects.values_list("pk", flat=True)
    results = at_once(
        lambda: post_remittance(remittance_id=first, by=None),
        lambda: post_remittance(remittance_id=second, by=None),
    )
    assert sorted((result.posted, result.unposted) for result in results) == [(0, 10), (10, 0)]
    assert paid() == D("2000.00")
    unapplied = Posting.objects.filter(account=Account.UNAPPLIED).aggregate(s=Sum("amount"))["s"]
    assert unapplied == D("-1000.00")
    assert violations() == []


def test_a_payment_about_a_claim_that_is_corrected_meanwhile_moves_the_correction_nowhere():
    content = payment(1)
    [remittance] = recorded(content)
    claim = Claim.objects.get()
    with transaction.atomic():
        Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
        racer = Racer(lambda: post_remittance(remittance_id=remittance.pk, by=None))
        racer.until_blocked()
        after = corrected_meanwhile(claim)
    assert racer.finish().posted == 1
    claim.refresh_from_db()
    after.refresh_from_db()
    assert claim.state == ClaimState.QUEUED
    assert (after.sent_at, after.adjudicated_at) == (None, None)
    assert paid() == D("100.00")
    assert violations() == []


def answered(*claims):
    """A recorded remittance for each claim: paid 100.00 of 185.00, the rest by contract."""
    found = []
    for index, claim in enumerate(claims):
        rows = [Clp(f"{claim.number}-1", [Svc("99213", "185.00", [("CO", "45", "85.00")])])]
        found += recorded(era_file(Era(rows, trace=f"EFT{index}")))
    return found


def test_two_claims_of_a_visit_are_answered_at_once_and_the_visit_is_closed(monkeypatch):
    one, two = sent_claims([[("99213", [], "185.00")]] * 2)
    Claim.objects.filter(pk=two.pk).update(encounter=one.encounter, part=2)
    remittances = answered(one, two)
    real = post.close_posting

    def slow(answers):
        real(answers)
        closed.set()
        go.wait(60)

    closed, go = threading.Event(), threading.Event()
    monkeypatch.setattr(post, "close_posting", slow)
    first, second = (
        lambda pk=row.pk: post_remittance(remittance_id=pk, by=None) for row in remittances
    )
    earlier = Racer(first)
    assert closed.wait(60)
    later = Racer(second)
    later.until_blocked()
    go.set()
    assert (earlier.finish().posted, later.finish().posted) == (1, 1)
    assert Encounter.objects.get(pk=one.encounter_id).status == EncounterStatus.CLOSED
    assert violations() == []


def test_posting_and_a_corrected_coding_of_its_visit_wait_for_each_other_and_both_end(monkeypatch):
    few_codes()
    [claim] = sent_claims([[("99213", [], "185.00")]])
    [remittance] = answered(claim)
    wrote, go = threading.Event(), threading.Event()
    real = post.close_posting

    def slow(answers):
        wrote.set()
        assert go.wait(60)
        real(answers)

    monkeypatch.setattr(post, "close_posting", slow)
    posting = Racer(lambda: post_remittance(remittance_id=remittance.pk, by=None))
    assert wrote.wait(60)
    revision = Racer(
        lambda: revise_coding(
            encounter_id=claim.encounter_id,
            coder=coder(),
            diagnoses=["J02.9"],
            lines=[LineInput("99213", charge=D("190.00"))],
            reason="The charge was typed wrong",
        )
    )
    revision.until_blocked()
    go.set()
    assert posting.finish().posted == 1
    assert not isinstance(revision.finish(), Exception)
    assert paid() == D("100.00")
