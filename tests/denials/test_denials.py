"""Denial cases: what opens one, what decides it, what ends it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum

from claims.enums import ClaimState
from core import clock
from core.access.enums import Role
from core.errors import Refused
from core.ledger.enums import Account
from core.ledger.models import Entry, Posting
from core.work.enums import WorkState
from core.work.services import snooze
from denials.enums import DenialState, Resolution, RootCause
from denials.filters import DenialPageFilters
from denials.models import Denial
from denials.queries.books import ALL_CHECKS
from denials.queries.cases import Sums, listed_denials, queue_totals, sums_of, top_reasons
from denials.services import move_to_patient, open_denials, resolve_answered, write_off_denial
from payments.queries.books import run_checks
from payments.services.receiving import receive_file
from tests.factories import PayerFactory, PayerPolicyFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import receivables, sent_claim

pytestmark = pytest.mark.django_db

D = Decimal


def take(*claims, control=1):
    era = Era(list(claims), trace=f"EFT{control}")
    return receive_file(name=f"{control}.835", content=era_file(era, control=control), by=None)


def answer(claim, *lines, attempt=1, **kwargs):
    return Clp(f"{claim.number}-{attempt}", lines, **kwargs)


def strep(*cas, **kwargs):
    return Svc("87880", "45.00", list(cas), **kwargs)


VISIT = Svc("99213", "185.00", [("CO", "45", "70.00"), ("PR", "3", "25.00")])


def denied_claim(*cas, remarks=("N822",), **kwargs):
    claim = sent_claim(**kwargs)
    take(answer(claim, VISIT, strep(*(cas or [("CO", "4", "45.00")]), remarks=list(remarks))))
    return claim


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def biller():
    return UserFactory(role=Role.BILLER)


def found(filters):
    return DenialPageFilters(filters, listed_denials()).qs


def test_posting_opens_one_case_with_owner_route_and_deadline():
    payer = PayerFactory()
    PayerPolicyFactory(payer=payer, corrected_claim_days=60, appeal_days=30)
    claim = denied_claim(payer=payer)
    denial = Denial.objects.get()
    assert (denial.claim, denial.group, denial.carc, denial.rarcs) == (claim, "CO", "4", ["N822"])
    assert (denial.amount, denial.is_initial, denial.state) == (D("45.00"), True, DenialState.OPEN)
    assert (denial.owner_role, denial.root_cause) == (Role.CODER, RootCause.MODIFIER)
    assert denial.route == Resolution.CORRECTED_CLAIM
    assert denial.deadline == clock.today() + dt.timedelta(days=60)
    assert denial.work_item.dollars_at_stake == D("45.00")
    claim.refresh_from_db()
    assert claim.state == ClaimState.DENIED
    assert violations() == []


def test_sweeps_find_nothing_that_posting_left():
    denied_claim()
    assert (open_denials(), resolve_answered()) == ([], [])
    assert Denial.objects.count() == 1


@pytest.mark.parametrize(
    "cas",
    [
        ("CO", "45", "45.00"),
        ("CO", "253", "45.00"),
        ("PI", "45", "45.00"),
        ("PR", "1", "45.00"),
        ("PR", "2", "45.00"),
        ("PR", "3", "45.00"),
        ("OA", "23", "45.00"),
    ],
)
def test_posting_leaves_out_what_is_no_denial(cas):
    denied_claim(cas, remarks=())
    assert not Denial.objects.exists()
    assert violations() == []


def test_posting_leaves_out_a_line_bundled_into_a_paid_one():
    claim = sent_claim([("80048", [], "40.00"), ("84443", [], "50.00")])
    take(
        answer(
            claim,
            Svc("80050", "40.00", [("OA", "94", "-45.00")], submitted="80048"),
            Svc("80050", "50.00", [("CO", "97", "50.00")], submitted="84443"),
        )
    )
    assert not Denial.objects.exists()
    assert violations() == []


def test_posting_keeps_what_the_payer_put_on_the_patient_as_history():
    claim = denied_claim(("PR", "96", "45.00"), remarks=())
    denial = Denial.objects.get()
    assert (denial.state, denial.route) == (DenialState.MOVED_TO_PATIENT, Resolution.BILL_PATIENT)
    assert denial.work_item.state == WorkState.DONE
    assert receivables(claim)[1].patient_balance == D("45.00")
    assert violations() == []


def test_posting_sends_a_new_claim_where_the_payer_takes_no_replacement():
    payer = PayerFactory(kind="medicare")
    PayerPolicyFactory(payer=payer, accepts_frequency_7=False)
    denied_claim(payer=payer)
    denial = Denial.objects.get()
    assert denial.route == Resolution.NEW_CLAIM


def test_posting_reads_the_claims_remarks_as_well():
    claim = sent_claim([("99213", [], "185.00")])
    row = answer(claim, Svc("99213", "185.00", [("CO", "16", "185.00")]))
    content = era_file(Era([row])).replace(b"SVC*HC:99213", b"MOA***MA130~\nSVC*HC:99213")
    se = content.split(b"SE*")[1].split(b"*")[0]
    content = content.replace(b"SE*" + se, b"SE*" + str(int(se) + 1).encode())
    receive_file(name="moa.835", content=content, by=None)
    denial = Denial.objects.get()
    assert denial.rarcs == ["MA130"]
    assert denial.route == Resolution.NEW_CLAIM


def test_posting_tells_a_repeat_denial_from_the_first():
    claim = denied_claim()
    take(answer(claim, strep(("CO", "4", "45.00")), icn="ICN2"), control=2)
    first, repeat = Denial.objects.order_by("pk")
    assert (first.is_initial, repeat.is_initial) == (True, False)


def paid_after_all(claim):
    """The payer takes its first answer back and pays, in one file."""
    first = answer(claim, VISIT, strep(("CO", "4", "45.00")))
    good = answer(claim, VISIT, strep(("CO", "45", "28.47")), icn="ICN2")
    take(first.reversed(), good, control=2)


def test_posting_recovers_what_the_later_answer_paid():
    claim = denied_claim()
    denial = Denial.objects.get()
    paid_after_all(claim)
    denial = Denial.objects.get()
    assert (denial.state, denial.recovered) == (DenialState.RECOVERED, D("16.53"))
    assert denial.answered_by.payer_claim_number == "ICN2"
    assert denial.work_item.state == WorkState.DONE
    assert violations() == []


def test_posting_upholds_what_is_denied_again_and_opens_a_new_case():
    claim = denied_claim()
    denial = Denial.objects.get()
    Denial.objects.update(state=DenialState.CORRECTED)
    denial.work_item.state, denial.work_item.closed_at = WorkState.DONE, clock.now()
    denial.work_item.save()
    take(answer(claim, VISIT, strep(("CO", "97", "45.00")), icn="ICN2"), control=2)
    again = Denial.objects.exclude(pk=denial.pk).get()
    denial.refresh_from_db()
    assert (denial.state, denial.recovered) == (DenialState.UPHELD, D("0.00"))
    assert (again.carc, again.is_initial, again.state) == ("97", False, DenialState.OPEN)
    assert violations() == []


def test_posting_leaves_an_open_denial_alone_when_another_line_is_paid():
    claim = sent_claim()
    take(answer(claim, strep(("CO", "4", "45.00"))))
    take(answer(claim, VISIT, icn="ICN2"), control=2)
    assert Denial.objects.get().state == DenialState.OPEN


def test_write_off_denial_takes_it_out_of_the_payers_balance():
    claim = denied_claim()
    denial = Denial.objects.get()
    write_off_denial(denial_id=denial.pk, by=biller(), reason="Filing limit passed")
    denial.refresh_from_db()
    assert denial.state == DenialState.WRITTEN_OFF
    assert receivables(claim)[1].payer_balance == 0
    booked = Posting.objects.filter(account=Account.WRITE_OFF).aggregate(s=Sum("amount"))["s"]
    assert booked == D("45.00")
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLOSED
    assert violations() == []


def test_write_off_denial_gives_up_no_more_than_is_owed():
    claim = denied_claim()
    denial = Denial.objects.get()
    take(answer(claim, strep(("CO", "45", "28.47")), icn="ICN2"), control=2)
    with pytest.raises(Refused, match="Nothing is left"):
        write_off_denial(denial_id=denial.pk, by=biller(), reason="Old")
    assert violations() == []


@pytest.mark.parametrize("service", [write_off_denial, move_to_patient])
def test_closing_a_denial_needs_a_reason_and_an_open_case(service):
    denied_claim(("PR", "27", "45.00"), remarks=())
    denial = Denial.objects.get()
    before = Entry.objects.count()
    with pytest.raises(Refused, match="why"):
        service(denial_id=denial.pk, by=biller(), reason=" ")
    service(denial_id=denial.pk, by=biller(), reason="No other coverage")
    with pytest.raises(Refused, match="not open"):
        service(denial_id=denial.pk, by=biller(), reason="Again")
    assert Entry.objects.count() == before + 1
    assert violations() == []


def test_move_to_patient_moves_what_the_payer_put_under_pr():
    claim = denied_claim(("PR", "27", "45.00"), remarks=())
    denial = Denial.objects.get()
    assert receivables(claim)[1].payer_balance == D("45.00")
    move_to_patient(denial_id=denial.pk, by=biller(), reason="No other coverage")
    receivable = receivables(claim)[1]
    assert (receivable.payer_balance, receivable.patient_balance) == (D("0.00"), D("45.00"))
    assert violations() == []


def test_move_to_patient_refuses_what_the_payer_calls_contractual():
    claim = denied_claim()
    denial = Denial.objects.get()
    with pytest.raises(Refused, match="may not be billed to the patient"):
        move_to_patient(denial_id=denial.pk, by=biller(), reason="Please")
    assert receivables(claim)[1].patient_balance == 0


def test_denials_filters_by_every_field():
    claim = denied_claim()
    denial = Denial.objects.get()
    week = denial.denied_on.strftime("%G-W%V")
    hits = [
        {},
        {"carc": "4"},
        {"group": "co"},
        {"payer": str(claim.payer_id)},
        {"owner": "coder"},
        {"cause": "modifier"},
        {"least": "45"},
        {"q": claim.number},
        {"q": "N822"},
        {"week": week},
        {"provider": str(claim.encounter.provider_id)},
        {"initial": "1"},
        {"state": "all"},
        {"due": "nonsense", "least": "abc", "week": "x", "payer": "y", "state": "??"},
    ]
    for filters in hits:
        assert list(found(filters)) == [denial], filters
    misses = [
        {"carc": "97"},
        {"owner": "front_desk"},
        {"least": "45.01"},
        {"state": "recovered"},
        {"due": "overdue"},
        {"week": "2020-W01"},
        {"q": "NOBODY"},
    ]
    for filters in misses:
        assert list(found(filters)) == [], filters


def test_denial_that_was_put_away_is_not_to_be_worked_until_its_day():
    denied_claim()
    denial = Denial.objects.get()
    snooze(item_id=denial.work_item_id, until=clock.today() + dt.timedelta(days=3), user=biller())
    assert list(found({})) == []
    assert list(found({"state": "later"})) == [denial]
    assert list(found({"state": "all"})) == [denial]
    totals = queue_totals()
    assert (totals.open, totals.open_dollars, totals.later) == (0, D("0.00"), 1)
    with clock.at(clock.now() + dt.timedelta(days=3)):
        assert list(found({})) == [denial]
        assert (queue_totals().open, queue_totals().later) == (1, 0)


def test_sums_of_a_list_tell_denied_and_recovered_apart():
    denied_claim()
    denial = Denial.objects.get()
    denial.recovered = D("16.53")
    denial.save()
    assert sums_of(found({})) == Sums(denied=D("45.00"), recovered=D("16.53"))
    assert sums_of(found({"q": "NOBODY"})) == Sums(denied=D(0), recovered=D(0))


def test_queue_totals_and_top_reasons_count_cases_and_dollars():
    denied_claim()
    totals = queue_totals()
    assert (totals.open, totals.open_dollars, totals.overdue) == (1, D("45.00"), 0)
    [row] = top_reasons(found({}))
    assert (row.group, row.carc, row.count, row.dollars) == ("CO", "4", 1, D("45.00"))
