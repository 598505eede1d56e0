"""Reasons that concern one line: modifiers, codes that do not go together, what is not covered.

Each rule denies lines in place; a line that is denied is not looked at again. Their order is the
order in which a payer's system asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.sandbox import tables
from simulator.sandbox.adjudication.memory import Memory, duplicate_key
from simulator.sandbox.adjudication.pricing import kind_of
from simulator.sandbox.model import Bill, BillLine, LineResult, Payer
from simulator.sandbox.tables import Rate

X_MODIFIERS = frozenset({"XE", "XP", "XS", "XU"})
SIDES = frozenset({"RT", "LT", "50"})
SEPARATING = frozenset(
    {
        "24",
        "25",
        "57",
        "58",
        "59",
        "78",
        "79",
        "91",
        "LT",
        "RT",
        *X_MODIFIERS,
        "E1",
        "E2",
        "E3",
        "E4",
        "FA",
        "TA",
        *(f"F{n}" for n in range(1, 10)),
        *(f"T{n}" for n in range(1, 10)),
    }
)
VISITS = frozenset({"em", "preventive", "wellness"})
PRIMARY_OF = {
    "11103": frozenset({"11102", "11104", "11106"}),
    "17003": frozenset({"17000"}),
    "90472": frozenset({"90471", "90473", "G0008", "G0009"}),
}
_MEDICARE_VACCINES = frozenset({"90656", "90677"})


@dataclass(slots=True)
class Case:
    """A claim under review: each line as billed beside its result."""

    bill: Bill
    payer: Payer
    memory: Memory
    lines: list[tuple[BillLine, LineResult]]

    def open(self) -> Iterator[tuple[BillLine, LineResult]]:
        """Lines that are not denied so far."""
        return ((line, result) for line, result in self.lines if not result.denied)


def review(case: Case) -> None:
    """Ask every rule about every line."""
    for rule in _RULES:
        for line, result in list(case.open()):
            rate = tables.rates().get(line.code)
            denial = rule(case, line, rate)
            if denial is not None:
                result.deny(*denial)
    _deny_pairs(case)


Denial = tuple[str, ...]
"""Group, CARC, then RARCs."""


def _modifiers_together(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    sides = SIDES.intersection(line.modifiers)
    if "50" in sides and len(sides) > 1:
        return "CO", "4", "N519"
    if "59" in line.modifiers and X_MODIFIERS.intersection(line.modifiers):
        return "CO", "4", "N519"
    return None


def _waived_test(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    """Waived tests (87880, …) need QW: three payers deny for three reasons, one does not ask."""
    if rate is None or not rate.waived or "QW" in line.modifiers or not case.payer.requires_qw:
        return None
    match case.payer.kind:
        case "medicare":
            return "CO", "16", "N822"  # unprocessable: MA130 is a remark of the claim
        case "medicaid":
            return "CO", "B7", "N570"
    return "CO", "4", "N822"


def _side(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    if line.code in case.payer.laterality and not SIDES.intersection(line.modifiers):
        return "CO", "4", "N822"
    return None


def _telehealth(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    if line.place not in {"02", "10"} or not case.payer.telehealth_modifier:
        return None
    if {case.payer.telehealth_modifier, "93"}.intersection(line.modifiers):
        return None
    return "CO", "4", "N822"


def _place(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    if rate and rate.kind in VISITS and line.place in {"21", "31", "51", "61"}:
        return "CO", "5", "M77"
    return None


def _vaccine_code(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    """Medicare pays for giving a flu or pneumonia vaccine under G0008 and G0009 only."""
    if case.payer.kind != "medicare" or line.code not in {"90471", "90472"}:
        return None
    if any(other.code in _MEDICARE_VACCINES for other in case.bill.lines):
        return "CO", "16", "N657"
    return None


def _policy(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    for policy in tables.policies().get(line.code, ()):
        if case.payer.id not in policy.payers:
            continue
        if any(code.startswith(policy.diagnoses) for code in line.diagnoses):
            continue
        group, reason, remark = policy.denial
        if reason == "50" and "GA" in line.modifiers:
            group = "PR"  # the patient signed a notice that this may not be covered
        return group, reason, remark
    return None


def _excluded(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    return case.payer.exclusion if line.code in case.payer.excluded else None


def _authorization(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    if line.code in case.payer.authorization and not line.authorization:
        return "CO", "197", "M62"
    return None


def _add_on(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    primaries = PRIMARY_OF.get(line.code)
    if primaries and not any(other.code in primaries for other in case.bill.lines):
        return "CO", "107"
    return None


def _complexity(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    """G2211 is not paid beside a visit with modifier 25, except with prevention or a vaccine."""
    if line.code != "G2211":
        return None
    kinds = {kind_of(other.code) for other in case.bill.lines}
    if kinds.intersection({"preventive", "wellness", "immunization"}):
        return None
    if any("25" in other.modifiers for other in case.bill.lines if other.code != line.code):
        return "CO", "97", "M15"
    return None


def _too_many(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    most = tables.most_units().get(line.code)
    if most is not None and line.units > most:
        return "CO", "151", "N362"
    return None


def _duplicate(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    key = duplicate_key(line.code, line.modifiers)
    repeated = {"76", "77", "91", "59", *X_MODIFIERS}.intersection(line.modifiers)
    for other, result in case.lines:
        if other.number >= line.number:
            break
        if (
            not repeated
            and not result.denied
            and other.date == line.date
            and duplicate_key(other.code, other.modifiers) == key
        ):
            return "OA", "18"
    bill = case.bill
    if case.memory.is_duplicate(
        bill.payer_id, bill.member, bill.billing_npi, line.date, key, bill.original
    ):
        return "OA", "18"
    return None


def _global_period(case: Case, line: BillLine, rate: Rate | None) -> Denial | None:
    if rate is None or rate.kind != "em" or "24" in line.modifiers:
        return None
    bill = case.bill
    if case.memory.in_global_period(
        bill.payer_id, bill.member, bill.billing_npi, line.date, bill.original
    ):
        return "CO", "97", "N525"
    return None


Rule = Callable[[Case, BillLine, Rate | None], Denial | None]
_RULES: tuple[Rule, ...] = (
    _modifiers_together,
    _waived_test,
    _side,
    _telehealth,
    _place,
    _vaccine_code,
    _excluded,
    _authorization,
    _policy,
    _add_on,
    _complexity,
    _duplicate,
    _too_many,
    _global_period,
)


def _deny_pairs(case: Case) -> None:
    """NCCI: of two codes on one day the second column is not paid, unless a modifier parts them."""
    pairs = tables.pairs()
    for first, kept in case.lines:
        second_column = pairs.get(first.code)
        if second_column is None or kept.denied:
            continue
        for line, result in case.open():
            if line is first or line.date != first.date or line.code not in second_column:
                continue
            if second_column[line.code] and _separated(first, line):
                continue
            result.deny(*_bundled(case.payer, line))


def _separated(first: BillLine, second: BillLine) -> bool:
    rate = tables.rates().get(second.code)
    if rate is not None and rate.kind in VISITS:
        return bool({"24", "25", "57"}.intersection(second.modifiers))
    return bool(SEPARATING.intersection((*first.modifiers, *second.modifiers)))


def _bundled(payer: Payer, line: BillLine) -> Denial:
    rate = tables.rates().get(line.code)
    visit = rate is not None and rate.kind in VISITS
    match payer.id, visit:
        case "SMCD1", _:
            return "CO", "236"
        case "SMED1", False:
            return "CO", "236"
        case "UNMUT", _:
            return "CO", "97", "N19"
    return "CO", "97", "M15"
