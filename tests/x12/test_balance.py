"""The sums are exact: nothing is rounded, whatever the amounts and the caller's decimal context."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from tests.x12_samples import build
from x12.exact import add, subtract, total
from x12.inspecting import inspect

HUGE = "9" * 18
TINY = "0." + "0" * 16 + "1"
"""Both fit into the 18 digits of an amount; their sum has 35."""


def remittance_with(adjustment: str) -> bytes:
    """A claim of HUGE that is paid in full although something was adjusted."""
    line = build.service(
        charge=HUGE,
        paid=HUGE,
        amounts=[],
        adjustments=[x12.Adjustment("CO", "45", Decimal(adjustment))],
    )
    claim = build.payment(charge=Decimal(HUGE), paid=Decimal(HUGE), lines=[line])
    return build.data(build.remittance(claim, amount=HUGE))


def test_line_and_claim_are_out_by_the_smallest_amount():
    document = x12.read(remittance_with(TINY))
    assert [e.code for e in document.errors] == ["claim-balance", "line-balance"]
    differences = [i.difference for i in x12.balance_835(document.transactions[0].remittance)]
    assert differences == [Decimal(TINY), Decimal(TINY)]


def test_payment_is_out_by_the_smallest_amount():
    claims = [build.payment(charge=Decimal(a), paid=Decimal(a), lines=[]) for a in (HUGE, TINY)]
    document = x12.read(build.data(build.remittance(*claims, amount=HUGE)))
    assert [e.code for e in document.errors] == ["transaction-balance"]
    report = inspect(bytes(document))
    assert report["totals"]["paid"] == HUGE + TINY[1:]
    assert report["transactions"][0]["balance"]["difference"] == "-" + TINY


def test_charge_is_out_by_the_smallest_amount():
    lines = [build.line(1, HUGE), build.line(2, TINY)]
    content = build.batch(
        (build.claim(charge=Decimal(HUGE), lines=lines), build.subscriber(), None)
    )
    (error,) = x12.read(build.data(content)).errors
    assert (error.code, error.expected) == ("claim-total", HUGE + TINY[1:])


@pytest.mark.parametrize("precision", [2, 9, 28])
def test_context_of_the_caller_changes_no_sum(precision):
    files = [build.data(build.remittance_835()), build.data(build.claims_837p())]
    with decimal.localcontext() as context:
        context.prec = precision
        context.rounding = decimal.ROUND_UP
        assert [x12.read(data).errors for data in files] == [[], []]


AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=18, min_value=-(10**18), max_value=10**18
)


@given(st.lists(AMOUNTS, max_size=30))
@settings(max_examples=100, deadline=None)
def test_total_is_that_of_whole_numbers(amounts):
    whole = sum(int(a.scaleb(18, decimal.Context(prec=99))) for a in amounts)
    assert total(amounts) == Decimal(whole).scaleb(-18, decimal.Context(prec=99))
    assert subtract(add(total(amounts), Decimal(1)), Decimal(1)) == total(amounts)


def test_unreadable_amount_poisons_the_sum():
    assert total([Decimal(1), x12.UNREADABLE]).is_nan()


def test_unreadable_amount_is_told_in_words_and_not_as_a_difference():
    era = build.data(build.remittance_835()).replace(
        b"SVC*HC:99213*125*80", b"SVC*HC:99213*1Z5*80", 1
    )
    messages = [e.message for e in x12.read(era).errors if e.level == x12.Snip.BALANCE]
    assert messages == [
        "Claim ACCT1, line 99213 cannot be balanced: an amount is missing or unreadable."
    ]
    claims = build.data(build.claims_837p()).replace(b"CLM*ACCT1*125*", b"CLM*ACCT1*1Z5*", 1)
    messages = [e.message for e in x12.read(claims).errors if e.level == x12.Snip.BALANCE]
    assert messages == ["CLM02 cannot be checked: an amount that belongs to it is unreadable."]
