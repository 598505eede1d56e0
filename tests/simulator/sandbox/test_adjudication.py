"""Each payer rule by one example. Every decision balances: charge − adjustments = paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

import x12
from core.money import total
from simulator.sandbox import tables
from simulator.sandbox.adjudication import adjudicate
from simulator.sandbox.intake import bill_from
from simulator.sandbox.model import AdjudicationResult, Bill, from_json, to_json
from simulator.sandbox.store import Store
from tests.simulator.sandbox.building import TODAY, YESTERDAY, claim, line, member, row, subscriber

PAYERS = ("SMED1", "SMCD1", "BEACN", "UNMUT")


def decide(
    payer: str,
    body: x12.Claim,
    member_id: str = "",
    *,
    memory: Store | None = None,
    received: dt.date = TODAY,
    luck: int | None = None,
    person: x12.SubscriberLevel | None = None,
) -> AdjudicationResult:
    bill = bill_from(row(payer, body, member_id, person=person))
    result = adjudicate(
        bill,
        tables.payers()[payer],
        number="N1",
        received=received,
        memory=memory or Store(),
        luck=luck,
    )
    for item in result.lines:
        assert item.charge - total(cut.amount for cut in item.cuts) == item.paid
    assert from_json(to_json(result)) == result
    return result


def cuts(result: AdjudicationResult, index: int = 0) -> list[tuple[str, str, str]]:
    return [(c.group, c.reason, str(c.amount)) for c in result.lines[index].cuts]


def denial(result: AdjudicationResult, index: int = 0) -> tuple[str, ...]:
    """Group, CARC and RARCs of a line that is denied as a whole."""
    item = result.lines[index]
    assert item.denied
    assert item.paid == 0
    assert [cut.amount for cut in item.cuts] == [item.charge]
    return (item.cuts[0].group, item.cuts[0].reason, *item.remarks)


# --- what a visit pays


def test_medicare_takes_coinsurance_then_two_per_cent_of_its_payment():
    result = decide("SMED1", claim("A", line("99213")))
    assert result.lines[0].allowed == Decimal("91.85")
    assert cuts(result) == [("CO", "45", "93.15"), ("PR", "2", "18.37"), ("CO", "253", "1.47")]
    assert result.paid == Decimal("72.01")


def test_medicare_deductible_comes_before_coinsurance_and_sequestration():
    result = decide("SMED1", claim("A", line("99213"), line("71046")), member("SMED1", "84"))
    assert cuts(result) == [("CO", "45", "93.15"), ("PR", "1", "91.85")]
    assert result.lines[0].paid == 0
    assert not result.lines[0].denied


def test_deductible_is_used_up_over_claims():
    store = Store()
    store.add_deductible("SMED1", member("SMED1", "84"), 2026, "EARLIER", Decimal("233.00"))
    result = decide("SMED1", claim("A", line("99213")), member("SMED1", "84"), memory=store)
    # $100 allowed would be $50, $40, $39.20; here 91.85 − 50 = 41.85, − 20 % = 33.48, − 2 %
    assert cuts(result)[1:] == [("PR", "1", "50.00"), ("PR", "2", "8.37"), ("CO", "253", "0.67")]
    assert result.paid == Decimal("32.81")


def test_medicaid_pays_its_rate_without_cost_share():
    result = decide("SMCD1", claim("A", line("99213")))
    assert cuts(result) == [("CO", "45", "118.87")]
    assert result.paid == Decimal("66.13")


def test_commercial_visit_has_a_copay_once_a_day():
    result = decide("BEACN", claim("A", line("99213", "25"), line("99214", "25")))
    assert cuts(result)[1:] == [("PR", "3", "30.00")]
    assert not any(cut.reason == "3" for cut in result.lines[1].cuts)


def test_laboratory_carries_no_cost_share():
    for payer in PAYERS:
        result = decide(payer, claim("A", line("87880", "QW")), member(payer, "84"))
        assert result.patient_owes == 0, payer


def test_prevention_carries_no_cost_share():
    result = decide("BEACN", claim("A", line("99396")), member("BEACN", "84"))
    assert result.patient_owes == 0
    assert result.paid > 0


def test_charge_below_the_rate_is_all_that_is_allowed():
    result = decide("BEACN", claim("A", line("87880", "QW", charge="10.00")))
    assert cuts(result) == []
    assert result.paid == Decimal("10.00")


def test_code_outside_the_book_is_paid_by_the_charge():
    result = decide("UNMUT", claim("A", line("33999", charge="1000.00")))
    assert result.lines[0].allowed == Decimal("550.00")


def test_facility_place_pays_the_facility_rate():
    office = decide("SMED1", claim("A", line("20610", "RT"), diagnoses=("M25561",)))
    hospital = decide("SMED1", claim("A", line("20610", "RT", place="22"), diagnoses=("M25561",)))
    assert (office.lines[0].allowed, hospital.lines[0].allowed) == (
        Decimal("65.47"),
        Decimal("45.43"),
    )


def test_modifier_50_pays_one_and_a_half():
    one = decide("UNMUT", claim("A", line("20610", "RT", charge="500"), diagnoses=("M25561",)))
    both = decide("UNMUT", claim("A", line("20610", "50", charge="500"), diagnoses=("M25561",)))
    assert (one.lines[0].allowed, both.lines[0].allowed) == (Decimal("72.02"), Decimal("108.03"))


def test_second_procedure_of_the_day_pays_half():
    body = claim("A", line("10060"), line("20610", "RT", "59"), diagnoses=("M25561",))
    result = decide("SMED1", body)
    assert result.lines[1].allowed == Decimal("32.74")
    assert ("CO", "59", "32.73") in cuts(result, 1)


def test_nurse_practitioner_is_paid_85_per_cent_where_the_payer_says_so():
    body = claim("A", line("99213"), taxonomy="363LF0000X")
    assert decide("SMED1", body).lines[0].allowed == Decimal("78.07")
    body = claim("A", line("99213"), taxonomy="363LF0000X")
    assert decide("SMCD1", body).lines[0].allowed == Decimal("66.13")


# --- the worked example: the rapid strep test without its modifier


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("SMED1", ("CO", "16", "N822")),
        ("SMCD1", ("CO", "B7", "N570")),
        ("BEACN", ("CO", "4", "N822")),
    ],
)
def test_strep_test_without_qw_is_denied_and_the_visit_is_paid(payer, expected):
    result = decide(payer, claim("A", line("99213"), line("87880")))
    assert denial(result, 1) == expected
    assert result.lines[0].paid > 0


def test_strep_test_with_qw_is_paid_everywhere():
    for payer in PAYERS:
        result = decide(payer, claim("A", line("99213"), line("87880", "QW")))
        assert result.lines[1].paid > 0, payer


def test_union_mutual_does_not_ask_for_qw():
    assert decide("UNMUT", claim("A", line("87880"))).paid == Decimal("14.88")


def test_medicare_says_ma130_when_the_claim_is_unprocessable():
    assert decide("SMED1", claim("A", line("87880"))).remarks == ("MA130",)
    assert decide("SMED1", claim("A", line("87880", "QW"))).remarks == ("MA01",)


# --- modifiers and code pairs


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("SMED1", ("CO", "97", "M15")),
        ("SMCD1", ("CO", "236")),
        ("BEACN", ("CO", "97", "M15")),
        ("UNMUT", ("CO", "97", "N19")),
    ],
)
def test_visit_beside_a_procedure_needs_25(payer, expected):
    without = claim("A", line("99213"), line("20610", "RT"), diagnoses=("M25561",))
    result = decide(payer, without)
    assert denial(result, 0) == expected
    assert result.lines[1].paid > 0
    with_25 = claim("A", line("99213", "25"), line("20610", "RT"), diagnoses=("M25561",))
    assert decide(payer, with_25).lines[0].paid > 0


def test_code_pair_needs_59():
    body = claim("A", line("11102"), line("11042", charge="270"), diagnoses=("L989",))
    result = decide("SMED1", body)
    assert denial(result, 1) == ("CO", "236")
    body = claim("A", line("11102"), line("11042", "59", charge="270"), diagnoses=("L989",))
    assert decide("SMED1", body).lines[1].paid > 0


def test_code_pair_without_a_way_out_is_denied_even_with_59():
    first, second = next(
        (a, b)
        for a, others in tables.pairs().items()
        for b, parted in others.items()
        if not parted
        and a in tables.rates()
        and b in tables.rates()
        and tables.rates()[b].kind == "lab"
    )
    body = claim("A", line(first, "QW", charge="50"), line(second, "QW", "59", charge="50"))
    assert denial(decide("SMED1", body), 1) == ("CO", "236")


def test_both_sides_and_one_side_on_a_line_contradict():
    body = claim("A", line("20610", "50", "RT"), diagnoses=("M25561",))
    assert denial(decide("UNMUT", body)) == ("CO", "4", "N519")


def test_59_and_an_x_modifier_on_a_line_contradict():
    body = claim("A", line("20610", "59", "XS"), diagnoses=("M25561",))
    assert denial(decide("UNMUT", body)) == ("CO", "4", "N519")


def test_beacon_wants_to_know_the_side():
    assert denial(decide("BEACN", claim("A", line("20610"), diagnoses=("M25561",)))) == (
        "CO",
        "4",
        "N822",
    )
    for side in ("RT", "LT", "50"):
        body = claim("A", line("20610", side), diagnoses=("M25561",))
        assert decide("BEACN", body).paid > 0


def test_telehealth_needs_95_where_the_payer_says_so():
    assert denial(decide("BEACN", claim("A", line("99213"), place="10"))) == ("CO", "4", "N822")
    assert decide("BEACN", claim("A", line("99213", "95"), place="10")).paid > 0
    assert decide("SMED1", claim("A", line("99213"), place="10")).paid > 0


def test_office_visit_in_a_hospital_bed_is_the_wrong_place():
    assert denial(decide("SMED1", claim("A", line("99213"), place="21"))) == ("CO", "5", "M77")


def test_flu_shot_for_medicare_goes_under_g0008():
    result = decide("SMED1", claim("A", line("90471"), line("90656"), diagnoses=("Z23",)))
    assert denial(result, 0) == ("CO", "16", "N657")
    assert result.lines[1].paid > 0


def test_complexity_add_on_is_not_paid_beside_25():
    body = claim(
        "A", line("99213", "25"), line("G2211"), line("20610", "RT"), diagnoses=("M25561",)
    )
    assert denial(decide("SMED1", body), 1) == ("CO", "97", "M15")
    assert decide("SMED1", claim("A", line("99213"), line("G2211"))).lines[1].paid > 0


def test_add_on_code_alone_has_no_primary():
    assert denial(decide("UNMUT", claim("A", line("11103"), diagnoses=("L989",)))) == (
        "CO",
        "107",
    )


def test_too_many_units():
    body = claim("A", line("87880", "QW", charge="900", units=20))
    assert denial(decide("UNMUT", body)) == ("CO", "151", "N362")


# --- coverage of the service


def test_medicare_does_not_cover_the_yearly_checkup_and_the_patient_owes_it():
    assert denial(decide("SMED1", claim("A", line("99396"), diagnoses=("Z0000",)))) == (
        "PR",
        "96",
        "N130",
    )


def test_beacon_does_not_know_medicares_wellness_visit():
    assert denial(decide("BEACN", claim("A", line("G0439"), diagnoses=("Z0000",)))) == (
        "CO",
        "96",
        "N130",
    )


def test_ecg_for_a_sore_throat_is_not_necessary():
    body = claim("A", line("99213"), line("93000"), diagnoses=("J029", "I10"))
    assert denial(decide("SMED1", body), 1) == ("CO", "50", "N115")
    body = claim("A", line("99213"), line("93000", pointers=(2,)), diagnoses=("J029", "I10"))
    assert decide("SMED1", body).lines[1].paid > 0


def test_signed_notice_moves_what_is_not_necessary_to_the_patient():
    result = decide("SMED1", claim("A", line("93000", "GA")))
    assert denial(result) == ("PR", "50", "N115")


def test_ear_wax_removal_without_ear_wax_is_inconsistent():
    assert denial(decide("UNMUT", claim("A", line("69210"), diagnoses=("J029",)))) == (
        "CO",
        "11",
        "M64",
    )


@pytest.mark.parametrize(
    ("payer", "code", "diagnosis"),
    [("SMCD1", "17110", "B079"), ("BEACN", "11042", "L97911"), ("UNMUT", "20552", "M7918")],
)
def test_procedure_needs_an_authorization_number(payer, code, diagnosis):
    body = claim("A", line(code), diagnoses=(diagnosis,))
    assert denial(decide(payer, body)) == ("CO", "197", "M62")
    body = claim(
        "A", line(code), diagnoses=(diagnosis,), references=[x12.Reference("G1", "AUTH77001")]
    )
    assert decide(payer, body).paid > 0


# --- the member and the calendar


@pytest.mark.parametrize(
    ("payer", "ending", "expected"),
    [
        ("BEACN", "80", ("CO", "27", "N30")),
        ("BEACN", "81", ("CO", "26", "N30")),
        ("BEACN", "82", ("CO", "22", "N598")),
        ("SMED1", "82", ("CO", "22", "N598")),
        ("SMED1", "83", ("CO", "24")),
        ("BEACN", "83", ("CO", "109", "N418")),
        ("UNMUT", "85", ("CO", "243", "M62")),
        ("UNMUT", "87", ("CO", "140", "MA36")),
        ("UNMUT", "90", ("CO", "257")),
        ("UNMUT", "91", ("PR", "119", "N587")),
        ("SMCD1", "96", ("CO", "31", "N382")),
    ],
)
def test_member_of_a_scenario_denies_every_line(payer, ending, expected):
    result = decide(payer, claim("A", line("99213"), line("87880", "QW")), member(payer, ending))
    assert denial(result, 0) == expected
    assert denial(result, 1) == expected
    assert result.status == ("4" if ending == "96" else "1")


def test_referral_number_opens_the_plan_that_asks_for_it():
    body = claim("A", line("99213"), references=[x12.Reference("9F", "REF55")])
    assert decide("UNMUT", body, member("UNMUT", "85")).paid > 0


@pytest.mark.parametrize(
    ("payer", "days"), [("SMED1", 365), ("SMCD1", 180), ("BEACN", 180), ("UNMUT", 90)]
)
def test_filing_limit_is_the_last_day_that_counts(payer, days):
    in_time = decide(payer, claim("A", line("99213", on=TODAY - dt.timedelta(days=days))))
    assert in_time.paid > 0
    late = decide(payer, claim("A", line("99213", on=TODAY - dt.timedelta(days=days + 1))))
    assert denial(late) == ("CO", "29")


# --- seen before


def _remember(store: Store, payer: str, key: str, *, number: str = "OLD", until: str = "") -> None:
    store.add_services(
        [
            (
                payer,
                member(payer, bill_member(payer)[-2:]),
                "1234567893",
                YESTERDAY.isoformat(),
                key,
                number,
                until,
            )
        ]
    )


def bill_member(payer: str) -> str:
    found: Bill = bill_from(row(payer, claim("A", line("99213"))))
    return found.member


def test_same_service_again_is_an_exact_duplicate():
    store = Store()
    _remember(store, "BEACN", "99213")
    result = decide("BEACN", claim("B", line("99213", "25")), memory=store)
    assert denial(result) == ("OA", "18")


def test_corrected_claim_is_no_duplicate_of_the_one_it_replaces():
    store = Store()
    _remember(store, "BEACN", "99213", number="P123")
    body = claim("B", line("99213"), frequency="7", original="P123")
    assert decide("BEACN", body, memory=store).paid > 0


def test_other_side_is_no_duplicate():
    store = Store()
    _remember(store, "UNMUT", "20610:RT")
    same = claim("B", line("20610", "RT"), diagnoses=("M25561",))
    other = claim("B", line("20610", "LT"), diagnoses=("M25562",))
    assert denial(decide("UNMUT", same, memory=store)) == ("OA", "18")
    assert decide("UNMUT", other, memory=store).paid > 0


def test_same_line_twice_on_a_claim_is_paid_once():
    result = decide("UNMUT", claim("A", line("87880"), line("87880")))
    assert result.lines[0].paid > 0
    assert denial(result, 1) == ("OA", "18")
    result = decide("UNMUT", claim("A", line("87880"), line("87880", "91")))
    assert result.lines[1].paid > 0


def test_visit_in_the_global_period_of_a_procedure_is_included():
    store = Store()
    day = YESTERDAY - dt.timedelta(days=3)
    store.add_services(
        [
            (
                "SMED1",
                bill_member("SMED1"),
                "1234567893",
                day.isoformat(),
                "10060",
                "OLD",
                (day + dt.timedelta(days=10)).isoformat(),
            )
        ]
    )
    assert denial(decide("SMED1", claim("A", line("99213")), memory=store)) == (
        "CO",
        "97",
        "N525",
    )
    assert decide("SMED1", claim("A", line("99213", "24")), memory=store).paid > 0


# --- what payers change


def test_three_tests_are_paid_as_one_panel():
    body = claim("A", line("80053"), line("84443"), line("85025"), diagnoses=("E785",))
    result = decide("BEACN", body)
    assert {item.paid_code for item in result.lines} == {"80050"}
    assert [item.paid for item in result.lines] == [0, Decimal("35.13"), 0]
    assert cuts(result, 0) == [("CO", "97", "40")]


def test_level_5_visit_is_paid_as_level_4_when_the_dice_say_so():
    result = decide("BEACN", claim("A", line("99215")), luck=0)
    item = result.lines[0]
    assert (item.paid_code, item.remarks) == ("99214", ("N22",))
    assert [cut[:2] for cut in item.cuts] == [("CO", "45"), ("CO", "150"), ("PR", "3")]
    assert decide("BEACN", claim("A", line("99215"))).lines[0].paid_code == ""


def test_records_are_asked_for_when_the_dice_say_so():
    assert denial(decide("BEACN", claim("A", line("99215")), luck=1)) == ("CO", "252", "N706")


def test_modifier_is_dropped_when_the_dice_say_so():
    result = decide("UNMUT", claim("A", line("99213", "25", "95")), luck=0)
    assert (result.lines[0].paid_code, result.lines[0].paid_modifiers) == ("99213", ("95",))
    assert decide("UNMUT", claim("A", line("99213", "25")), luck=1).lines[0].paid_modifiers is None


def test_visit_is_silently_underpaid_when_the_dice_say_so():
    fair = decide("BEACN", claim("A", line("99213")), luck=8)
    short = decide("BEACN", claim("A", line("99213")), luck=7)
    assert (fair.lines[0].allowed, short.lines[0].allowed) == (Decimal("112.06"), Decimal("107.58"))


# --- second payer


def test_second_payer_takes_what_the_first_left_to_the_patient():
    body = claim("A", line("99213"))
    body.lines[0].payments = [
        x12.LinePayment(
            "SMED1",
            Decimal("72.01"),
            x12.Procedure("HC", "99213"),
            quantity=Decimal(1),
            adjustments=[
                x12.Adjustment("CO", "45", Decimal("93.15")),
                x12.Adjustment("CO", "253", Decimal("1.47")),
                x12.Adjustment("PR", "2", Decimal("18.37")),
            ],
        )
    ]
    result = decide("BEACN", body, person=subscriber("BEACN", responsibility="S"))
    assert result.status == "2"
    assert cuts(result) == [("OA", "23", "166.63")]
    assert result.paid == Decimal("18.37")
