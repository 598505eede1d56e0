"""Who pays the allowed amount: deductible, copay, coinsurance, then the payer; sequestration."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import ZERO, percent, total
from simulator.sandbox.adjudication.pricing import kind_of
from simulator.sandbox.model import BillLine, Cut, LineResult, Payer

FREE = frozenset({"lab", "draw", "preventive", "wellness", "immunization"})
"""Laboratory, prevention and vaccines carry no cost share."""


def share_costs(
    payer: Payer, lines: Sequence[tuple[BillLine, LineResult]], deductible_left: Decimal
) -> Decimal:
    """Split each allowed amount; returns what was taken from the deductible.

    Order: deductible → coinsurance or copay → sequestration on what the payer would pay.
    """
    left = deductible_left
    copay_days = set()
    for line, result in lines:
        if result.denied or not result.allowed:
            continue
        owed = ZERO
        kind = kind_of(line.code)
        if payer.kind == "commercial" and kind == "em":
            if line.date not in copay_days:
                copay_days.add(line.date)
                owed += _cut(result, "3", min(payer.visit_copay, result.allowed))
        elif kind not in FREE:
            taken = _cut(result, "1", min(left, result.allowed))
            left -= taken
            owed += taken
            owed += _cut(result, "2", percent(result.allowed - owed, payer.coinsurance))
        result.paid = result.allowed - owed
        withheld = percent(result.paid, payer.sequestration)
        if withheld:
            result.cuts.append(Cut("CO", "253", withheld))
            result.paid -= withheld
    return deductible_left - left


def _cut(result: LineResult, reason: str, amount: Decimal) -> Decimal:
    if amount:
        result.cuts.append(Cut("PR", reason, amount))
    return amount


def pay_as_second(lines: Sequence[tuple[BillLine, LineResult]]) -> None:
    """A second payer takes what the first left to the patient, up to its own allowed amount.

    What the first payer paid and cut is shown as OA-23: it is not posted a second time.
    """
    for line, result in lines:
        if result.denied:
            continue
        left = total(amount for group, _, amount in line.other_adjustments if group == "PR")
        before = line.charge - left
        paid = max(ZERO, min(left, result.allowed - line.other_paid))
        result.cuts = []
        if before:
            result.cuts.append(Cut("OA", "23", before))
        if left > paid:
            result.cuts.append(Cut("CO", "45", left - paid))
        result.paid = paid
