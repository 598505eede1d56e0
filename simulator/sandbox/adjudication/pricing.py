"""How much a payable line is worth: rate, place, modifiers, second procedures, panels."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import ZERO, cents, percent
from simulator.sandbox import tables
from simulator.sandbox.model import Bill, BillLine, Cut, LineResult, Payer

FACILITY_PLACES = frozenset({"02", "19", "21", "22", "23", "24", "31", "34", "51", "61"})
EXTENDERS = ("363L", "363A", "364S")
"""Beginnings of the taxonomy codes of nurse practitioners, physician assistants, CNSs."""
PANEL = frozenset({"80053", "84443", "85025"})
PANEL_CODE = "80050"
_BUCKETS = {"lab": "lab", "draw": "lab", "drug": "drug", "immunization": "immunization"}
_SHARES: dict[str, int | Decimal] = {
    "50": 150,
    "52": 50,
    "53": 50,
    "62": Decimal("62.5"),
    "80": 16,
    "82": 16,
    "AS": 14,
}


def kind_of(code: str) -> str:
    """The kind of service, `procedure` when the code is not in the book."""
    rate = tables.rates().get(code)
    return rate.kind if rate else "procedure"


def worth(bill: Bill, line: BillLine, payer: Payer, code: str = "") -> Decimal:
    """The payer's price of all units of the line, before the charge caps it. In dollars."""
    code = code or line.code
    rate = tables.rates().get(code)
    if rate is None:
        return percent(line.charge, payer.percent_of_charge)
    base = rate.facility if line.place in FACILITY_PLACES else rate.office
    price = cents(base * payer.factor[_BUCKETS.get(rate.kind, "service")])
    for modifier in line.modifiers:
        share = _SHARES.get(modifier)
        if modifier == "50" and not rate.bilateral:
            share = None
        if share is not None:
            price = percent(price, share)
    if bill.rendering_taxonomy.startswith(EXTENDERS) and _BUCKETS.get(rate.kind) is None:
        price = percent(price, payer.extender_percent)
    return cents(price * line.units)


def price_lines(
    bill: Bill, payer: Payer, lines: Sequence[tuple[BillLine, LineResult]], shortfall: bool
) -> None:
    """Set `allowed` and the contractual cuts of every payable line."""
    payable = [(line, result) for line, result in lines if not result.denied]
    for line, result in payable:
        price = worth(bill, line, payer)
        if shortfall and kind_of(line.code) == "em":
            price = percent(price, 96)  # what nobody notices who closes on "paid"
        _allow(result, min(price, line.charge))
    _reduce_second_procedures(payable)
    if payer.id == "BEACN":
        _bundle_panel(bill, payer, payable)


def _allow(result: LineResult, allowed: Decimal) -> None:
    result.allowed = allowed
    result.cuts = []
    if result.charge != allowed:
        result.cuts.append(Cut("CO", "45", result.charge - allowed))


def _reduce_second_procedures(payable: Sequence[tuple[BillLine, LineResult]]) -> None:
    """100 % for the dearest procedure of the day, 50 % for each further one (CARC 59)."""
    rates = tables.rates()
    found = [
        (line, result)
        for line, result in payable
        if (rate := rates.get(line.code)) and rate.reduced_when_second
    ]
    for day in {line.date for line, _ in found}:
        of_day = sorted(
            ((line, result) for line, result in found if line.date == day),
            key=lambda pair: (-pair[1].allowed, pair[0].number),
        )
        for _, result in of_day[1:]:
            half = percent(result.allowed, 50)
            if result.allowed > half:
                result.cuts.append(Cut("CO", "59", result.allowed - half))
                result.allowed = half


def _bundle_panel(bill: Bill, payer: Payer, payable: Sequence[tuple[BillLine, LineResult]]) -> None:
    """Three tests that make a general health panel are paid as that panel (SVC06)."""
    by_code = {line.code: (line, result) for line, result in payable if line.code in PANEL}
    if set(by_code) != PANEL or len({line.date for line, _ in by_code.values()}) != 1:
        return
    carrier, _ = max(by_code.values(), key=lambda pair: (pair[0].charge, -pair[0].number))
    for line, result in by_code.values():
        result.paid_code, result.paid_modifiers = PANEL_CODE, ()
        if line is carrier:
            _allow(result, min(worth(bill, line, payer, PANEL_CODE), line.charge))
        else:
            result.allowed = ZERO
            result.cuts = [Cut("CO", "97", line.charge)]
            result.remarks = ("M15",)
