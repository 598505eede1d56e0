"""270 → 271: who is covered for what, by the rule of the member ID (`members`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import x12
from core.money import ZERO
from simulator.sandbox import members, tables
from simulator.sandbox.adjudication import Memory
from simulator.sandbox.members import Scenario
from simulator.sandbox.model import Payer

HANG_SECONDS = 25.0
"""Longer than the 20 seconds that a real-time answer may take."""
ADVANTAGE_PLAN = ("EVERGREEN ADVANTAGE HMO", "EVGRN")

_CALENDAR_YEAR, _REMAINING, _VISIT = "23", "29", "27"


def seconds_to_answer(inquiry: x12.Eligibility) -> float:
    """How long the payer's system takes; most answer at once."""
    hangs = any(
        row.subscriber.party and members.scenario_of(row.subscriber.party.id) is Scenario.HANGS
        for row in inquiry.rows()
    )
    return HANG_SECONDS if hangs else 0.0


def answer(inquiry: x12.Eligibility, memory: Memory, now: dt.datetime) -> x12.Eligibility271:
    """The 271 to a 270: the same tree, each person answered."""
    found = x12.Eligibility271(
        reference=inquiry.reference,
        created=now.date(),
        time=f"{now:%H%M}",
        purpose="11",
    )
    for source in inquiry.sources:
        payer = tables.payers().get(source.party.id if source.party else "")
        found.sources.append(_source(source, payer, memory, now.date()))
    return found


def _source(
    asked: x12.SourceLevel, payer: Payer | None, memory: Memory, today: dt.date
) -> x12.SourceLevel:
    stated = asked.party
    party = x12.Party(
        "PR",
        name=payer.name if payer else (stated.name if stated else "UNKNOWN"),
        id_qualifier=stated.id_qualifier if stated else "PI",
        id=stated.id if stated else "UNKNOWN",
    )
    found = x12.SourceLevel(party=party)
    if payer is None:
        # 79: the payer's ID is wrong. It belongs to the payer's own name loop (2100A).
        party.rejections.append(x12.Rejection("Y", "79", "C"))
        return found
    party.contacts.append(x12.Contact("IC", "PROVIDER SERVICES", (("TE", payer.phone),)))
    if any(_down(member) for receiver in asked.receivers for member in receiver.members):
        party.rejections.append(x12.Rejection("Y", "42", "P"))
        party.contacts.clear()
        return found
    for receiver in asked.receivers:
        found.receivers.append(_receiver(receiver, payer, memory, today))
    return found


def _down(member: x12.MemberLevel) -> bool:
    return bool(member.party and members.scenario_of(member.party.id) is Scenario.DOWN)


def _receiver(
    asked: x12.ReceiverLevel, payer: Payer, memory: Memory, today: dt.date
) -> x12.ReceiverLevel:
    stated = asked.party or x12.Party("1P")
    party = x12.Party(
        stated.entity,
        stated.kind,
        stated.name,
        stated.first,
        id_qualifier=stated.id_qualifier,
        id=stated.id,
    )
    found = x12.ReceiverLevel(party=party)
    if stated.npi and not x12.npi_is_valid(stated.npi):
        party.rejections.append(x12.Rejection("N", "43", "C"))
        return found
    for member in asked.members:
        found.members.append(_member(member, payer, memory, today))
    return found


def _member(
    asked: x12.MemberLevel, payer: Payer, memory: Memory, today: dt.date
) -> x12.MemberLevel:
    stated = asked.party or x12.Party("IL", "1")
    party = x12.Party(
        "IL",
        "1",
        stated.name,
        stated.first,
        stated.middle,
        id_qualifier=stated.id_qualifier,
        id=stated.id,
        birth_date=stated.birth_date,
        gender=stated.gender,
    )
    found = x12.MemberLevel(party=party, traces=_traces(asked))
    on = _asked_date(asked, today)
    if asked.dependents:
        for dependent in asked.dependents:
            found.dependents.append(_dependent(dependent, stated, payer, memory, on))
        return found
    rejection = _identity(payer, stated.id, stated)
    if rejection is not None:
        party.rejections.append(rejection)
    else:
        found.benefits = _benefits(payer, stated.id, memory, on)
        found.dates = _plan_dates(payer, stated.id, on)
        if payer.group_number:
            party.references.append(x12.Reference("6P", payer.group_number))
    return found


def _dependent(
    asked: x12.MemberLevel, subscriber: x12.Party, payer: Payer, memory: Memory, on: dt.date
) -> x12.MemberLevel:
    stated = asked.party or x12.Party("03", "1")
    party = x12.Party(
        "03",
        "1",
        stated.name,
        stated.first,
        stated.middle,
        birth_date=stated.birth_date,
        gender=stated.gender,
    )
    found = x12.MemberLevel(party=party, traces=_traces(asked), relation=asked.relation)
    own = _asked_date(asked, on)
    rejection = _identity(payer, subscriber.id, stated)
    if rejection is not None:
        party.rejections.append(rejection)
    else:
        found.benefits = _benefits(payer, subscriber.id, memory, own)
        found.dates = _plan_dates(payer, subscriber.id, own)
    return found


