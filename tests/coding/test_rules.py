from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from coding.rules import check_visit
from coding.rules.book import headings, matches
from coding.rules.facts import CodedVisit, GlobalPeriod, PayerTerms
from core.findings import Finding, Severity
from tests.coding.books import BEACON, MEDICARE, line, small_book, visit

BOOK = small_book()


def found(one: CodedVisit) -> dict[str, Finding]:
    return {finding.code: finding for finding in check_visit(one, BOOK)}


def codes(one: CodedVisit) -> list[str]:
    return sorted(finding.code for finding in check_visit(one, BOOK))


def test_clean_sore_throat_has_no_finding():
    assert codes(visit(line("99213"), line("87880", "QW"))) == []


# --- diagnoses


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("J02", "diagnosis-not-billable", "heading"),
        ("M72.2", "diagnosis-not-valid-on-date", "its last day was Sep 30, 2026"),
        ("Q99.99", "diagnosis-unknown", "not an ICD-10-CM code"),
    ],
)
def test_diagnosis_that_cannot_be_used_is_an_error_with_its_reason(code, name, words):
    finding = found(visit(line("99213"), diagnoses=(code,)))[name]
    assert finding.severity is Severity.ERROR
    assert finding.path == "diagnoses[1]"
    assert words in finding.message
    assert finding.fix


def test_code_that_begins_later_is_refused_before_and_accepted_from_its_first_day():
    before = visit(line("99213"), diagnoses=("J4B",), on=date(2026, 9, 30))
    after = visit(line("99213"), diagnoses=("J4B",), on=date(2026, 10, 1))
    assert "begins on Oct 1, 2026" in found(before)["diagnosis-not-valid-on-date"].message
    assert codes(after) == []


def test_last_day_of_a_code_is_still_valid():
    assert codes(visit(line("99213"), diagnoses=("M72.2",), on=date(2026, 9, 30))) == []


def test_excludes1_pair_is_one_error_whichever_comes_first():
    for diagnoses in (("J02.9", "J06.0"), ("J06.0", "J02.9")):
        findings = check_visit(visit(line("99213"), diagnoses=diagnoses), BOOK)
        assert [finding.code for finding in findings] == ["diagnosis-excludes1"]
        assert "J02.9" in findings[0].message
        assert "J06.0" in findings[0].message


@pytest.mark.parametrize(
    ("diagnoses", "name"),
    [
        (("W19.XXXA",), "diagnosis-external-cause-first"),
        (("F02.80",), "diagnosis-manifestation-first"),
        (("I10", "I10"), "diagnosis-twice"),
        ((), "diagnosis-missing"),
    ],
)
def test_diagnosis_order_and_doubles(diagnoses, name):
    assert name in found(visit(line("99213"), diagnoses=diagnoses))


def test_external_cause_after_the_injury_is_fine():
    assert codes(visit(line("99213"), diagnoses=("I10", "W19.XXXA"))) == []


def test_age_edit_warns_only_outside_its_ages():
    assert "diagnosis-age" in found(visit(line("99213"), diagnoses=("P59.9",), patient_age=3))
    assert codes(visit(line("99213"), diagnoses=("P59.9",), patient_age=0)) == []


@pytest.mark.parametrize(
    ("pattern", "code", "expected"),
    [
        ("J06.0", "J06.0", True),
        ("J06.0", "J06.9", False),
        ("A38.-", "A38.9", True),
        ("A38.-", "A39.0", False),
        ("O10-O11", "O10.211", True),
        ("O10-O11", "O12.0", False),
        ("M79.64-", "M79.641", True),
        ("M79.64-", "M79.651", False),
    ],
)
def test_note_pattern_matches_what_it_names(pattern, code, expected):
    assert matches(pattern, code) is expected


def test_headings_go_up_to_the_category():
    assert headings("M25.511") == ["M25.511", "M25.51", "M25.5", "M25"]


# --- modifiers and the money they carry


def test_missing_25_beside_a_procedure_costs_the_visit():
    finding = found(visit(line("99213"), line("17110")))["modifier-25-missing"]
    # 120 % of 84.53, Medicare’s price of the visit
    assert finding.at_stake == Decimal("101.44")
    assert finding.path == "lines[1].modifiers"
    assert finding.severity is Severity.WARNING


