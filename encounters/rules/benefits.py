"""EB segments of the 271 in words that a front desk reads to a patient. The words are our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

KINDS: Final = {
    "1": "Plan is active",
    "2": "Plan is active (full risk)",
    "3": "Plan is active (capitated)",
    "4": "Plan is active (through primary care)",
    "5": "Plan is active, under investigation",
    "6": "Plan is not active",
    "7": "Plan is not active, eligibility pending",
    "8": "Plan is not active, under investigation",
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "CB": "Coverage basis",
    "D": "Benefit",
    "E": "Exclusion",
    "F": "Limit",
    "G": "Out-of-pocket maximum",
    "H": "Unlimited",
    "I": "Not covered",
    "J": "Cost containment",
    "K": "Reserve",
    "L": "Primary care provider",
    "M": "Pre-existing condition",
    "MC": "Managed care coordinator",
    "N": "Services restricted to a provider",
    "O": "Not medically necessary",
    "P": "Disclaimer",
    "Q": "Second opinion needed",
    "R": "Other insurance",
    "S": "Prior year history",
    "T": "Card reported lost or stolen",
    "U": "Ask this contact",
    "V": "Payer could not process the question",
    "W": "Other source",
    "X": "Health care facility",
    "Y": "Spend down",
}
"""EB01."""

SERVICES: Final = {
    "1": "medical care",
    "2": "surgery",
    "3": "consultation",
    "4": "X-ray",
    "5": "laboratory",
    "6": "radiation therapy",
    "7": "anesthesia",
    "8": "surgical assistance",
    "12": "equipment",
    "13": "ambulatory surgery",
    "14": "renal supplies",
    "18": "equipment rental",
    "23": "diagnostic dental",
    "24": "periodontics",
    "30": "the plan as a whole",
    "33": "chiropractic",
    "35": "dental",
    "42": "home health",
    "45": "hospice",
    "47": "hospital",
    "48": "hospital, inpatient",
    "50": "hospital, outpatient",
    "51": "hospital, accident",
    "52": "hospital, emergency",
    "53": "hospital, ambulatory surgery",
    "54": "long-term care",
    "60": "general benefits",
    "61": "in vitro fertilization",
    "62": "MRI or CT",
    "63": "donor",
    "65": "newborn care",
    "67": "smoking cessation",
    "68": "well baby care",
    "69": "maternity",
    "73": "diagnostic medical",
    "75": "prosthetics",
    "76": "dialysis",
    "78": "chemotherapy",
    "79": "allergy testing",
    "80": "immunizations",
    "81": "routine physical",
    "82": "family planning",
    "83": "infertility",
    "84": "abortion",
    "86": "emergency",
    "88": "pharmacy",
    "89": "free-standing drug",
    "93": "podiatry",
    "98": "office visit",
    "99": "inpatient visit",
    "A0": "outpatient visit",
    "A3": "home visit",
    "A4": "psychiatric",
    "A6": "psychotherapy",
    "A7": "psychiatric, inpatient",
    "A8": "psychiatric, outpatient",
    "AD": "occupational therapy",
    "AE": "physical medicine",
    "AF": "speech therapy",
    "AG": "skilled nursing",
    "AI": "substance abuse",
    "AL": "vision",
    "BB": "partial hospital",
    "BG": "cardiac rehabilitation",
    "BH": "pediatric",
    "BT": "gynecology",
    "BU": "obstetrics",
    "BV": "obstetrics and gynecology",
    "BY": "office visit, sick",
    "BZ": "office visit, well",
    "DM": "durable equipment",
    "MH": "mental health",
    "PT": "physical therapy",
    "UC": "urgent care",
}
"""EB03, the ones that a clinic meets; another code is shown as it is."""

LEVELS: Final = {
    "IND": "individual",
    "FAM": "family",
    "EMP": "employee",
    "ESP": "employee and spouse",
    "ECH": "employee and children",
    "SPC": "spouse and children",
    "SPO": "spouse",
    "CHD": "children",
    "DEP": "dependents",
}
"""EB02."""

PERIODS: Final = {
    "6": "per hour",
    "7": "per day",
    "13": "per 24 hours",
    "21": "per years",
    "22": "per service year",
    "23": "per calendar year",
    "24": "year to date",
    "25": "per contract",
    "26": "per episode",
    "27": "per visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "lifetime",
    "33": "lifetime, remaining",
    "34": "per month",
    "35": "per week",
    "36": "per admission",
}
"""EB06."""

PLAN_KINDS: Final = {
    "12": "Medicare secondary, working aged",
    "13": "Medicare secondary, kidney disease",
    "14": "Medicare secondary, no-fault",
    "15": "Medicare secondary, workers' compensation",
    "16": "Medicare secondary, federal",
    "41": "Medicare secondary, black lung",
    "42": "Medicare secondary, veterans",
    "43": "Medicare secondary, disabled",
    "47": "Medicare secondary, other liability",
    "AP": "auto insurance",
    "C1": "commercial",
    "CO": "COBRA",
    "CP": "Medicare conditionally primary",
    "D": "disability",
    "DB": "disability benefits",
    "EP": "EPO",
    "FF": "family or friends",
    "GP": "group policy",
    "HM": "HMO",
    "HN": "Medicare Advantage HMO",
    "HS": "special low income Medicare",
    "IN": "indemnity",
    "IP": "individual policy",
    "LC": "long-term care",
    "LD": "long-term policy",
    "LI": "life insurance",
    "LT": "litigation",
    "MA": "Medicare Part A",
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "MH": "Medigap A",
    "MI": "Medigap B",
    "MP": "Medicare primary",
    "OT": "other",
    "PE": "property insurance",
    "PL": "personal",
    "PP": "personal payment",
    "PR": "PPO",
    "PS": "point of service",
    "QM": "qualified Medicare beneficiary",
    "RP": "property insurance",
    "SP": "supplemental policy",
    "TF": "TEFRA",
    "WC": "workers' compensation",
    "WU": "wrap-up policy",
}
"""EB04."""

QUANTITIES: Final = {
    "8H": "minimum",
    "99": "used",
    "CA": "covered",
    "CE": "years covered",
    "D3": "co-insurance days",
    "DB": "deductible blood units",
    "DY": "days",
    "HS": "hours",
    "LA": "lifetime reserve, actual",
    "LE": "lifetime reserve, estimated",
    "M2": "maximum",
    "MN": "months",
    "P6": "procedures",
    "QA": "approved",
    "S7": "age, high",
    "S8": "age, low",
    "VS": "visits",
    "YY": "years",
}
"""EB09."""

_ORDER: Final = {
    code: rank
    for rank, code in enumerate(
        [
            "6",
            "7",
            "8",
            "V",
            "1",
            "2",
            "3",
            "4",
            "5",
            "R",
            "B",
            "C",
            "A",
            "G",
            "F",
            "I",
            "E",
            "L",
            "U",
        ]
    )
}

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
    """What the front desk tells the patient. None: the payer did not say."""

    copay: Decimal | None = None
    """In network, for an office visit when the payer tells it apart."""
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
    """How well a benefit fits an office visit: told apart, then general, then anything."""
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
