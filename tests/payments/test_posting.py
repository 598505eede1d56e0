"""From an 835 to the books: every cent has its place, once."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Sum

from claims.enums import ClaimState, TaskKind
from claims.models import Claim
from claims.services.claim_tasks import NewTask, open_tasks
from core.clearinghouse.models import Transmission
from core.errors import Refused
from core.ledger.enums import Account, EntryKind
from core.ledger.models import Entry, Posting, Receivable
from core.work.enums import WorkState
from core.work.models import WorkItem
from denials.queries.books import ALL_CHECKS
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from payments.enums import LineMatchedBy, MatchedBy, PaymentState, RemittanceState
from payments.models import Remittance, RemittanceClaim, RemittanceLine
from payments.queries.books import run_checks
from payments.services.posting import post_remittance
from payments.services.receiving import receive_file
from tests.any_state import in_any_state
from tests.factories import PayerFactory, UserFactory
from tests.factories.era import Clp, Era, Svc, era_file
from tests.factories.money import corrected_meanwhile, receivables, sent_claim
from tests.shared import SHARED, requires_shared
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

D = Decimal


def take(*eras, name="era.835", by=None, control=1):
    return receive_file(name=name, content=era_file(*eras, control=control), by=by)


def balances(claim):
    return [(r.payer_balance, r.patient_balance) for r in receivables(claim)]


def violations():
    return [str(v) for result in run_checks(ALL_CHECKS) for v in result.violations]


def account(name):
    return Posting.objects.filter(account=name).aggregate(s=Sum("amount"))["s"] or D(0)


def clp(claim, *lines, **kwargs):
    return Clp(f"{claim.number}-1", lines, **kwargs)


def visit_line(**kwargs):
    defaults = {"cas": [("CO", "45", "70.00"), ("PR", "3", "25.00")]}
    return Svc("99213", "185.00", **(defaults | kwargs))


def test_post_remittance_books_each_line_as_the_payer_says():
    claim = sent_claim()
    [outcome] = take(
        Era([clp(claim, visit_line(), Svc("87880", "45.00", [("CO", "45", "28.47")]))])
    )
    assert outcome.state == "posted"
    assert balances(claim) == [(D("0.00"), D("25.00")), (D("0.00"), D("0.00"))]
    assert account(Account.PAYER_PAID) == D("106.53")
    assert account(Account.CONTRACTUAL) == D("98.47")
    payment = RemittanceClaim.objects.get()
    assert (payment.state, payment.matched_by, payment.claim) == (
        PaymentState.POSTED,
        MatchedBy.CONTROL_NUMBER,
        claim,
    )
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLOSED
    assert claim.payer_claim_number == "ICN1"
    assert claim.first_adjudicated_at is not None
    assert violations() == []


def test_post_remittance_leaves_a_denied_amount_with_the_payer():
    claim = sent_claim()
    take(Era([clp(claim, visit_line(), Svc("87880", "45.00", [("CO", "4", "45.00")]))]))
    assert balances(claim) == [(D("0.00"), D("25.00")), (D("45.00"), D("0.00"))]
    claim.refresh_from_db()
    assert claim.state == ClaimState.DENIED
    assert violations() == []


def test_post_remittance_closes_the_visit_when_nobody_owes_anything():
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, Svc("99213", "185.00", [("CO", "45", "85.00")]))]))
    encounter = Encounter.objects.get(pk=claim.encounter_id)
    assert encounter.status == EncounterStatus.CLOSED


def test_post_remittance_keeps_the_visit_open_while_the_patient_owes():
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, visit_line())]))
    assert Encounter.objects.get(pk=claim.encounter_id).status == EncounterStatus.BILLED


def test_post_remittance_again_changes_nothing():
    claim = sent_claim()
    content = era_file(Era([clp(claim, visit_line(), Svc("87880", "45.00"))]))
    [first] = receive_file(name="era.835", content=content, by=None)
    before = Posting.objects.count(), Transmission.objects.count()
    [again] = receive_file(name="era.835", content=content, by=None)
    [renamed] = receive_file(name="copy.835", content=content, by=None)
    assert [again.state, renamed.state] == ["already_posted", "already_posted"]
    assert again.remittance == first.remittance
    assert (Posting.objects.count(), Transmission.objects.count()) == before


def test_post_remittance_recognises_the_same_payment_in_another_file():
    claim = sent_claim()
    era = Era([clp(claim, visit_line(), Svc("87880", "45.00"))])
    take(era)
    [again] = take(era, name="resent.835", control=2)
    assert again.state == "already_posted"
    assert Remittance.objects.count() == 1
    assert violations() == []


def test_post_remittance_refuses_other_content_under_a_known_trace_number():
    claim = sent_claim()
    take(Era([clp(claim, visit_line(), Svc("87880", "45.00"))]))
    before = Posting.objects.count(), Transmission.objects.count(), Remittance.objects.count()
    with pytest.raises(Refused) as refusal:
        take(Era([clp(claim, visit_line(), Svc("87880", "44.00"))]), name="other.835", control=2)
    assert refusal.value.code == "conflict"
    assert "EFT0001" in refusal.value.message
    assert (
        Posting.objects.count(),
        Transmission.objects.count(),
        Remittance.objects.count(),
    ) == before


def test_post_remittance_takes_one_trace_number_of_two_payers_as_two_payments():
    take(Era([Clp("X1", [Svc("99213", "10.00")])], payer="DENTAL OF ABC"))
    take(
        Era([Clp("X2", [Svc("99213", "20.00")])], payer="DELTA DENTAL OF ABC"),
        name="b.835",
        control=2,
    )
    assert Remittance.objects.count() == 2
    assert account(Account.UNAPPLIED) == D("-30.00")


@pytest.mark.parametrize(
    ("era", "words"),
    [
        (Era([Clp("X1", [Svc("99213", "100.00", paid="90.00")], paid="90.00")]), "SVC03"),
        (Era([Clp("X1", [Svc("99213", "100.00")], paid="90.00")]), "CLP04"),
        (Era([Clp("X1", [Svc("99213", "100.00")])], amount="90.00"), "BPR02"),
    ],
)
def test_post_remittance_holds_what_does_not_balance_and_names_the_difference(era, words):
    [outcome] = take(era)
    assert outcome.state == "held"
    remittance = Remittance.objects.get()
    assert remittance.state == RemittanceState.HELD
    assert words in remittance.held_reason
    assert "10" in remittance.imbalances[-1]["difference"]
    assert Entry.objects.count() == 0
    assert violations() == []
    with pytest.raises(Refused):
        post_remittance(remittance_id=remittance.pk, by=None)


def test_post_remittance_holds_the_whole_file_when_one_payment_does_not_balance():
    good = Era([Clp("X1", [Svc("99213", "10.00")])], trace="GOOD")
    bad = Era([Clp("X2", [Svc("99213", "10.00")])], trace="BAD", amount="11.00")
    outcomes = take(good, bad)
    assert [outcome.state for outcome in outcomes] == ["held", "held"]
    assert "BAD" in Remittance.objects.get(trace_number="GOOD").held_reason
    assert Entry.objects.count() == 0


def test_post_remittance_replaces_a_held_payment_by_the_corrected_file():
    claim = sent_claim([("99213", [], "185.00")])
    good = Era([Clp("X1", [Svc("99213", "10.00")])], trace="GOOD")
    take(good, Era([clp(claim, visit_line())], amount="1.00"))
    outcomes = take(good, Era([clp(claim, visit_line())]), name="fixed.835", control=2)
    assert [outcome.state for outcome in outcomes] == ["posted", "posted"]
    replaced = Remittance.objects.filter(state=RemittanceState.REPLACED)
    assert replaced.count() == 2
    assert all(row.replaced_by is not None for row in replaced)
    assert violations() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "segment|X12|ISA"),
        (era_file(Era([Clp("X1", [Svc("99213", "10.00")])]))[:-60], "segment"),
        (
            era_file(Era([Clp("X1", [Svc("99213", "10.00")])])).replace(
                b"SVC*HC:99213*10.00", b"SVC*HC:99213*ten"
            ),
            "SVC02|number",
        ),
        (era_file(Era([Clp("X1", [Svc("99213", "10.00")])], trace="")), "TRN02"),
    ],
)
def test_post_remittance_refuses_what_cannot_be_read_and_changes_nothing(content, words):
    with pytest.raises(Refused, match=words) as refusal:
        receive_file(name="broken.835", content=content, by=None)
    assert "broken.835" in refusal.value.message
    assert refusal.value.code == "unreadable"
    assert Transmission.objects.count() == Remittance.objects.count() == 0


def test_post_remittance_names_the_payer_by_its_own_number_without_trn03():
    era = Era([Clp("X1", [Svc("99213", "10.00")])], payer_id="", payer="TEST HEALTH PLAN*XV*PLAN77")
    content = era_file(era).replace(b"TRN*1*EFT0001*~", b"TRN*1*EFT0001~")
    receive_file(name="era.835", content=content, by=None)
    assert Remittance.objects.get().payer_identifier == "PLAN77"


def test_post_remittance_puts_money_without_a_claim_into_the_unposted_queue():
    [outcome] = take(Era([Clp("NOT-OURS", [Svc("99213", "70.00")])]))
    assert outcome.result.unposted == 1
    payment = RemittanceClaim.objects.get()
    assert payment.state == PaymentState.UNPOSTED
    assert "NOT-OURS" in payment.unmatched_reason
    assert (account(Account.PAYER_PAID), account(Account.UNAPPLIED)) == (D("70.00"), D("-70.00"))
    assert WorkItem.objects.get().dollars_at_stake == D("70.00")
    assert violations() == []


def test_post_remittance_matches_by_the_payers_number_when_ours_is_missing():
    payer = PayerFactory(remittance_payer_id="1999999999")
    claim = sent_claim([("99213", [], "185.00")], payer=payer, payer_claim_number="ICN77")
    take(Era([Clp("LOST", [visit_line()], icn="ICN77")]))
    payment = RemittanceClaim.objects.get()
    assert (payment.claim, payment.matched_by) == (claim, MatchedBy.PAYER_NUMBER)


def test_post_remittance_does_not_follow_our_number_under_another_payer():
    PayerFactory(remittance_payer_id="1999999999")
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, visit_line())]))
    payment = RemittanceClaim.objects.get()
    assert payment.state == PaymentState.UNPOSTED
    assert "another payer" in payment.unmatched_reason
    assert balances(claim) == [(D("185.00"), D("0.00"))]
    assert violations() == []


def test_post_remittance_matches_lines_by_their_control_number_first():
    claim = sent_claim()
    number = f"{claim.number}-1"
    take(
        Era(
            [
                clp(
                    claim,
                    Svc("87880", "45.00", control=f"{number}-2"),
                    Svc("99212", "185.00", [("CO", "45", "85.00")], control=f"{number}-1"),
                )
            ]
        )
    )
    lines = RemittanceLine.objects.order_by("position")
    assert [line.matched_by for line in lines] == [LineMatchedBy.CONTROL_NUMBER] * 2
    assert [line.claim_line.position for line in lines] == [2, 1]
    assert violations() == []


def test_post_remittance_distributes_a_claim_without_lines_to_the_cent():
    claim = sent_claim([("A0001", [], "33.33"), ("A0002", [], "33.33"), ("A0003", [], "33.34")])
    take(Era([clp(claim, charge="100.00", cas=[("CO", "45", "33.34"), ("PR", "2", "33.33")])]))
    assert account(Account.PAYER_PAID) == D("33.33")
    assert sum(payer for payer, _ in balances(claim)) == 0
    assert sum(patient for _, patient in balances(claim)) == D("33.33")
    assert violations() == []


def test_post_remittance_lowers_lines_by_claim_level_adjustments():
    claim = sent_claim([("99211", [], "800.00")])
    take(
        Era(
            [
                clp(
                    claim,
                    Svc("99211", "800.00", [("PR", "1", "300.00")]),
                    cas=[("CO", "A2", "50.00")],
                )
            ]
        )
    )
    assert balances(claim) == [(D("0.00"), D("300.00"))]
    assert account(Account.PAYER_PAID) == D("450.00")
    assert violations() == []


def test_post_remittance_never_posts_the_prior_payers_effect_again():
    claim = sent_claim([("99213", [], "185.00")])
    take(
        Era(
            [
                clp(
                    claim,
                    Svc("99213", "185.00", [("CO", "45", "85.00"), ("PR", "2", "20.00")]),
                )
            ]
        )
    )
    secondary = Claim.objects.get(pk=claim.pk)
    first = claim.submissions.get()
    secondary.pk, secondary.number, secondary.payer_sequence = None, f"{claim.number}S", 2
    secondary.state = ClaimState.ACCEPTED_BY_PAYER
    with in_any_state():
        secondary.save()
    lines = list(first.lines.all())
    first.pk, first.claim, first.control_number = None, secondary, f"{secondary.number}-1"
    first.save()
    for line in lines:
        line.pk, line.submission, line.control_number = None, first, f"S{line.control_number}"
        line.save()
    take(
        Era(
            [
                Clp(
                    f"{secondary.number}-1",
                    [Svc("99213", "185.00", [("OA", "23", "165.00"), ("PR", "3", "5.00")])],
                    status="2",
                )
            ],
            trace="EFT0002",
        ),
        name="second.835",
        control=2,
    )
    assert balances(claim) == [(D("0.00"), D("5.00"))]
    assert account(Account.PAYER_PAID) == D("95.00")
    assert account(Account.CONTRACTUAL) == D("85.00")
    assert violations() == []


def test_post_remittance_takes_a_payment_back_with_a_linked_reversal():
    claim = sent_claim()
    first = clp(claim, visit_line(), Svc("87880", "45.00", [("CO", "4", "45.00")]))
    take(Era([first]))
    original = Entry.objects.get(kind=EntryKind.REMITTANCE)
    take(
        Era([first.reversed()], plb=[("FB", "X", "-90.00")], trace="EFT0002"),
        name="back.835",
        control=2,
    )
    reversal = Entry.objects.get(kind=EntryKind.REVERSAL)
    assert reversal.reverses == original
    assert balances(claim) == [(D("185.00"), D("0.00")), (D("45.00"), D("0.00"))]
    payment = RemittanceClaim.objects.get(status_code="22")
    assert payment.reverses.entry == original
    assert violations() == []


def test_post_remittance_takes_reversal_and_correction_in_one_file():
    claim = sent_claim()
    number = f"{claim.number}-1"
    first = clp(claim, visit_line(), Svc("87880", "45.00", [("CO", "4", "45.00")]))
    take(Era([first]))
    corrected = clp(
        claim,
        visit_line(),
        Svc("87880", "45.00", [("CO", "45", "28.47")], control=f"{number}-2"),
        icn="ICN2",
    )
    take(Era([first.reversed(), corrected], trace="EFT0002"), name="fix.835", control=2)
    assert balances(claim) == [(D("0.00"), D("25.00")), (D("0.00"), D("0.00"))]
    claim.refresh_from_db()
    assert (claim.state, claim.payer_claim_number) == (ClaimState.CLOSED, "ICN2")
    assert violations() == []


def test_post_remittance_links_a_reversal_to_an_original_of_the_same_file():
    claim = sent_claim([("99213", [], "185.00")])
    first = clp(claim, visit_line())
    take(Era([first, first.reversed(), clp(claim, visit_line(), icn="ICN2")]))
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1
    assert balances(claim) == [(D("0.00"), D("25.00"))]
    assert violations() == []


def test_post_remittance_books_a_reversal_that_differs_without_linking_it():
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, visit_line())]))
    partly = clp(
        claim,
        Svc("99213", "-185.00", [("CO", "45", "-100.00"), ("PR", "3", "-25.00")]),
        status="22",
    )
    take(Era([partly], plb=[("FB", "X", "-60.00")], trace="EFT0002"), name="b.835", control=2)
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 0
    assert balances(claim) == [(D("185.00"), D("0.00"))]
    assert account(Account.CONTRACTUAL) == D("-30.00")
    assert violations() == []


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("WO", "25.00", {Account.RECOUPMENT: "25.00"}),
        ("WO", "-25.00", {Account.RECOUPMENT: "-25.00"}),
        ("FB", "-10.00", {Account.RECOUPMENT: "-10.00"}),
        ("L6", "-1.27", {Account.INTEREST: "-1.27"}),
        ("72", "5.00", {Account.REFUND: "5.00"}),
        ("J1", "5.00", {Account.PROVIDER_ADJUSTMENT: "5.00"}),
    ],
)
def test_post_remittance_books_provider_adjustments_to_their_account(code, amount, expected):
    claim = sent_claim([("99213", [], "185.00")])
    [outcome] = take(Era([clp(claim, visit_line())], plb=[(code, "REF1", amount)]))
    for name, value in expected.items():
        assert account(name) == D(value)
    assert account(Account.PAYER_PAID) == D("90.00") - D(amount) == outcome.remittance.amount
    assert violations() == []


def test_post_remittance_keeps_information_out_of_the_books():
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, Svc("99213", "185.00", [("OA", "101", "185.00")]), status="25")]))
    assert RemittanceClaim.objects.get().state == PaymentState.INFORMATION
    assert balances(claim) == [(D("185.00"), D("0.00"))]
    claim.refresh_from_db()
    assert claim.state == ClaimState.ACCEPTED_BY_PAYER


def test_post_remittance_splits_nothing_when_the_payer_bundles_lines():
    claim = sent_claim([("80048", [], "40.00"), ("84443", [], "50.00")])
    take(
        Era(
            [
                clp(
                    claim,
                    Svc(
                        "80050",
                        "40.00",
                        [("CO", "45", "5.00"), ("OA", "94", "-50.00")],
                        submitted="80048",
                    ),
                    Svc("80050", "50.00", [("CO", "97", "50.00")], submitted="84443"),
                )
            ]
        )
    )
    assert balances(claim) == [(D("0.00"), D("0.00")), (D("0.00"), D("0.00"))]
    assert account(Account.PAYER_PAID) == D("85.00")
    assert violations() == []


def test_post_remittance_of_many_claims_costs_a_fixed_number_of_queries(
    django_assert_max_num_queries,
):
    from tests.factories.money import sent_claims

    claims = sent_claims([[("99213", [], "185.00"), ("87880", [], "45.00")]] * 60)
    content = era_file(
        Era([clp(c, visit_line(), Svc("87880", "45.00", [("CO", "4", "45.00")])) for c in claims])
    )
    with django_assert_max_num_queries(80):
        receive_file(name="era.835", content=content, by=None)
    assert RemittanceClaim.objects.filter(state=PaymentState.POSTED).count() == 60
    assert violations() == []


# --- Files that nobody here wrote, and the commands --------------------------------------------


def run(*args):
    out = io.StringIO()
    status = 0
    try:
        call_command(*args, stdout=out)
    except SystemExit as done:
        status = int(done.code or 0)
    return status, json.loads(out.getvalue())


def accepted_samples():
    manifest = SHARED / "samples" / "x12" / "MANIFEST.tsv"
    if not manifest.is_file():
        return []
    rows = [line.split("\t") for line in manifest.read_text().splitlines()[1:]]
    return [
        SHARED / "samples" / "x12" / row[0]
        for row in rows
        if row[1] == "835" and row[2] == "accepted"
    ]


@requires_shared
def test_post_remittance_takes_every_accepted_sample_and_the_books_stay_clean():
    files = [str(path) for path in accepted_samples()]
    assert len(files) >= 9
    status, answer = run("post_remittance", "--json", *files)
    assert (status, answer["refused"], answer["held"]) == (0, 0, 0)
    assert answer["posted"] == len(files)
    status, books = run("verify_books", "--json")
    assert (status, books["violations"]) == (0, 0)
    assert books["checked"] > 0
    status, again = run("post_remittance", "--json", *files)
    assert (again["posted"], again["already_posted"]) == (0, len(files))


def test_verify_books_names_what_is_wrong_and_fails():
    sent_claim()
    receivable = Receivable.objects.first()
    with unguarded():
        Receivable.objects.filter(pk=receivable.pk).update(payer_balance=D("1.00"))
    status, answer = run("verify_books", "--json")
    assert status == 1
    broken = [check for check in answer["checks"] if check["violations"]]
    assert [check["name"] for check in broken] == ["receivable-balances"]
    assert f"receivable {receivable.pk}" in broken[0]["violations"][0]["subject"]


def test_post_remittance_command_refuses_a_broken_file_and_takes_the_good_one(tmp_path):
    good, bad = tmp_path / "good.835", tmp_path / "bad.835"
    good.write_bytes(era_file(Era([Clp("X1", [Svc("99213", "10.00")])])))
    bad.write_bytes(good.read_bytes()[:-60])
    status, answer = run("post_remittance", "--json", str(bad), str(good))
    assert status == 1
    assert (answer["posted"], answer["refused"]) == (1, 1)
    refused = answer["results"][0]
    assert refused["segment"] > 0
    assert "bad.835" in refused["refused"]


def test_post_remittance_by_a_person_is_audited():
    from core.audit.models import AuditEvent

    by = UserFactory(role="biller")
    claim = sent_claim([("99213", [], "185.00")])
    take(Era([clp(claim, visit_line())]), by=by)
    actions = AuditEvent.objects.filter(actor=by).values_list("action", flat=True)
    assert {"remittance.recorded", "remittance.posted", "claim.payment_posted"} <= set(actions)


def test_post_remittance_ends_the_rejection_of_a_claim_that_was_paid_all_the_same():
    claim = sent_claim([("99213", [], "185.00")])
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.REJECTED)
    claim.refresh_from_db()
    [task] = open_tasks(TaskKind.REJECTION, [NewTask(claim, None, D("0.8"))])
    take(Era([clp(claim, visit_line(cas=[("CO", "45", "70.00")]))]))
    claim.refresh_from_db()
    task.refresh_from_db()
    assert claim.state == ClaimState.CLOSED
    assert task.closed_at is not None
    assert task.work_item.state == WorkState.DONE
    assert violations() == []


@pytest.mark.parametrize("number", ["{}-2", "{}"])
def test_post_remittance_never_takes_a_correction_that_did_not_leave_for_answered(number):
    claim = sent_claim([("99213", [], "185.00")])
    second = corrected_meanwhile(claim)
    [outcome] = take(Era([Clp(number.format(claim.number), [visit_line()], icn="")]))
    payment = RemittanceClaim.objects.get()
    assert outcome.state == "posted"
    assert payment.submission != second
    claim.refresh_from_db()
    assert claim.state == ClaimState.QUEUED
    assert violations() == []
