"""270 → 271 by the rule of the member ID."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

import x12
from core.gateway_types import GatewayRefused
from simulator.sandbox.clearinghouse import Clearinghouse
from tests.simulator.sandbox.building import NOW, TODAY, claim, inquiry, line, member, row
from tests.simulator.sandbox.desk import Desk


@pytest.fixture
def house() -> Clearinghouse:
    return Clearinghouse(None, now=lambda: NOW)


def ask(house: Clearinghouse, payer: str, ending: str = "04", **changes) -> x12.Eligibility271:
    number = changes.pop("number", member(payer, ending) if payer != "NOONE" else "BHP40050004")
    data, _ = house.inquire(inquiry(payer, number, **changes))
    document = x12.read(data)
    assert [str(error) for error in document.errors] == []
    content = document.transactions[0].content
    assert isinstance(content, x12.Eligibility271)
    return content


def person(answer: x12.Eligibility271) -> x12.MemberLevel:
    return next(answer.rows()).member


def benefits(answer: x12.Eligibility271) -> dict[tuple[str, str], x12.Benefit]:
    return {(b.information, b.period): b for b in person(answer).benefits}


def test_active_plan_with_its_cost_share(house):
    answer = ask(house, "BEACN")
    found = benefits(answer)
    assert found["1", ""].plan == "BEACON PPO 500"
    assert found["B", "27"].amount == Decimal("30.00")
    assert found["C", "23"].amount == Decimal("500.00")
    assert found["C", "29"].amount == Decimal("0.00")
    assert found["A", ""].percent == Decimal("0.2")
    party = person(answer).party
    assert party is not None
    assert party.ref("6P") == "BHP4400"


def test_answer_gives_back_the_trace_and_the_reference(house):
    answer = ask(house, "UNMUT")
    assert answer.reference == "EC00000031"
    trace = person(answer).traces[0]
    assert (trace.type, trace.number, trace.originator) == ("2", "EC00000031", "9FIRSTPASS")


def test_deductible_that_remains_shrinks_with_paid_claims():
    desk = Desk()
    number = member("SMED1", "84")
    before = benefits(ask(desk.house, "SMED1", "84"))["C", "29"].amount
    desk.send(row("SMED1", claim("C1-1", line("99213")), number))
    after = benefits(ask(desk.house, "SMED1", "84"))["C", "29"].amount
    assert (before, after) == (Decimal("283.00"), Decimal("191.15"))


def test_plan_that_ended_is_inactive_with_its_last_day(house):
    answer = ask(house, "BEACN", "80")
    assert [b.information for b in person(answer).benefits] == ["6"]
    assert {d.qualifier: d.start for d in person(answer).dates}["347"] == dt.date(2026, 9, 30)


def test_date_of_service_decides_and_not_the_day_of_the_question(house):
    answer = ask(house, "BEACN", "81", on=TODAY)
    assert [b.information for b in person(answer).benefits] == ["6"]
    assert {d.qualifier: d.start for d in person(answer).dates}["346"] == dt.date(2026, 11, 1)


def test_other_payer_that_is_first_is_named(house):
    for payer, other in (("BEACN", "UNMUT"), ("SMED1", "BEACN")):
        found = benefits(ask(house, payer, "82"))
        assert ("1", "") in found
        assert found["R", ""].entities[0].id == other


def test_medicare_advantage_plan_is_named(house):
    found = person(ask(house, "SMED1", "83")).benefits
    assert [b.information for b in found] == ["R"]
    assert found[0].entities[0].name == "EVERGREEN ADVANTAGE HMO"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ending": "99"}, "75"),
        ({"ending": "83"}, "75"),
        ({"ending": "86"}, "71"),
        ({"ending": "87"}, "73"),
        ({"number": "12"}, "72"),
        ({"birth_date": None}, "58"),
    ],
)
def test_person_that_is_not_found_is_rejected_in_the_name_loop(house, changes, reason):
    answer = person(ask(house, "BEACN", **changes))
    assert [r.reason for r in answer.rejections] == [reason]
    assert not answer.benefits


def test_payer_that_is_down_says_so_for_itself(house):
    source = ask(house, "BEACN", "98").sources[0]
    assert source.party is not None
    assert [(r.reason, r.follow_up) for r in source.party.rejections] == [("42", "P")]
    assert not source.receivers


def test_unknown_payer_is_rejected(house):
    source = ask(house, "NOONE").sources[0]
    assert source.party is not None
    assert [r.reason for r in source.party.rejections] == ["79"]


def test_provider_with_a_wrong_npi_is_rejected_as_provider(house):
    receiver = ask(house, "BEACN", npi="1234567890").sources[0].receivers[0]
    assert receiver.party is not None
    assert [r.reason for r in receiver.party.rejections] == ["43"]
    assert not receiver.members


def test_member_97_takes_longer_than_anybody_waits(house):
    _, seconds = house.inquire(inquiry("BEACN", member("BEACN", "97")))
    assert seconds > 20
    _, seconds = house.inquire(inquiry("BEACN"))
    assert seconds == 0


def test_dependent_is_answered_under_the_subscriber(house):
    document = x12.read(inquiry("BEACN"))
    content = document.transactions[0].content
    assert isinstance(content, x12.Eligibility270)
    subscriber = content.sources[0].receivers[0].members[0]
    subscriber.dependents = [
        x12.MemberLevel(
            party=x12.Party("03", "1", "RIVERA", "LEO", birth_date=dt.date(2018, 5, 5), gender="M"),
            traces=subscriber.traces,
            inquiries=subscriber.inquiries,
        )
    ]
    subscriber.traces, subscriber.inquiries = [], []
    data, _ = house.inquire(
        x12.write_interchange(
            x12.Envelope(
                "FIRSTPASS", "SANDBOX", control_number=9, created=NOW.replace(tzinfo=None)
            ),
            [x12.Outgoing("0001", content)],
        )
    )
    answered = x12.read(data)
    assert [str(error) for error in answered.errors] == []
    found = answered.transactions[0].content
    assert isinstance(found, x12.Eligibility271)
    one = next(found.rows())
    assert one.dependent is not None
    assert one.dependent.party is not None
    assert one.dependent.party.first == "LEO"
    assert one.dependent.benefits[0].information == "1"


def test_question_that_breaks_the_guide_gets_a_999(house):
    data, _ = house.inquire(inquiry("BEACN").replace(b"BHT*0022*13*", b"BHT*0022**"))
    content = x12.read(data).transactions[0].content
    assert isinstance(content, x12.Acknowledgement999)
    assert content.status == "R"


def test_question_that_is_no_x12_is_refused(house):
    with pytest.raises(GatewayRefused):
        house.inquire(b"Is she covered?")


def test_questions_as_a_file_are_answered_in_the_mailbox(house):
    house.submit("questions.270", inquiry("BEACN"))
    names = [name for name, _ in house.fetch()]
    assert names == ["questions.270.999", "questions.270.271"]
