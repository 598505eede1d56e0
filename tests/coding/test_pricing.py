from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from coding.rules.facts import CodedLine, PayerTerms
from coding.rules.pricing import (
    expected_lines,
    expected_price,
    medicare_unit,
)
from tests.coding.books import BEACON, DAY, MEDICARE, line, small_book, visit

BOOK = small_book()


def allowed(
    one: CodedLine,
    payer: PayerTerms = MEDICARE,
    place: str = "11",
    on: date = DAY,
    rendering_percent: Decimal = Decimal(100),
) -> Decimal | None:
    of = visit(one, payer=payer, place=place, on=on, rendering_percent=rendering_percent)
    price = expected_price(BOOK, of, one)
    return None if price is None else price.allowed


def test_medicare_formula_with_geography_and_the_factor_of_2026():
    # (1.30×1.0 + 1.35×0.869 + 0.10×0.575) × 33.4009 = 84.5262…
    assert allowed(line("99213")) == Decimal("84.53")


def test_factor_is_the_one_of_the_day_and_of_the_kind():
    def unit(on: date, kind: str) -> Decimal | None:
        return medicare_unit(
            BOOK,
            code="99213",
            modifiers=(),
            place_of_service="11",
            locality="1011200",
            covered_only=True,
            on=on,
            factor_kind=kind,
        )

    assert unit(date(2025, 12, 31), "non-apm") == Decimal("81.86")
    assert unit(DAY, "apm") == Decimal("84.95")


def test_facility_rate_where_the_place_is_a_facility():
    assert allowed(line("99213"), place="22") == Decimal("61.89")
    assert allowed(line("99213"), place="02") == Decimal("61.89")
    assert allowed(line("99213"), place="10") == Decimal("84.53")


def test_charge_below_the_price_is_what_is_allowed():
    assert allowed(line("99213", charge="60.00")) == Decimal("60.00")


def test_reading_only_is_priced_by_its_own_row():
    whole, reading = allowed(line("73030", "RT")), allowed(line("73030", "26", "RT"))
    assert whole == Decimal("30.78")
    assert reading == Decimal("8.24")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (line("20610", "RT"), "59.07"),
        (line("20610", "50"), "88.61"),  # indicator 1: 150 %
        (line("73030", "50"), "61.56"),  # indicator 3: each side in full
        (line("25600", "80", "RT"), "50.88"),  # assistant: 16 %
        (line("25600", "62", "RT"), "198.74"),  # two surgeons: 62.5 %
    ],
)
def test_modifier_arithmetic(one, expected):
    assert allowed(one) == Decimal(expected)


def test_units_multiply():
    assert allowed(line("87880", units=2)) == Decimal("33.06")


def test_nurse_practitioner_gets_85_percent():
    assert allowed(line("99213"), rendering_percent=Decimal(85)) == Decimal("71.85")


def test_contract_share_of_medicare_and_exact_price():
    assert allowed(line("99213"), payer=BEACON) == Decimal("101.44")
    assert allowed(line("87880"), payer=BEACON) == Decimal("20.00")


def test_contract_rows_count_only_in_their_period():
    assert allowed(line("99213"), payer=BEACON, on=date(2025, 6, 1)) == Decimal("110.00")


def test_medicare_does_not_cover_what_a_contract_may():
    assert allowed(line("99396")) == Decimal("0.00")
    assert allowed(line("99396"), payer=BEACON) == Decimal("138.59")


def test_nothing_is_expected_where_nothing_says_so():
    stranger = PayerTerms(payer_id=9, name="Stranger", kind="commercial")
    assert allowed(line("99213"), payer=stranger) is None
    assert allowed(line("90715")) is None


def test_self_pay_is_allowed_at_the_charge():
    assert allowed(line("99213", charge="185.00"), payer=PayerTerms()) == Decimal("185.00")


def test_multiple_procedures_pay_the_dearest_in_full_and_the_next_by_half():
    prices = expected_lines(BOOK, visit(line("20610", "RT"), line("17110", "59"), payer=MEDICARE))
    assert [price and price.allowed for price in prices] == [Decimal("29.54"), Decimal("100.77")]
    assert prices[0] is not None
    assert "50 %" in prices[0].basis


def test_the_sixth_procedure_is_by_report_and_no_less_than_half():
    # 25600 is the dearest; all others are 17110 at 100.77.
    lines = [line("17110", "59") for _ in range(5)] + [line("25600", "RT")]
    prices = expected_lines(BOOK, visit(*lines, payer=MEDICARE))
    half = Decimal("50.39")
    assert [price and price.allowed for price in prices] == [half] * 5 + [Decimal("317.99")]
    bases = [price.basis for price in prices if price]
    assert bases == [
        *["Medicare 2026; 50 % as a further procedure"] * 4,
        "Medicare 2026; at least 50 %, by report",
        "Medicare 2026",
    ]


def test_further_procedures_are_ranked_and_halved_by_the_fee_and_not_by_the_charge():
    # The dearer procedure is charged below its fee: it still ranks first, at its charge.
    prices = expected_lines(
        BOOK,
        visit(line("17110", "59", charge="40.00"), line("20610", charge="45.00"), payer=MEDICARE),
    )
    assert [price and price.allowed for price in prices] == [Decimal("40.00"), Decimal("29.54")]
    # Half the fee is above the charge: the charge, and not half of it.
    low = expected_lines(BOOK, visit(line("17110"), line("20610", charge="20.00"), payer=MEDICARE))
    assert [price and price.allowed for price in low] == [Decimal("100.77"), Decimal("20.00")]
