from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import ZERO, allocate, cents, money, percent, total


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12.5", "12.50"), (7, "7.00"), (Decimal("-0.00"), "0.00"), ("-3.10", "-3.10")],
)
def test_money_has_exactly_two_decimals(value, expected):
    assert str(money(value)) == expected


@pytest.mark.parametrize("value", [1.5, True, None, b"1"])
def test_money_refuses_anything_but_text_and_whole_numbers(value):
    with pytest.raises(TypeError, match="str, int or Decimal"):
        money(value)


@pytest.mark.parametrize("value", ["", "abc", "NaN", "Infinity", "1.005", "1e30"])
def test_money_refuses_what_is_no_amount(value):
    with pytest.raises(ValueError, match="amount of money|two decimals"):
        money(value)


@pytest.mark.parametrize(
    ("value", "expected"), [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.0049", "1.00"), (2, "2.00")]
)
def test_cents_rounds_half_away_from_zero(value, expected):
    assert cents(value) == Decimal(expected)


def test_percent_of_an_amount_is_rounded_to_the_cent():
    assert percent(money("40.00"), 2) == Decimal("0.80")
    assert percent(money("39.25"), "2") == Decimal("0.79")


def test_total_of_nothing_is_zero():
    assert total([]) == ZERO
    assert total([money("0.10"), money("0.20"), money("-0.30")]) == ZERO


def test_allocate_gives_left_over_cents_to_the_largest_remainders():
    assert allocate(money("10.00"), [1, 1, 1]) == [
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    ]
    assert allocate(money("-0.05"), [1, 2]) == [Decimal("-0.02"), Decimal("-0.03")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_allocate_refuses_weights_that_say_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(money("1.00"), weights)


@given(
    st.integers(-10_000_000, 10_000_000),
    st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
)
def test_allocate_loses_no_cent(amount_in_cents, weights):
    amount = Decimal(amount_in_cents).scaleb(-2)
    parts = allocate(amount, weights)
    assert total(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < Decimal("0.01")
