from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core import clock
from core.ui import formats

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 12:00 in New York


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("-12"), "−$12.00"),
        (Decimal("0.00"), "$0.00"),
        (None, "—"),
    ],
)
def test_usd_writes_cents_and_a_true_minus(amount, text):
    assert formats.usd(amount) == text


def test_usd_with_sign_marks_gains_only():
    assert formats.usd(Decimal(3), sign=True) == "+$3.00"
    assert formats.usd(Decimal(0), sign=True) == "$0.00"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (940, "$940"),
        (9999, "$9,999"),
        (12_449, "$12.4k"),
        (10_000, "$10k"),
        (999_949, "$999.9k"),
        (999_950, "$1M"),
        (-1_250_000, "−$1.3M"),
    ],
)
def test_usd_short_rounds_to_three_figures(amount, text):
    assert formats.usd_short(amount) == text


def test_percent_drops_a_zero_decimal():
    assert formats.percent(Decimal("12.0")) == "12%"
    assert formats.percent(Decimal("8.44")) == "8.4%"


def test_by_name_refuses_an_unknown_style():
    with pytest.raises(ValueError, match="'pounds'"):
        formats.by_name(1, "pounds")


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=20), "20 d"),
        (timedelta(days=-4), "in 4 d"),
    ],
)
def test_age_of_a_moment_says_how_long_ago(before, text):
    with clock.at(NOON):
        assert formats.age(NOON - before) == text


def test_age_of_a_day_counts_days_at_the_clinic():
    # 03:00 UTC on the 24th is still the 23rd in New York.
    with clock.at(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)):
        assert formats.age(date(2026, 11, 23)) == "today"
        assert formats.age(date(2026, 10, 9)) == "45 d"


def test_moments_are_written_in_the_clinics_time():
    assert formats.when(NOON) == "Nov 23, 2026, 12:00 PM"
    assert formats.day(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)) == "Nov 23, 2026"
    assert formats.clock_time(datetime(2026, 11, 23, 5, 5, tzinfo=UTC)) == "12:05 AM"


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        (1, ("claim",), "1 claim"),
        (0, ("claim",), "0 claims"),
        (1234, ("claim",), "1,234 claims"),
        (1, ("person", "people"), "1 person"),
        (2, ("person", "people"), "2 people"),
    ],
)
def test_one_of_a_thing_is_not_many(number, words, expected):
    assert formats.counted(number, *words) == expected
