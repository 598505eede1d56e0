"""EB segments of the 271 in words that a front desk reads to a patient. The words are our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from encounters.data import toml_tables

_WORDS: Final = toml_tables("benefits.toml")
KINDS: Final = _WORDS["kind"]
"""EB01."""
LEVELS: Final = _WORDS["level"]
"""EB02."""
SERVICES: Final = _WORDS["service"]
"""EB03, the ones that a clinic meets; another code is shown as it is."""
PLAN_KINDS: Final = _WORDS["plan_kind"]
"""EB04."""
PERIODS: Final = _WORDS["period"]
"""EB06."""
QUANTITIES: Final = _WORDS["quantity"]
"""EB09."""

_RANKED: Final = "6 7 8 V 1 2 3 4 5 R B C A G F I E L U"
"""EB01 in the order of the page: what changes something at the desk first."""
_ORDER: Final = {code: rank for rank, code in enumerate(_RANKED.split())}

_PLAN: Final = frozenset("12345678")
OFFICE: Final = frozenset({"98", "BY", "BZ"})


class Benefit(Protocol):
    """What is read of a benefit: the stored row and the parsed fact have the same names."""

    @property
    def code(self) -> str: ...
    @property
    def coverage_level(self) -> str: ...
    @property
    def service_types(self) -> str: ...
    @property
    def insurance_type(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def quantity_qualifier(self) -> str: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def authorization_required(self) -> str: ...
    @property
    def in_network(self) -> str: ...
    @property
    def entity_name(self) -> str: ...
    @property
    def entity_contact(self) -> str: ...
    @property
    def message(self) -> str: ...


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """A benefit as a table row."""

    kind: str
    services: str
    detail: str
    """Individual or family, period, plan kind: what narrows it."""
    amount: Decimal | None
    share: Decimal | None
    """In per cent."""
    quantity: str
    network: str
    note: str
    needs_authorization: bool
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The amounts that the front desk discusses with the patient. None: the payer did not say."""

    copay: Decimal | None = None
    """In network; for an office visit, when the payer has an amount of its own for it."""
    deductible: Decimal | None = None
    deductible_left: Decimal | None = None
    """Individual, in network."""
    coinsurance: Decimal | None = None
    """The patient's share in per cent."""
    out_of_pocket: Decimal | None = None
    out_of_pocket_left: Decimal | None = None
    other_payers: tuple[str, ...] = ()
    """EB R: somebody else may have to pay first."""
    primary_care: str = ""
    needs_authorization: bool = False
    notices: tuple[str, ...] = ()
    """What the payer wrote about the plan itself, and visits that are used up: sentences."""


def words(codes: str) -> str:
    """``98^UC`` as "office visit, urgent care"; at most six, then how many more."""
    parts = [SERVICES.get(code, f"service {code}") for code in codes.split("^") if code]
    if len(parts) > 6:
        return f"{', '.join(parts[:5])} and {len(parts) - 5} more"
    return ", ".join(parts)


def lines(benefits: Sequence[Benefit]) -> list[BenefitLine]:
    """All benefits, the ones that change what happens at the desk first."""
    ranked = sorted(enumerate(benefits), key=lambda pair: (_ORDER.get(pair[1].code, 99), pair[0]))
    return [_line(benefit) for _, benefit in ranked]


def _line(benefit: Benefit) -> BenefitLine:
    kind = KINDS.get(benefit.code, f"Information {benefit.code}")
    detail = [
        LEVELS.get(benefit.coverage_level, benefit.coverage_level),
        PERIODS.get(benefit.period, f"period {benefit.period}" if benefit.period else ""),
        PLAN_KINDS.get(benefit.insurance_type, benefit.insurance_type),
        benefit.description,
    ]
    network = {"Y": "In network", "N": "Out of network", "W": "In and out", "U": ""}
    note = " · ".join(
        part for part in (benefit.entity_name, benefit.entity_contact, benefit.message) if part
    )
    quantity = ""
    if benefit.quantity is not None:
        unit = QUANTITIES.get(benefit.quantity_qualifier, "")
        quantity = f"{benefit.quantity.normalize():f} {unit}".strip()
    return BenefitLine(
        kind=kind,
        services=words(benefit.service_types),
        detail=", ".join(part for part in detail if part),
        amount=benefit.amount,
        share=None if benefit.percent is None else _per_cent(benefit.percent),
        quantity=quantity,
        network=network.get(benefit.in_network, ""),
        note=note,
        needs_authorization=benefit.authorization_required == "Y",
        is_warning=benefit.code in {"6", "7", "8", "R", "I", "E", "V"},
    )