def test_25_answers_the_edit_and_57_is_for_major_surgery():
    assert "modifier-25-missing" not in found(visit(line("99213", "25"), line("17110")))
    beside_fracture = found(visit(line("99213"), line("25600", "RT")))
    assert "modifier-57-missing" in beside_fracture
    assert "modifier-25-missing" not in beside_fracture


def test_visit_beside_prevention_needs_25():
    assert "modifier-25-missing" in found(visit(line("99213"), line("99396")))


def test_25_with_nothing_beside_it_is_doubtful():
    assert codes(visit(line("99213", "25"))) == ["modifier-25-needless"]


def test_missing_qw_costs_the_test_where_the_payer_requires_it():
    finding = found(visit(line("87880")))["modifier-qw-missing"]
    assert finding.at_stake == Decimal("20.00")
    lenient = PayerTerms(payer_id=1, name="Beacon", kind="commercial", requires_qw=False)
    assert codes(visit(line("87880"), payer=lenient)) == []
    assert codes(visit(line("87880"), payer=PayerTerms())) == []


def test_qw_on_a_test_that_does_not_take_it_is_an_error():
    assert codes(visit(line("81002", "QW"))) == ["modifier-qw-not-waived"]


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (line("17110", "59", "XS"), "modifier-59-with-x"),
        (line("20610", "50", "RT"), "modifier-50-with-side"),
        (line("20610", "RT", "LT"), "modifier-both-sides"),
        (line("73030", "26", "TC", "RT"), "modifier-26-and-tc"),
        (line("17110", "25"), "modifier-visit-only"),
        (line("99213", "59"), "modifier-59-on-visit"),
        (line("17110", "26"), "modifier-26-tc-not-split"),
        (line("17110", "50"), "modifier-50-not-bilateral"),
        (line("17110", "ZZ"), "modifier-unknown"),
        (line("17110", "59", "59"), "modifier-twice"),
    ],
)
def test_modifier_that_does_not_fit_is_an_error(one, name):
    assert found(visit(one))[name].severity is Severity.ERROR


def test_side_is_asked_for_and_compared_with_the_diagnosis():
    knee = ("M17.11",)
    assert codes(visit(line("20610"), diagnoses=knee)) == ["modifier-side-missing"]
    assert codes(visit(line("20610", "LT"), diagnoses=knee)) == ["modifier-side-differs"]
    assert codes(visit(line("20610", "RT"), diagnoses=knee)) == []
    assert codes(visit(line("20610", "LT"), diagnoses=("I10",))) == []


def test_telehealth_needs_its_place_and_its_modifier():
    assert "telehealth-place" in found(visit(line("99213", "95")))
    remote = PayerTerms(payer_id=1, name="Beacon", kind="commercial", telehealth_modifier="95")
    assert codes(visit(line("99213"), payer=remote, place="10")) == ["telehealth-modifier-missing"]
    assert codes(visit(line("99213", "95"), payer=remote, place="10")) == []


def test_visit_in_a_global_period_needs_24():
    after = (GlobalPeriod("25600", date(2026, 9, 1), 90),)
    assert "global-period" in found(visit(line("99213"), global_periods=after))
    assert codes(visit(line("99213", "24"), global_periods=after)) == []
    long_ago = (GlobalPeriod("25600", date(2026, 6, 1), 90),)
    assert codes(visit(line("99213"), global_periods=long_ago)) == []


def test_g2211_does_not_pay_beside_25_except_with_a_vaccine():
    with_procedure = visit(line("99213", "25"), line("G2211"), line("17110"))
    with_vaccine = visit(line("99213", "25"), line("G2211"), line("90471"), line("90715"))
    assert "g2211-with-25" in found(with_procedure)
    assert "g2211-with-25" not in found(with_vaccine)


# --- pairs, units, repeats


def test_bundled_procedure_loses_its_price_unless_it_was_separate():
    finding = found(visit(line("17110"), line("11200")))["ncci-bundled"]
    assert finding.path == "lines[2].modifiers"
    assert finding.at_stake > 0
    assert codes(visit(line("17110"), line("11200", "59"))) == []


def test_pair_with_indicator_0_is_an_error_whatever_the_modifier():
    finding = found(visit(line("93000"), line("93005", "59")))["ncci-never-together"]
    assert finding.severity is Severity.ERROR


def test_two_visits_on_a_day_are_doubtful():
    assert "two-visits" in found(visit(line("99214"), line("99213")))