def _traces(asked: x12.MemberLevel) -> list[x12.Trace]:
    return [
        x12.Trace("2", trace.number, trace.originator, trace.additional) for trace in asked.traces
    ]


def _asked_date(asked: x12.MemberLevel, default: dt.date) -> dt.date:
    dates = list(asked.dates)
    for inquiry in asked.inquiries:
        dates += inquiry.dates
    return next((date.start for date in dates if date.qualifier == "291" and date.start), default)


def _identity(payer: Payer, member_id: str, person: x12.Party) -> x12.Rejection | None:
    """AAA of the person's name loop: what the front desk has to look at again."""
    match members.scenario_of(member_id):
        case _ if not members.is_well_formed(payer, member_id):
            return x12.Rejection("N", "72", "C")
        case Scenario.NOT_FOUND:
            return x12.Rejection("N", "75", "C")
        case Scenario.ELSEWHERE if payer.kind != "medicare":
            return x12.Rejection("N", "75", "C")
        case Scenario.NAME:
            return x12.Rejection("N", "73", "C")
        case Scenario.BIRTH_DATE:
            return x12.Rejection("N", "71", "C")
    if not person.name:
        return x12.Rejection("N", "73", "C")
    if person.birth_date is None:
        return x12.Rejection("N", "58", "C")
    return None


def _plan_dates(payer: Payer, member_id: str, on: dt.date) -> list[x12.Dated]:
    first, last = members.plan_period(member_id, on)
    dates = [x12.Dated("346", first)]
    if last is not None:
        dates.append(x12.Dated("347", last))
    return dates


def _benefits(payer: Payer, member_id: str, memory: Memory, on: dt.date) -> list[x12.Benefit]:
    first, last = members.plan_period(member_id, on)
    scenario = members.scenario_of(member_id)
    if on < first or (last is not None and on > last):
        return [
            x12.Benefit(
                "6", service_types=("30",), insurance_type=payer.insurance_type, plan=payer.plan
            )
        ]
    if scenario is Scenario.ELSEWHERE:
        name, number = ADVANTAGE_PLAN
        return [
            _other_payer(name, number, "THE MEMBER IS IN A MEDICARE ADVANTAGE PLAN. BILL THAT PLAN")
        ]
    found = [
        x12.Benefit("1", "IND", ("30", "98", "UC"), payer.insurance_type, payer.plan),
        *_cost_share(payer, member_id, memory, on.year),
        x12.Benefit("I", "IND", ("35",), payer.insurance_type),
    ]
    if scenario is Scenario.OTHER_PAYER_FIRST:
        others = [other for other in tables.payers().values() if other.kind == "commercial"]
        other = next(other for other in others if other.id != payer.id)
        found.append(_other_payer(other.name, other.id, "ANOTHER PAYER IS PRIMARY"))
    if scenario is Scenario.REFERRAL and payer.kind == "commercial":
        found[0].messages.append("A REFERRAL OF THE PRIMARY CARE PROVIDER IS REQUIRED")
    if scenario is Scenario.GRACE_PERIOD and payer.kind == "commercial":
        found[0].messages.append("PREMIUM UNPAID. THE MEMBER IS IN THE GRACE PERIOD")
    if scenario is Scenario.BENEFIT_USED_UP and payer.kind == "commercial":
        found.append(
            x12.Benefit(
                "F",
                "IND",
                ("98",),
                payer.insurance_type,
                period=_REMAINING,
                quantity_qualifier="VS",
                quantity=Decimal(0),
                network="Y",
            )
        )
    return found


def _cost_share(payer: Payer, member_id: str, memory: Memory, year: int) -> list[x12.Benefit]:
    kind = payer.insurance_type

    def share(
        code: str,
        types: tuple[str, ...],
        period: str = "",
        amount: Decimal | None = None,
        rate: Decimal | None = None,
    ) -> x12.Benefit:
        return x12.Benefit(
            code, "IND", types, kind, period=period, amount=amount, percent=rate, network="Y"
        )

    found: list[x12.Benefit] = []
    if payer.kind == "medicaid":
        return [share("B", ("98",), _VISIT, ZERO)]
    open_at_start = members.deductible_at_start(payer, member_id)
    left = max(ZERO, open_at_start - memory.deductible_used(payer.id, member_id, year))
    found.append(share("C", ("30",), _CALENDAR_YEAR, payer.deductible))
    found.append(share("C", ("30",), _REMAINING, left))
    if payer.visit_copay:
        found.append(share("B", ("98", "UC"), _VISIT, payer.visit_copay))
    found.append(share("A", ("30",), "", rate=payer.coinsurance / 100))
    if payer.out_of_pocket:
        found.append(share("G", ("30",), _CALENDAR_YEAR, payer.out_of_pocket))
    return found


def _other_payer(name: str, number: str, message: str) -> x12.Benefit:
    return x12.Benefit(
        "R",
        "IND",
        ("30",),
        messages=[message],
        entities=[x12.Party("PRP", name=name, id_qualifier="PI", id=number)],
    )


__all__ = ["ADVANTAGE_PLAN", "HANG_SECONDS", "answer", "seconds_to_answer"]
