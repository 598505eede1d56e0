"""Posting's pure rules: what an adjustment means, which line is answered, who gets which cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ledger.enums import Account, Responsibility
from core.money import ZERO
from payments.enums import Disposition, LineMatchedBy
from payments.rules.amounts import AnsweredClaim, AnsweredLine, Reduction, allocate_to_lines, spread
from payments.rules.identity import payer_key
from payments.rules.matching import BilledLine, PaidLine, match_lines
from payments.rules.postings import (
    claim_postings,
    is_exact_reversal,
    plb_postings,
    unapplied_postings,
)
from payments.rules.reasons import disposition, line_disposition, reason, remark_words

D = Decimal

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""
DAY = dt.date(2026, 9, 14)


@pytest.mark.parametrize(
    ("group", "carc", "expected"),
    [
        ("CO", "45", Disposition.CONTRACTUAL),
        ("CO", "253", Disposition.CONTRACTUAL),
        ("PI", "45", Disposition.CONTRACTUAL),
        ("OA", "94", Disposition.CONTRACTUAL),
        ("PR", "1", Disposition.PATIENT),
        ("PR", "2", Disposition.PATIENT),
        ("PR", "3", Disposition.PATIENT),
        ("PR", "96", Disposition.PATIENT),
        ("PR", "27", Disposition.DENIED),
        ("PR", "29", Disposition.DENIED),
        ("OA", "23", Disposition.PRIOR_PAYER),
        ("CO", "4", Disposition.DENIED),
        ("CO", "97", Disposition.DENIED),
        ("OA", "18", Disposition.DENIED),
        ("CO", "29", Disposition.DENIED),
        ("CO", "999X", Disposition.DENIED),
        ("PR", "999X", Disposition.PATIENT),
    ],
)
def test_disposition_follows_group_and_reason(group, carc, expected):
    assert disposition(group, carc) is expected


def test_reason_and_remark_have_words_even_when_unknown():
    assert reason("45").words == "Charge above what the contract allows"
    assert "ZZ9" in reason("ZZ9").words
    assert remark_words("N822") == "The procedure modifier is missing"
    assert "N9999" in remark_words("N9999")


def test_line_disposition_of_a_bundled_line_is_no_denial():
    common: dict[str, Any] = {"code": "80050", "submitted_code": "80053", "paid": ZERO}
    assert line_disposition("CO", "97", **common, bundles={"80050"}) is Disposition.CONTRACTUAL
    assert line_disposition("CO", "97", **common, bundles=set()) is Disposition.DENIED
    assert (
        line_disposition("CO", "97", code="80053", submitted_code="", paid=ZERO, bundles={"80053"})
        is Disposition.DENIED
    )


# --- Matching -------------------------------------------------------------------------------


def billed(pk, code, charge="100", modifiers=(), control=None, day=DAY):
    return BilledLine(
        pk,
        pk,
        control if control is not None else f"C1-{pk}",
        code,
        tuple(modifiers),
        D(charge),
        day,
    )


def paid(code, charge="100", modifiers=(), control="", submitted="", day=DAY):
    return PaidLine(control, code, submitted, tuple(modifiers), D(charge), day)


def found(matches):
    return [match.billed_id for match in matches]


def test_match_lines_prefers_the_line_control_number_over_the_code():
    lines = [billed(1, "99213"), billed(2, "87880")]
    answers = [paid("87880", control="C1-1"), paid("99213", control="C1-2")]
    matches = match_lines(answers, lines)
    assert found(matches) == [1, 2]
    assert {match.by for match in matches} == {LineMatchedBy.CONTROL_NUMBER}


def test_match_lines_uses_the_submitted_code_when_the_payer_changed_it():
    lines = [billed(1, "99214"), billed(2, "87880", "30")]
    assert found(match_lines([paid("99213", submitted="99214"), paid("87880", "30")], lines)) == [
        1,
        2,
    ]


def test_match_lines_finds_a_line_whose_modifier_the_payer_dropped():
    lines = [billed(1, "99213", modifiers=["25"]), billed(2, "12001", "200")]
    assert found(match_lines([paid("99213"), paid("12001", "200")], lines)) == [1, 2]


def test_match_lines_tells_the_same_code_apart_by_modifier_and_charge():
    lines = [billed(1, "73030", "80", ["RT"]), billed(2, "73030", "80", ["LT"])]
    answers = [paid("73030", "80", ["LT"]), paid("73030", "80", ["RT"])]
    assert found(match_lines(answers, lines)) == [2, 1]


def test_match_lines_gives_twins_in_file_order():
    lines = [billed(1, "94640"), billed(2, "94640")]
    assert found(match_lines([paid("94640"), paid("94640")], lines)) == [1, 2]


def test_match_lines_gives_the_last_line_left_to_the_last_answer_left():
    lines = [billed(1, "99213"), billed(2, "87880", "30")]
    matches = match_lines([paid("99213"), paid("87651", "31")], lines)
    assert found(matches) == [1, 2]
    assert matches[1].by is LineMatchedBy.REMAINING


def test_match_lines_names_no_line_when_it_would_be_a_guess():
    lines = [billed(1, "99213"), billed(2, "87880", "30"), billed(3, "81002", "30")]
    matches = match_lines([paid("99213"), paid("ZZZZZ", "60")], lines)
    assert found(matches) == [1, None]


def test_match_lines_matches_a_reversal_by_the_amount_without_its_sign():
    lines = [billed(1, "99213", "100"), billed(2, "99213", "150")]
    assert found(match_lines([paid("99213", "-150")], lines)) == [2]


def test_match_lines_lets_a_split_line_answer_one_line_twice():
    lines = [billed(1, "99213")]
    answers = [paid("99213", "60", control="C1-1"), paid("99213", "40", control="C1-1")]
    assert found(match_lines(answers, lines)) == [1, 1]


# --- Amounts --------------------------------------------------------------------------------


def line(billed_id, paid_amount, *reductions):
    return AnsweredLine(billed_id, D(paid_amount), tuple(Reduction(k, D(a)) for k, a in reductions))


def test_allocate_to_lines_keeps_each_line_its_own():
    claim = AnsweredClaim(
        D("70"),
        (),
        (
            line(1, "70", (Disposition.CONTRACTUAL, "30"), (Disposition.PATIENT, "25")),
            line(2, "0", (Disposition.DENIED, "30")),
        ),
    )
    first, second = allocate_to_lines(claim, {1: D("125"), 2: D("30")})
    assert (first.paid, first.contractual, first.patient, first.denied) == (70, 30, 25, 0)
    assert (second.paid, second.denied, second.leaves_payer) == (0, 30, 0)


def test_allocate_to_lines_lowers_what_was_paid_by_claim_level_adjustments():
    claim = AnsweredClaim(
        D("450"),
        (Reduction(Disposition.CONTRACTUAL, D("50")),),
        (line(1, "300", (Disposition.PATIENT, "300")), line(2, "200")),
    )
    first, second = allocate_to_lines(claim, {1: D("600"), 2: D("200")})
    assert (first.paid, first.contractual) == (D("270"), D("30"))
    assert (second.paid, second.contractual) == (D("180"), D("20"))


def test_allocate_to_lines_splits_a_claim_without_lines_by_charge_to_the_cent():
    claim = AnsweredClaim(
        D("33.33"),
        (
            Reduction(Disposition.CONTRACTUAL, D("33.34")),
            Reduction(Disposition.PATIENT, D("33.33")),
        ),
        (),
    )
    allocations = allocate_to_lines(claim, {1: D("33.33"), 2: D("33.33"), 3: D("33.34")})
    assert sum(s.paid for s in allocations) == D("33.33")
    assert sum(s.contractual for s in allocations) == D("33.34")
    for allocation, charge in zip(allocations, [D("33.33"), D("33.33"), D("33.34")], strict=True):
        assert allocation.leaves_payer == charge


def test_allocate_to_lines_spreads_an_unmatched_line_over_the_lines_nobody_answered():
    claim = AnsweredClaim(
        D("80"),
        (),
        (
            line(1, "60", (Disposition.CONTRACTUAL, "40")),
            line(None, "20", (Disposition.DENIED, "40")),
        ),
    )
    first, second, third = allocate_to_lines(claim, {1: D("100"), 2: D("30"), 3: D("30")})
    assert first.paid == 60
    assert (second.paid, second.denied) == (10, 20)
    assert (third.paid, third.denied) == (10, 20)


cents = st.integers(-500_00, 500_00).map(lambda n: D(n) / 100)
positive = st.integers(1, 500_00).map(lambda n: D(n) / 100)


@unhurried
@given(st.lists(cents, max_size=6), st.lists(positive, min_size=1, max_size=6))
def test_spread_loses_no_cent(amounts, weights):
    rows = spread(amounts, weights)
    assert [sum(row, ZERO) for row in rows] == amounts


@st.composite
def answered_claims(draw):
    """A balanced CLP against billed lines: some lines unmatched, some adjustments at claim level."""
    charges = {key: draw(positive) for key in range(1, draw(st.integers(1, 5)) + 1)}
    lines = []
    kinds = st.sampled_from(list(Disposition))
    for key in draw(st.lists(st.sampled_from([*charges, None]), max_size=6)):
        reductions = tuple(
            Reduction(kind, amount)
            for kind, amount in draw(st.lists(st.tuples(kinds, cents), max_size=4))
        )
        lines.append((key, draw(cents), reductions))
    claim_level = tuple(
        Reduction(kind, amount)
        for kind, amount in draw(st.lists(st.tuples(kinds, cents), max_size=3))
    )
    answered = tuple(AnsweredLine(*parts) for parts in lines)
    if lines:
        charge = sum((p + sum((r.amount for r in rs), ZERO) for _, p, rs in lines), ZERO)
        charge += draw(cents)  # SVC02 need not sum to CLP03
    else:
        charge = sum(charges.values(), ZERO)
    every = [r for part in answered for r in part.reductions] + list(claim_level)
    paid_amount = charge - sum((r.amount for r in every), ZERO)
    return AnsweredClaim(paid_amount, claim_level, answered), charges, every


@unhurried
@given(answered_claims())
def test_allocate_to_lines_books_every_amount_exactly_once(drawn):
    claim, charges, every = drawn
    allocations = allocate_to_lines(claim, charges)
    assert sum((s.paid for s in allocations), ZERO) == claim.paid
    for kind in Disposition:
        booked = sum((getattr(s, kind.value) for s in allocations), ZERO)
        assert booked == sum((r.amount for r in every if r.kind is kind), ZERO)


@unhurried
@given(answered_claims())
def test_claim_postings_sum_to_zero_and_a_negated_claim_takes_them_back(drawn):
    claim, charges, _ = drawn
    allocations = allocate_to_lines(claim, charges)
    receivables = {key: key + 100 for key in charges}
    lines = claim_postings(allocations, receivables, Responsibility.PAYER_1)
    assert sum(line.amount for line in lines) == 0
    assert all(line.amount for line in lines)
    assert sum((s.amount for s in lines if s.account is Account.PAYER_PAID), ZERO) == claim.paid
    taken = [line._replace(amount=-line.amount) for line in lines]
    assert is_exact_reversal(taken, lines) is bool(lines)


def test_claim_postings_leave_a_denied_amount_with_the_payer():
    claim = AnsweredClaim(ZERO, (), (line(1, "0", (Disposition.DENIED, "30")),))
    assert (
        claim_postings(allocate_to_lines(claim, {1: D("30")}), {1: 7}, Responsibility.PAYER_1) == []
    )


def test_claim_postings_never_post_the_prior_payers_effect_again():
    claim = AnsweredClaim(D("20"), (), (line(1, "20", (Disposition.PRIOR_PAYER, "80")),))
    lines = claim_postings(allocate_to_lines(claim, {1: D("100")}), {1: 7}, Responsibility.PAYER_2)
    assert {(s.account, s.amount) for s in lines} == {
        (Account.PAYER_PAID, D("20")),
        (Account.RECEIVABLE, D("-20")),
    }


@pytest.mark.parametrize(
    ("code", "account"),
    [
        ("WO", Account.RECOUPMENT),
        ("FB", Account.RECOUPMENT),
        ("CS", Account.RECOUPMENT),
        ("L6", Account.INTEREST),
        ("72", Account.REFUND),
        ("J1", Account.PROVIDER_ADJUSTMENT),
        ("IR", Account.PROVIDER_ADJUSTMENT),
    ],
)
def test_plb_postings_use_the_account_of_their_reason(code, account):
    lines = plb_postings(code, D("125"))
    assert [(s.account, s.amount) for s in lines] == [
        (account, D("125")),
        (Account.PAYER_PAID, D("-125")),
    ]


def test_postings_of_nothing_are_nothing():
    assert plb_postings("WO", ZERO) == []
    assert unapplied_postings(ZERO) == []


def test_payer_key_of_an_unknown_payer_holds_its_name():
    assert payer_key("1512345678", "Dental of ABC", is_known=True) == "1512345678"
    one = payer_key("1512345678", "Dental of ABC", is_known=False)
    assert one == payer_key(
        "1512345678", "DENTAL  OF A.B.C".replace("A.B.C", "ABC"), is_known=False
    )
    assert one != payer_key("1512345678", "DELTA DENTAL OF ABC", is_known=False)
