import datetime as dt
from decimal import Decimal

import pytest

from simulator.sandbox import members, tables
from simulator.sandbox.members import Scenario

DAY = dt.date(2026, 10, 13)


@pytest.mark.parametrize(
    ("payer", "number", "well_formed"),
    [
        ("SMED1", "1EG4TE5MK73", True),
        ("SMED1", "1EG4-TE5-MK73", False),
        ("SMED1", "1SG4TE5MK73", False),  # S, L, O, I, B and Z are not used in these numbers
        ("SMED1", "BHP40050004", False),
        ("SMCD1", "300400500604", True),
        ("SMCD1", "12345678", False),
        ("BEACN", "BHP40050004", True),
        ("BEACN", "BHP4005000X", False),
        ("UNMUT", "UM70080004", True),
    ],
)
def test_member_id_has_the_form_of_its_payer(payer, number, well_formed):
    assert members.is_well_formed(tables.payers()[payer], number) is well_formed


def test_scenario_is_read_from_the_last_two_characters():
    assert members.scenario_of("BHP40050099") is Scenario.NOT_FOUND
    assert members.scenario_of("BHP40050080") is Scenario.ENDED
    assert members.scenario_of("BHP40050004") is None
    assert members.scenario_of("") is None


def test_plan_period_of_a_plan_that_ended_closes_with_the_month_before():
    first, last = members.plan_period("BHP40050080", DAY)
    assert first < DAY
    assert last == dt.date(2026, 9, 30)


def test_plan_period_of_a_plan_to_come_begins_with_the_next_month():
    assert members.plan_period("BHP40050081", dt.date(2026, 12, 31)) == (dt.date(2027, 1, 1), None)


def test_plan_period_of_a_member_in_good_standing_is_open():
    first, last = members.plan_period("BHP40050004", DAY)
    assert first < DAY
    assert last is None


def test_open_deductible_is_the_whole_one_for_ending_84():
    beacon = tables.payers()["BEACN"]
    assert members.deductible_at_start(beacon, "BHP40050084") == Decimal("500.00")
    assert members.deductible_at_start(beacon, "BHP40050004") == Decimal("0.00")


def test_number_is_the_same_in_every_process():
    assert members.number("1", "BEACN") == 248346493212291


@pytest.mark.parametrize("payer", tables.payers().values(), ids=lambda payer: payer.id)
def test_invented_member_ids_are_well_formed_and_all_different(payer):
    numbers = [members.member_id(payer, serial) for serial in range(5000)]
    assert len(set(numbers)) == 5000
    assert all(members.is_well_formed(payer, number) for number in numbers)
    assert not any(members.scenario_of(number) for number in numbers)
    ended = [members.member_id(payer, serial, Scenario.ENDED) for serial in range(500)]
    assert len(set(ended)) == 500
    assert all(members.is_well_formed(payer, number) for number in ended)
    assert {members.scenario_of(number) for number in ended} == {Scenario.ENDED}