def test_units_over_the_mue_by_its_kind():
    assert found(visit(line("17110", units=2)))["mue-day-absolute"].severity is Severity.ERROR
    assert found(visit(line("87880", "QW", units=3)))["mue-day"].severity is Severity.WARNING
    assert codes(visit(line("11200", units=2))) == ["mue-line"]
    assert codes(visit(line("87880", "QW", units=2))) == []


def test_mue_counts_the_day_once_over_several_lines():
    lines = (line("87880", "QW", units=2), line("87880", "QW", "59", units=1))
    assert codes(visit(*lines)) == ["mue-day"]


def test_same_code_twice_needs_something_that_tells_them_apart():
    assert "line-repeated" in found(visit(line("81002"), line("81002")))
    assert codes(visit(line("81002"), line("81002", "76"))) == []
    sides = visit(line("20610", "RT"), line("20610", "LT"), diagnoses=("I10",))
    assert codes(sides) == []


# --- lines


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (line("99213", pointers=()), "pointer-missing"),
        (line("99213", pointers=(2,)), "pointer-nowhere"),
        (line("99213", pointers=(1, 1)), "pointer-twice"),
        (line("99213", charge="0.00"), "charge-missing"),
        (line("99213", units=0), "units-missing"),
        (line("12345"), "procedure-unknown"),
        (line("90472"), "add-on-alone"),
        (line("90715"), "vaccine-without-administration"),
        (line("90471"), "administration-without-vaccine"),
        (line("J1885"), "drug-without-administration"),
    ],
)
def test_line_that_lacks_something(one, name):
    assert name in found(visit(one))


def test_visit_without_services_is_an_error():
    assert codes(visit()) == ["line-missing"]


def test_laboratory_test_needs_the_clia_number_of_the_facility():
    finding = found(visit(line("87880", "QW"), clia=""))["clia-missing"]
    assert finding.severity is Severity.ERROR
    assert finding.at_stake == Decimal("20.00")


def test_checkup_code_for_another_age_is_doubtful():
    finding = found(visit(line("99396"), patient_age=67))["procedure-age"]
    assert finding.message == "99396 is for ages 40 to 64; the patient is 67."
    assert codes(visit(line("99396"), patient_age=64)) == []
    assert codes(visit(line("99396"))) == []


def test_service_that_the_payer_does_not_cover_is_named():
    assert codes(visit(line("99396"), payer=MEDICARE)) == ["not-covered"]
    assert codes(visit(line("99396"))) == []


def test_edits_of_insurers_are_silent_when_the_patient_pays():
    lines = (line("99213"), line("17110"), line("11200"), line("20610"), line("20610"))
    assert codes(visit(*lines, payer=PayerTerms())) == []


def test_new_patient_code_for_a_patient_seen_within_three_years():
    seen = visit(line("99203"), seen_before_on=date(2024, 1, 2), history_known=True)
    long_ago = visit(line("99203"), seen_before_on=date(2023, 10, 5), history_known=True)
    finding = found(seen)["new-patient-seen-before"]
    assert finding.severity is Severity.WARNING
    assert "99213" in finding.fix
    assert finding.at_stake == Decimal("101.44")
    assert codes(long_ago) == []


def test_known_patient_code_without_any_visit_on_file_is_doubtful():
    assert codes(visit(line("99213"), history_known=True)) == ["known-patient-never-seen"]
    assert codes(visit(line("99213"))) == []


def test_findings_come_errors_first_then_by_money():
    findings = check_visit(visit(line("99213"), line("17110"), line("12345"), line("87880")), BOOK)
    ranks = [finding.severity.rank for finding in findings]
    assert ranks == sorted(ranks)
    warnings = [finding.at_stake for finding in findings if not finding.is_error]
    assert warnings == sorted(warnings, reverse=True)


def test_same_visit_under_medicare_prices_by_the_fee_schedule():
    finding = found(visit(line("99213"), line("17110"), payer=MEDICARE))["modifier-25-missing"]
    assert finding.at_stake == Decimal("84.53")
    assert BEACON.is_medicare is False


@pytest.mark.parametrize("wrong", [{"units": 0}, {"charge": "0"}])
def test_line_without_units_or_charge_is_not_called_uncovered(wrong):
    assert "not-covered" not in found(visit(line("99213", **wrong)))
