"""Reasons that concern the whole claim: the member, the plan, the calendar."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from simulator.sandbox import members
from simulator.sandbox.members import Scenario
from simulator.sandbox.model import Bill, Payer


class Refusal(NamedTuple):
    """Every line is denied for one reason."""

    group: str
    reason: str
    remarks: tuple[str, ...] = ()
    status: str = "1"
    """CLP02; 4 when the payer does not know the patient."""


def whole_claim(bill: Bill, payer: Payer, received: dt.date) -> Refusal | None:
    """Why nothing of this claim is payable, or None."""
    match members.scenario_of(bill.member):
        case Scenario.UNKNOWN_LATE:
            return Refusal("CO", "31", ("N382",), status="4")
        case Scenario.NAME:
            return Refusal("CO", "140", ("MA36",))
        case Scenario.ELSEWHERE if payer.kind == "medicare":
            return Refusal("CO", "24")
        case Scenario.ELSEWHERE:
            return Refusal("CO", "109", ("N418",))
        case Scenario.GRACE_PERIOD if payer.kind == "commercial":
            return Refusal("CO", "257")
        case Scenario.BENEFIT_USED_UP if payer.kind == "commercial":
            return Refusal("PR", "119", ("N587",))
        case Scenario.OTHER_PAYER_FIRST if bill.sequence == "P":
            return Refusal("CO", "22", ("N598",))
        case Scenario.REFERRAL if payer.kind == "commercial" and not bill.referral:
            return Refusal("CO", "243", ("M62",))
    first, last = members.plan_period(bill.member, bill.first_day)
    if bill.first_day < first:
        return Refusal("CO", "26", ("N30",))
    if last is not None and bill.first_day > last:
        return Refusal("CO", "27", ("N30",))
    late = (received - bill.first_day).days > payer.timely_days
    if late and bill.frequency == "1":
        return Refusal("CO", "29")
    return None
