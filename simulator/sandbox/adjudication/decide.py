"""The order of a decision."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from core.money import ZERO
from simulator.sandbox import members
from simulator.sandbox.adjudication.coverage import Refusal, whole_claim
from simulator.sandbox.adjudication.lines import Case, review
from simulator.sandbox.adjudication.memory import Memory
from simulator.sandbox.adjudication.pricing import price_lines, worth
from simulator.sandbox.adjudication.sharing import pay_as_second, share_costs
from simulator.sandbox.model import AdjudicationResult, Bill, BillLine, Cut, LineResult, Payer

_STATUS = {"P": "1", "S": "2", "T": "3"}


def adjudicate(
    bill: Bill,
    payer: Payer,
    *,
    number: str,
    received: dt.date,
    memory: Memory,
    luck: int | None = None,
) -> AdjudicationResult:
    """Decide a claim. `luck` is its dice, None when nothing is left to chance.

    The result balances: for each line charge − cuts = paid.
    """
    result = _blank(bill, number, received)
    lines = list(zip(bill.lines, result.lines, strict=True))
    refusal = whole_claim(bill, payer, received)
    if refusal is not None:
        _refuse(result, refusal)
        return result
    case = Case(bill, payer, memory, lines)
    review(case)
    price_lines(bill, payer, lines, shortfall=_roll(luck, payer, "BEACN", 40) == 7)
    _second_opinions(bill, payer, lines, luck)
    if bill.sequence == "P":
        year = bill.first_day.year
        open_at_start = members.deductible_at_start(payer, bill.member)
        used = memory.deductible_used(payer.id, bill.member, year)
        share_costs(payer, lines, max(ZERO, open_at_start - used))
    else:
        pay_as_second(lines)
    result.remarks = _claim_remarks(payer, result)
    return result


def _blank(bill: Bill, number: str, received: dt.date) -> AdjudicationResult:
    return AdjudicationResult(
        account=bill.account,
        payer_id=bill.payer_id,
        number=number,
        status=_STATUS.get(bill.sequence, "1"),
        charge=bill.charge,
        place=bill.place,
        frequency=bill.frequency,
        filing=bill.filing,
        received=received,
        first_day=bill.first_day,
        last_day=bill.last_day,
        subscriber=bill.subscriber,
        patient=bill.patient,
        patient_is_subscriber=bill.patient_is_subscriber,
        rendering=bill.rendering,
        payee_npi=bill.billing_npi,
        payee_name=bill.billing_name,
        payee_tax_id=bill.billing_tax_id,
        original=bill.original,
        lines=[
            LineResult(
                reference=line.reference,
                code=line.code,
                modifiers=line.modifiers,
                charge=line.charge,
                units=line.units,
                date=line.date,
                end=line.end,
            )
            for line in bill.lines
        ],
    )


def _refuse(result: AdjudicationResult, refusal: Refusal) -> None:
    for line in result.lines:
        line.deny(refusal.group, refusal.reason, *refusal.remarks)
    if refusal.status != "1":
        result.status = refusal.status


def _roll(luck: int | None, payer: Payer, only: str, sides: int) -> int | None:
    """The dice of a rule that one payer has; None for other payers and without chance."""
    return luck % sides if luck is not None and payer.id == only else None


def _second_opinions(
    bill: Bill, payer: Payer, lines: list[tuple[BillLine, LineResult]], luck: int | None
) -> None:
    """What payers change now and then: a lower visit, records wanted, a modifier left out."""
    level = _roll(luck, payer, "BEACN", 3)
    drops = _roll(luck, payer, "UNMUT", 6) == 0
    for line, result in lines:
        if result.denied:
            continue
        if line.code in payer.documentation and level == 0:
            _pay_lower_visit(bill, payer, line, result)
        elif line.code in payer.documentation and level == 1:
            result.deny("CO", "252", "N706")
        elif drops and {"25", "QW"}.intersection(line.modifiers):
            result.paid_code = line.code
            result.paid_modifiers = tuple(
                modifier for modifier in line.modifiers if modifier not in {"25", "QW"}
            )


def _pay_lower_visit(bill: Bill, payer: Payer, line: BillLine, result: LineResult) -> None:
    lower = "99214"
    allowed = min(worth(bill, line, payer, lower), result.allowed)
    difference: Decimal = result.allowed - allowed
    if difference:
        result.cuts.append(Cut("CO", "150", difference))
        result.allowed = allowed
        result.paid_code, result.paid_modifiers = lower, line.modifiers
        result.remarks = ("N22",)


def _claim_remarks(payer: Payer, result: AdjudicationResult) -> tuple[str, ...]:
    if payer.kind != "medicare":
        return ()
    unprocessable = any(cut.reason == "16" for line in result.lines for cut in line.cuts)
    return ("MA130",) if unprocessable else ("MA01",)
