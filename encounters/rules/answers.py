"""What a 271 says about one person. Pure: a typed answer in, plain facts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import x12
from encounters.enums import EligibilityState
from encounters.rules import rejections

ACTIVE = frozenset({"1", "2", "3", "4", "5"})
INACTIVE = frozenset({"6", "7", "8"})
CANNOT_PROCESS = "V"

_BEGINS = ("346", "356", "348")
_ENDS = ("347", "357", "349")
_PERIODS = ("291", "307", "292")
"""DTP01. Begin, end and period of the plan (346/347/291), of eligibility (356/357/307) and of a
benefit (348/349/292), the plan first."""


@dataclass(frozen=True, slots=True)
class BenefitFact:
    """One EB, ready to be stored; see `encounters.models.EligibilityBenefit`."""

    code: str
    coverage_level: str = ""
    service_types: str = ""
    insurance_type: str = ""
    description: str = ""
    period: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    """As a fraction: 0.2 is 20 %."""
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization_required: str = ""
    in_network: str = ""
    entity_name: str = ""
    entity_contact: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The payer's answer about one person on one day."""

    state: EligibilityState
    message: str
    """What it means and what to do next."""
    reject_code: str = ""
    reject_loop: str = ""
    plan_name: str = ""
    group_number: str = ""
    plan_begin: date | None = None
    plan_end: date | None = None
    details: dict[str, str] = field(default_factory=dict)
    """In the payer's records: subscriber_number, last_name, first_name, birth_date, sex."""
    benefits: list[BenefitFact] = field(default_factory=list)


NO_ANSWER = Answer(
    EligibilityState.UNKNOWN,
    "The payer's answer is about somebody else or holds no answer at all. Whether the plan is "
    "active is unknown. Ask again; if it stays so, call the payer.",
)


def interpret(answer: x12.Eligibility271, *, trace_number: str, service_date: date) -> Answer:
    """Find our question's answer by its trace number (TRN02) and say what it means.

    A rejection of the whole request (AAA in loop 2000A, 2100A or 2100B) comes without a person.
    """
    for source in answer.sources:
        for loop, found in (
            ("2000A", source.rejections),
            ("2100A", source.party.rejections if source.party else []),
        ):
            if found:
                return _rejected(found[0], loop)
        for receiver in source.receivers:
            if receiver.party and receiver.party.rejections:
                return _rejected(receiver.party.rejections[0], "2100B")
    row = _our_row(answer, trace_number)
    return _about(row, service_date) if row else NO_ANSWER


def _our_row(answer: x12.Eligibility271, trace_number: str) -> x12.MemberRow | None:
    rows = list(answer.rows())
    for row in rows:
        traces = [*row.subscriber.traces, *(row.dependent.traces if row.dependent else [])]
        if any(trace.number == trace_number for trace in traces):
            return row
    # Some payers forget the trace; one person in the answer to one question is still ours.
    untraced = [row for row in rows if not row.subscriber.traces and not row.member.traces]
    return untraced[0] if len(rows) == 1 and untraced else None


def _rejected(rejection: x12.Rejection, loop: str) -> Answer:
    meaning = rejections.explain(rejection.reason, loop, rejection.follow_up)
    return Answer(meaning.state, meaning.message, reject_code=rejection.reason, reject_loop=loop)


def _about(row: x12.MemberRow, service_date: date) -> Answer:
    levels = [("2100C", row.subscriber), *([("2100D", row.dependent)] if row.dependent else [])]
    for loop, level in levels:
        if level.rejections:
            return _rejected(level.rejections[0], loop)
    benefits = row.member.benefits
    refused = [r for benefit in benefits for r in benefit.rejections]
    plan = _plan_level(benefits)
    if refused and not plan:
        return _rejected(refused[0], "2110D" if row.dependent else "2110C")
    begin, end = _plan_period(row, plan)
    active = [b for b in plan if b.information in ACTIVE]
    state, message = _verdict(plan, service_date, begin, end)
    named = next((b.plan for b in [*active, *plan] if b.plan), "")
    return Answer(
        state=state,
        message=message,
        plan_name=(named or _reference_text(row, "6P"))[:60],
        group_number=_group_number(row, plan),
        plan_begin=begin,
        plan_end=end,
        details=_details(row),
        benefits=[_fact(benefit) for benefit in benefits],
    )


def _plan_level(benefits: Iterable[x12.Benefit]) -> list[x12.Benefit]:
    """The EBs that speak of the plan as a whole: active or inactive, for all services.

    Without such a one, an active or inactive benefit for some services has to do.
    """
    status = [b for b in benefits if b.information in ACTIVE | INACTIVE | {CANNOT_PROCESS}]
    whole = [b for b in status if not b.service_types or "30" in b.service_types]
    return whole or status