def _per_cent(fraction: Decimal) -> Decimal:
    """EB08 is a fraction (0.2); some payers write 20."""
    return fraction * 100 if fraction <= 1 else fraction


def summary(benefits: Sequence[Benefit]) -> Summary:
    """The amounts that matter at the desk. EB06 29 is what remains; without it, the base."""
    usable = [b for b in benefits if b.in_network in {"", "Y", "W"}]
    copays = [b for b in usable if b.code == "B" and b.amount is not None]
    coinsurance = [b for b in usable if b.code == "A" and b.percent is not None]
    share = _best(coinsurance)
    return Summary(
        copay=copay.amount if (copay := _best(copays)) else None,
        deductible=_amount(usable, "C", remaining=False),
        deductible_left=_amount(usable, "C", remaining=True),
        coinsurance=_per_cent(share.percent) if share and share.percent is not None else None,
        out_of_pocket=_amount(usable, "G", remaining=False),
        out_of_pocket_left=_amount(usable, "G", remaining=True),
        other_payers=tuple(
            dict.fromkeys(
                b.entity_name or b.description or "another payer" for b in benefits if b.code == "R"
            )
        ),
        primary_care=next((b.entity_name for b in benefits if b.code == "L"), ""),
        needs_authorization=any(
            b.authorization_required == "Y"
            and (not b.service_types or OFFICE & set(b.service_types.split("^")))
            for b in usable
        ),
        notices=tuple(dict.fromkeys([*_remarks(benefits), *_used_up(usable)])),
    )


def _remarks(benefits: Sequence[Benefit]) -> list[str]:
    """MSG of the plan as a whole: a referral that is needed, a premium that is not paid."""
    return [_sentence(b.message) for b in benefits if b.code in _PLAN and b.message.strip()]


def _sentence(text: str) -> str:
    """Payers print in capitals without a full stop."""
    plain = " ".join(text.split())
    if plain.isupper():
        plain = ". ".join(part.capitalize() for part in plain.split(". "))
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _used_up(benefits: Sequence[Benefit]) -> list[str]:
    none_left = any(
        b.code == "F"
        and b.period in {"29", "33"}
        and b.quantity == 0
        and OFFICE & set(b.service_types.split("^"))
        for b in benefits
    )
    return ["No office visits are left: this one may not be paid."] if none_left else []


def _fit(benefit: Benefit) -> int:
    """How well a benefit fits an office visit: about it, then general, then medical care."""
    types = set(benefit.service_types.split("^")) - {""}
    fit = 3 if types & OFFICE else 2 if not types or "30" in types else 1 if "1" in types else 0
    return fit * 10 + (1 if benefit.coverage_level in {"", "IND"} else 0)


def _best(found: Sequence[Benefit]) -> Benefit | None:
    usable = [b for b in found if _fit(b) >= 10]
    return max(usable, key=_fit) if usable else None


def _amount(benefits: Sequence[Benefit], code: str, *, remaining: bool) -> Decimal | None:
    found = [
        b
        for b in benefits
        if b.code == code
        and b.amount is not None
        and (b.period in {"29", "33"}) is remaining
        and b.period not in {"24", "30"}
    ]
    chosen = _best([b for b in found if b.coverage_level in {"", "IND"}]) or _best(found)
    return chosen.amount if chosen else None
