"""What a service should pay: Medicare's formula, contract rates, modifier arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coding.rules.book import CodeBook, on_day
from coding.rules.facts import CodedLine, CodedVisit, ContractFact, RvuFact
from core.money import ZERO, cents, percent

# Medicare Claims Processing Manual (100-04) chapter 12: sections 20.4.3 to 20.4.7, 40.6, 40.7.
_ASSISTANT_PERCENT = {
    "80": Decimal(16),
    "81": Decimal(16),
    "82": Decimal(16),
    "AS": Decimal("13.6"),
}
_FURTHER_PERCENT = 50
_LAST_RANK_BY_RULE = 5
_PAYABLE = frozenset("ART")  # status: active, restricted, injections (paid when alone)


@dataclass(frozen=True, slots=True)
class Price:
    """What a payer should allow for a line, in US dollars, and how it came about."""

    allowed: Decimal
    basis: str


def medicare_unit(
    book: CodeBook,
    *,
    code: str,
    modifiers: Sequence[str],
    place_of_service: str,
    on: date,
    locality: str,
    covered_only: bool,
    factor_kind: str = "non-apm",
) -> Decimal | None:
    """Medicare's price of one unit, before modifier arithmetic; None when no file prices it.

    (wRVU·GPCIw + peRVU·GPCIpe + mpRVU·GPCImp) × conversion factor, with the facility or the
    non-facility PE by place of service. `covered_only` gives zero for what Medicare does not
    cover; without it the RVUs price it (for contracts that pay a share of Medicare's price).
    """
    row = book.rvus(code, modifiers, on)
    if row is not None and _has_rvus(row):
        if covered_only and row.status not in _PAYABLE:
            return ZERO
        factor = on_day([one for one in book.factors if one.kind == factor_kind], on)
        if factor is None:
            return None
        gpci = on_day(book.gpci.get(locality), on)
        one = Decimal(1)
        facility = book.is_facility(place_of_service)
        expense = row.facility_pe if facility else row.nonfacility_pe
        total = (
            row.work * (gpci.work if gpci else one)
            + expense * (gpci.practice_expense if gpci else one)
            + row.malpractice * (gpci.malpractice if gpci else one)
        )
        return cents(total * factor.amount)
    fee = book.medicare_fee_of(code, on)
    if fee is None and row is not None and row.status in ("B", "N", "I") and covered_only:
        return ZERO
    return fee


def _has_rvus(row: RvuFact) -> bool:
    return bool(row.work + row.nonfacility_pe + row.facility_pe + row.malpractice)


def modifier_percent(row: RvuFact | None, modifiers: Sequence[str]) -> Decimal:
    """The share of the price that the modifiers leave or add, in per cent."""
    share = Decimal(100)
    if "50" in modifiers and row is not None:
        if row.bilateral == "1":
            share = Decimal(150)
        elif row.bilateral == "3":
            share = Decimal(200)
    if "62" in modifiers:
        share = share * Decimal("62.5") / 100
    for modifier, rate in _ASSISTANT_PERCENT.items():
        if modifier in modifiers:
            share = share * rate / 100
    return share


def contract_row(
    rows: Sequence[ContractFact] | None, code: str, modifiers: Sequence[str], on: date
) -> ContractFact | None:
    """The most exact contract row of the day: code and modifier, code, every other service."""
    candidates = [
        row
        for row in rows or ()
        if row.code in (code, "")
        and (not row.modifier or row.modifier in modifiers)
        and row.start <= on
        and (row.end is None or on <= row.end)
    ]
    return max(
        candidates, key=lambda row: (bool(row.code), bool(row.modifier), row.start), default=None
    )


def expected_price(book: CodeBook, visit: CodedVisit, line: CodedLine) -> Price | None:
    """What the payer should allow for a line alone; None when nothing says so.

    The lower of the charge and the contract (Medicare: its fee schedule), for all units.
    The patient's own visits (no payer) are allowed at the charge.
    """
    return _at_most_the_charge(_fee(book, visit, line), line)


def _fee(book: CodeBook, visit: CodedVisit, line: CodedLine) -> Price | None:
    """The payer's price of a line for all its units, whatever the charge is."""
    payer, on = visit.payer, visit.service_date
    if payer.payer_id is None:
        return None if line.charge is None else Price(line.charge, "self-pay: the charge")
    row = contract_row(book.contracts.get(payer.payer_id), line.code, line.modifiers, on)
    if row is not None and row.amount is not None:
        unit, basis = row.amount, f"{payer.name} contract {row.version}"
    else:
        if row is None and not payer.is_medicare:
            return None
        share = row.percent if row is not None and row.percent is not None else Decimal(100)
        medicare = medicare_unit(
            book,
            code=line.code,
            modifiers=line.modifiers,
            place_of_service=visit.place_of_service,
            on=on,
            locality=visit.locality,
            covered_only=payer.is_medicare,
        )
        if medicare is None:
            return None
        unit = percent(medicare, share)
        basis = (
            f"Medicare {on.year}"
            if row is None or share == 100
            else f"{payer.name} contract {row.version}: {share.normalize():f} % of Medicare"
        )
    factor = modifier_percent(book.rvus(line.code, line.modifiers, on), line.modifiers)
    return Price(cents(unit * line.units * factor / 100 * visit.rendering_percent / 100), basis)


def _at_most_the_charge(price: Price | None, line: CodedLine) -> Price | None:
    if price is None or line.charge is None or price.allowed <= line.charge:
        return price
    return Price(line.charge, f"{price.basis}; the charge is lower")


def expected_lines(book: CodeBook, visit: CodedVisit) -> list[Price | None]:
    """What the payer should allow for each line of a visit, with the multiple-procedure rule.

    The lines under that rule (indicator 2) are ranked by the payer's price. The dearest pays
    100 %, the second to fifth 50 %. The sixth and later are priced by the payer from the report,
    at no less than 50 %; that least is what is expected. Each line is allowed the lower of this
    and its charge. Source: Medicare Claims Processing Manual (100-04) chapter 12, section 40.6.
    """
    fees = [_fee(book, visit, line) for line in visit.lines]
    if visit.payer.payer_id is not None:
        ranked = sorted(
            (
                (index, fee)
                for index, fee in enumerate(fees)
                if fee is not None and _is_reducible(book, visit.lines[index], visit.service_date)
            ),
            key=lambda ranked: (-ranked[1].allowed, ranked[0]),
        )
        for rank, (index, fee) in enumerate(ranked, start=1):
            fees[index] = _reduced(fee, rank)
    return [_at_most_the_charge(fee, line) for fee, line in zip(fees, visit.lines, strict=True)]


def _reduced(fee: Price, rank: int) -> Price:
    if rank == 1:
        return fee
    words = (
        "50 % as a further procedure" if rank <= _LAST_RANK_BY_RULE else "at least 50 %, by report"
    )
    return Price(percent(fee.allowed, _FURTHER_PERCENT), f"{fee.basis}; {words}")


def _is_reducible(book: CodeBook, line: CodedLine, on: date) -> bool:
    row = book.rvus(line.code, line.modifiers, on)
    return row is not None and row.multiple == "2"


def list_charge(book: CodeBook, line: CodedLine, on: date) -> Decimal | None:
    """The clinic's charge for a line by its charge list, in US dollars; None when it has none.

    Both sides on one line (modifier 50) are charged as two.
    """
    unit = book.charge_of(line.code, on)
    if unit is None:
        return None
    return cents(unit * max(line.units, 1) * (2 if "50" in line.modifiers else 1))