def _verdict(
    plan: list[x12.Benefit], service_date: date, begin: date | None, end: date | None
) -> tuple[EligibilityState, str]:
    codes = {benefit.information for benefit in plan}
    if codes & ACTIVE:
        if end is not None and end < service_date:
            return EligibilityState.INACTIVE, (
                f"The plan ended on {_day(end)}, before the visit. Ask the patient for the new "
                "insurance card."
            )
        if begin is not None and begin > service_date:
            return EligibilityState.INACTIVE, (
                f"The plan begins on {_day(begin)}, after the visit. Ask the patient which "
                "insurance is valid until then."
            )
        if "5" in codes and not codes & (ACTIVE - {"5"}):
            return EligibilityState.ACTIVE, (
                "The plan is active, but the payer is still investigating it. Check again before "
                "the claim is sent."
            )
        return EligibilityState.ACTIVE, (
            "The plan is active on the day of the visit. Whether a service is covered depends on "
            "the benefits."
        )
    if codes & INACTIVE:
        since = f" since {_day(end)}" if end and end <= service_date else ""
        return EligibilityState.INACTIVE, (
            f"The payer says the plan is not active{since}. Ask the patient for the new insurance "
            "card, or agree on self-pay before the visit."
        )
    if CANNOT_PROCESS in codes:
        return EligibilityState.UNKNOWN, (
            "The payer could not process the question. Whether the plan is active is unknown. "
            "Ask again later, or call the payer."
        )
    return EligibilityState.UNKNOWN, (
        "The answer does not say whether the plan is active. Call the payer if the visit is close."
    )


def _day(value: date) -> str:
    return f"{value:%b} {value.day}, {value.year}"


def _plan_period(row: x12.MemberRow, plan: list[x12.Benefit]) -> tuple[date | None, date | None]:
    dates = [d for benefit in plan for d in benefit.dates]
    for level in (row.member, row.subscriber):
        dates += level.dates
    begin = end = None
    for qualifier in _PERIODS:
        found = next((d for d in dates if d.qualifier == qualifier and d.end), None)
        if found:
            begin, end = found.start, found.end
            break
    for qualifier in _BEGINS:
        begin = begin or next((d.start for d in dates if d.qualifier == qualifier), None)
    for qualifier in _ENDS:
        end = end or next((d.start for d in dates if d.qualifier == qualifier), None)
    if end is not None and end.year >= 2099:  # "no end" as some payers write it
        end = None
    return begin, end


def _parties(row: x12.MemberRow) -> list[x12.Party]:
    return [level.party for level in (row.member, row.subscriber) if level.party]


def _group_number(row: x12.MemberRow, plan: list[x12.Benefit]) -> str:
    """REF*6P (group number) or REF*1L (group or policy number) of the person or the plan."""
    for qualifier in ("6P", "1L"):
        for party in _parties(row):
            if party.ref(qualifier):
                return party.ref(qualifier)[:50]
        for benefit in plan:
            for reference in benefit.references:
                if reference.qualifier == qualifier and reference.value:
                    return reference.value[:50]
    return ""


def _reference_text(row: x12.MemberRow, qualifier: str) -> str:
    for party in _parties(row):
        for reference in party.references:
            if reference.qualifier == qualifier and reference.description:
                return reference.description
    return ""


def _details(row: x12.MemberRow) -> dict[str, str]:
    """How the payer spells the person. Only what it said: an absent value is no difference."""
    found: dict[str, str] = {}
    subscriber, person = row.subscriber.party, row.member.party
    if subscriber and subscriber.id and subscriber.id_qualifier == "MI":
        found["subscriber_number"] = subscriber.id
    if person:
        found["last_name"] = person.name
        found["first_name"] = person.first
        found["birth_date"] = person.birth_date.isoformat() if person.birth_date else ""
        found["sex"] = person.gender
    return {key: value for key, value in found.items() if value}


def _fact(benefit: x12.Benefit) -> BenefitFact:
    entity = benefit.entities[0] if benefit.entities else None
    contact = ", ".join(
        number for c in (entity.contacts if entity else []) for _, number in c.numbers
    )
    amount = benefit.amount if benefit.amount is None or benefit.amount.is_finite() else None
    share = benefit.percent if benefit.percent is None or benefit.percent.is_finite() else None
    quantity = benefit.quantity
    if quantity is not None and not quantity.is_finite():
        quantity = None
    return BenefitFact(
        code=benefit.information,
        coverage_level=benefit.coverage_level,
        service_types="^".join(benefit.service_types)[:120],
        insurance_type=benefit.insurance_type,
        description=benefit.plan[:50],
        period=benefit.period,
        amount=amount,
        percent=share,
        quantity_qualifier=benefit.quantity_qualifier,
        quantity=quantity,
        authorization_required=benefit.authorization,
        in_network=benefit.network,
        entity_name=f"{entity.first} {entity.name}".strip()[:100] if entity else "",
        entity_contact=contact[:100],
        message=" ".join(benefit.messages),
    )
