"""What a 271 is read as: every kind of answer, and the samples of others."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import x12
from encounters.enums import EligibilityState
from encounters.rules import benefits, rejections
from encounters.rules.answers import BenefitFact, interpret
from encounters.rules.differences import compare
from tests.shared import SHARED, requires_shared

DAY = date(2026, 11, 23)
TRACE = "FP000000001"


def answer(*facts, dates=(), references=(), rejections=(), dependent=False, trace=TRACE, **levels):
    party = x12.Party(
        "IL",
        "1",
        "QUIST",
        "ADA",
        id_qualifier="MI",
        id="W000001",
        birth_date=date(1980, 2, 1),
        gender="F",
        references=list(references),
        rejections=list(rejections),
    )
    member = x12.MemberLevel(
        party, traces=[x12.Trace("2", trace)], benefits=list(facts), dates=list(dates)
    )
    if dependent:
        holder = x12.Party("IL", "1", "QUIST", "OTTO", id_qualifier="MI", id="W000001")
        member = x12.MemberLevel(holder, dependents=[replace(member, party=replace(party, id=""))])
    receiver = x12.ReceiverLevel(
        x12.Party("1P", rejections=levels.get("receiver", [])), members=[member]
    )
    source = x12.SourceLevel(
        x12.Party("PR", rejections=levels.get("payer", [])), levels.get("source", []), [receiver]
    )
    return x12.Eligibility271(TRACE, DAY, "0900", [source], purpose="11")


def read(*args, **kwargs):
    return interpret(answer(*args, **kwargs), trace_number=TRACE, service_date=DAY)


ACTIVE = x12.Benefit("1", service_types=("30",), plan="GOLD 123")


def test_active_plan_says_only_that_the_plan_is_active():
    found = read(ACTIVE)
    assert found.state == EligibilityState.ACTIVE
    assert "depends on the benefits" in found.message
    assert found.plan_name == "GOLD 123"


@pytest.mark.parametrize("code", ["6", "7", "8"])
def test_inactive_codes_are_inactive(code):
    found = read(x12.Benefit(code, service_types=("30",)))
    assert found.state == EligibilityState.INACTIVE
    assert "insurance card" in found.message


def test_active_plan_that_ended_before_the_visit_is_inactive():
    found = read(ACTIVE, dates=[x12.Dated("347", date(2026, 10, 31))])
    assert found.state == EligibilityState.INACTIVE
    assert "Oct 31, 2026" in found.message
    assert found.plan_end == date(2026, 10, 31)


def test_active_plan_that_begins_after_the_visit_is_inactive():
    found = read(ACTIVE, dates=[x12.Dated("346", date(2026, 12, 1))])
    assert found.state == EligibilityState.INACTIVE
    assert found.plan_begin == date(2026, 12, 1)


def test_plan_period_is_read_from_the_benefit_too():
    plan = replace(ACTIVE, dates=[x12.Dated("291", date(2026, 1, 1), date(2026, 12, 31))])
    found = read(plan)
    assert (found.plan_begin, found.plan_end) == (date(2026, 1, 1), date(2026, 12, 31))


def test_end_of_time_is_no_end():
    assert read(ACTIVE, dates=[x12.Dated("347", date(9999, 12, 31))]).plan_end is None


def test_inactive_service_does_not_make_the_plan_inactive():
    found = read(ACTIVE, x12.Benefit("6", service_types=("35",)))
    assert found.state == EligibilityState.ACTIVE


def test_answer_without_a_status_is_unknown():
    assert read(x12.Benefit("B", amount=Decimal(30))).state == EligibilityState.UNKNOWN


def test_payer_that_cannot_process_is_unknown():
    assert read(x12.Benefit("V")).state == EligibilityState.UNKNOWN


@pytest.mark.parametrize("code", ["42", "80"])
@pytest.mark.parametrize("loop", ["source", "payer", "receiver"])
def test_payer_that_is_down_is_unknown_and_never_inactive(code, loop):
    found = read(**{loop: [x12.Rejection("Y", code, "P")]})
    assert found.state == EligibilityState.UNKNOWN
    assert "Ask again" in found.message
    assert found.reject_code == code


@pytest.mark.parametrize(
    ("code", "words"),
    [("72", "subscriber number"), ("73", "name"), ("71", "birth date"), ("75", "not found")],
)
def test_wrong_details_are_for_the_front_desk(code, words):
    found = read(rejections=[x12.Rejection("N", code, "C")])
    assert found.state == EligibilityState.NOT_FOUND
    assert words in found.message
    assert found.reject_loop == "2100C"
    assert rejections.owner(code, "2100C") == rejections.FRONT_DESK


def test_rejected_dependent_names_its_loop():
    found = read(rejections=[x12.Rejection("N", "67", "C")], dependent=True)
    assert (found.state, found.reject_loop) == (EligibilityState.NOT_FOUND, "2100D")


@pytest.mark.parametrize("code", ["41", "43", "51"])
def test_enrollment_problems_say_nothing_about_the_patient(code):
    found = read(receiver=[x12.Rejection("N", code, "C")])
    assert found.state == EligibilityState.UNKNOWN
    assert "nothing about the patient" in found.message
    assert rejections.owner(code, "2100B") == rejections.ENROLLMENT


def test_wrong_payer_id_is_for_the_payer_record():
    found = read(payer=[x12.Rejection("N", "79", "C")])
    assert (found.state, found.reject_loop) == (EligibilityState.UNKNOWN, "2100A")
    assert rejections.owner("79", "2100A") == rejections.PAYER_RECORD


def test_unknown_reason_is_unknown_and_named():
    found = read(rejections=[x12.Rejection("N", "ZZ", "R")])
    assert found.state == EligibilityState.UNKNOWN
    assert "reason ZZ" in found.message


def test_every_reason_has_a_message_that_says_what_to_do():
    codes = [*rejections.PERSON, *rejections.PROVIDER, *rejections.DATES, *rejections.OTHER]
    for code in codes:
        message = rejections.explain(code, "2100C").message
        assert any(verb in message for verb in ("Ask", "ask", "Call", "call", "corrects")), code


def test_somebody_elses_answer_is_not_ours():
    found = read(ACTIVE, trace="FP999999999")
    assert found.state == EligibilityState.UNKNOWN
    assert found.benefits == []


def test_group_number_and_details_are_read():
    found = read(ACTIVE, references=[x12.Reference("6P", "BHP4400")])
    assert found.group_number == "BHP4400"
    assert found.details == {
        "subscriber_number": "W000001",
        "last_name": "QUIST",
        "first_name": "ADA",
        "birth_date": "1980-02-01",
        "sex": "F",
    }


def test_details_of_a_dependent_are_the_patients():
    found = read(ACTIVE, dependent=True)
    assert found.details["first_name"] == "ADA"
    assert found.details["subscriber_number"] == "W000001"


FACTS = [
    BenefitFact("1", service_types="30"),
    BenefitFact("B", "IND", "98", period="27", amount=Decimal(30), in_network="Y"),
    BenefitFact("B", "IND", "UC", period="27", amount=Decimal(75), in_network="Y"),
    BenefitFact("B", "IND", "98", period="27", amount=Decimal(90), in_network="N"),
    BenefitFact("C", "IND", "30", period="23", amount=Decimal(500), in_network="Y"),
    BenefitFact("C", "IND", "30", period="29", amount=Decimal(120), in_network="Y"),
    BenefitFact("C", "FAM", "30", period="29", amount=Decimal(900), in_network="Y"),
    BenefitFact("A", "IND", "30", percent=Decimal("0.2"), in_network="Y"),
    BenefitFact("G", "IND", "30", period="23", amount=Decimal(4000), in_network="Y"),
    BenefitFact("R", entity_name="MEDICARE PART B"),
]


def test_summary_takes_the_office_visit_in_network():
    found = benefits.summary(FACTS)
    assert found.copay == Decimal(30)
    assert (found.deductible, found.deductible_left) == (Decimal(500), Decimal(120))
    assert found.coinsurance == Decimal(20)
    assert (found.out_of_pocket, found.out_of_pocket_left) == (Decimal(4000), None)
    assert found.other_payers == ("MEDICARE PART B",)
    assert not found.needs_authorization


def test_summary_does_not_guess():
    found = benefits.summary([BenefitFact("1"), BenefitFact("B", "IND", "UC", amount=Decimal(75))])
    assert found.copay is None
    assert found.deductible_left is None


def test_authorization_for_another_service_is_not_for_the_visit():
    mri = BenefitFact("D", service_types="62", authorization_required="Y")
    visit = BenefitFact("D", service_types="98", authorization_required="Y")
    assert not benefits.summary([mri]).needs_authorization
    assert benefits.summary([mri, visit]).needs_authorization


def test_lines_put_other_insurance_and_copays_first_and_speak_plainly():
    lines = benefits.lines(FACTS)
    assert [line.kind for line in lines[:3]] == ["Plan is active", "Other insurance", "Copay"]
    assert lines[2].services == "office visit"
    assert lines[2].detail == "individual, per visit"
    assert lines[2].network == "In network"
    assert lines[1].note == "MEDICARE PART B"


def test_unknown_codes_are_shown_and_not_hidden():
    line = benefits.lines([BenefitFact("ZZ", "XXX", "Q9", period="99")])[0]
    assert (line.kind, line.services, line.detail) == (
        "Information ZZ",
        "service Q9",
        "XXX, period 99",
    )


OURS = {
    "subscriber_number": "W-000001",
    "last_name": "O'Neil",
    "first_name": "Ada",
    "birth_date": "1980-02-01",
    "sex": "F",
    "group_number": "OLD",
    "plan_name": "Gold",
    "plan_begin": "2020-01-01",
    "plan_end": "",
}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("subscriber_number", "w000001"),
        ("last_name", "ONEIL"),
        ("first_name", "ADA MARIE"),
        ("plan_name", "GOLD 123 PPO"),
        ("plan_begin", "2018-01-01"),
        ("sex", "U"),
        ("group_number", ""),
    ],
)
def test_same_thing_written_otherwise_is_no_difference(field, said):
    assert compare(OURS, {field: said}) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("subscriber_number", "W000002"),
        ("last_name", "NEILSON"),
        ("birth_date", "1980-01-02"),
        ("group_number", "NEW"),
        ("plan_end", "2026-10-31"),
        ("plan_begin", "2026-12-01"),
        ("sex", "M"),
    ],
)
def test_difference_is_found(field, said):
    (difference,) = compare(OURS, {field: said})
    assert (difference.field, difference.theirs) == (field, said)
    assert difference.label


SAMPLES = {
    "Kartik-Hirijaganer+X12-Parser-Encoder__fixtures_271_rejected_subscriber.x12": (
        "TRACE0002",
        EligibilityState.NOT_FOUND,
    ),
    "Kartik-Hirijaganer+X12-Parser-Encoder__fixtures_271_ls_le_wrapper.x12": (
        "TRACE0004",
        EligibilityState.ACTIVE,
    ),
    "Kartik-Hirijaganer+X12-Parser-Encoder__fixtures_gainwell_271_redacted.edi": (
        "TRACE000002",
        EligibilityState.ACTIVE,
    ),
    "genformai+edi-cli__test-data_sample-271.edi": ("INQUIRY123", EligibilityState.ACTIVE),
    "imsweb+x12-parser__x270_271_x271.txt": ("93175-012547", EligibilityState.ACTIVE),
    "kputnam+stupidedi__pass_response-to-generic-request-by-physician-for-patient-"
    "_dependent_-eligibility.edi": ("93175-012547", EligibilityState.ACTIVE),
}


@requires_shared
@pytest.mark.parametrize(("name", "expected"), SAMPLES.items(), ids=range(len(SAMPLES)))
def test_samples_of_others_are_understood(name, expected):
    trace, state = expected
    document = x12.read((SHARED / "samples/x12/271" / name).read_bytes(), name=name)
    contents = [t.content for t in document.transactions]
    answers = [c for c in contents if isinstance(c, x12.Eligibility271)]
    mine = next(
        found
        for a in answers
        if (found := interpret(a, trace_number=trace, service_date=date(2026, 4, 22)))
        and found.state != EligibilityState.UNKNOWN
    )
    assert mine.state == state


@requires_shared
def test_sample_of_a_dependent_gives_copays_and_primary_care():
    name = list(SAMPLES)[-1]
    document = x12.read((SHARED / "samples/x12/271" / name).read_bytes(), name=name)
    content = document.transactions[0].content
    assert isinstance(content, x12.Eligibility271)
    found = interpret(content, trace_number="93175-012547", service_date=date(2008, 5, 3))
    known = benefits.summary(found.benefits)
    assert known.copay == Decimal(10)
    assert found.plan_name == "GOLD 123 PLAN"
    assert found.details["first_name"] == "MARY"


def test_summary_tells_what_the_payer_writes_about_the_plan():
    found = benefits.summary(
        [
            BenefitFact("1", message="A REFERRAL IS REQUIRED. CALL US"),
            BenefitFact("1", message="A REFERRAL IS REQUIRED. CALL US"),
            BenefitFact("B", message="PER VISIT"),
        ]
    )
    assert found.notices == ("A referral is required. Call us.",)


def test_summary_tells_that_no_visit_is_left():
    left = BenefitFact("F", service_types="98", period="29", quantity=Decimal(3))
    assert benefits.summary([left]).notices == ()
    [told] = benefits.summary([replace(left, quantity=Decimal(0))]).notices
    assert "No office visits are left" in told
