"""The clinic itself: who works there, where it is, which payers it has contracts with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

import x12
from coding.models import Code
from coding.queries.book import extend_book
from coding.rules.book import CodeBook
from coding.rules.pricing import medicare_unit
from coding.services.contracts import RateInput, set_contract_rates
from core.access.demo import DEMO_PASSWORD, DEMO_USERNAMES
from core.access.enums import Role
from core.access.models import User
from core.clearinghouse.models import TradingPartner
from core.money import cents
from encounters.enums import PayerKind
from encounters.models import Facility, Payer, PayerPolicy, Provider
from encounters.services import add_provider, change_facility
from encounters.services.organisation import FacilityDetails, ProviderDetails

_NAMES = {
    Role.FRONT_DESK: ("Fiona", "Desmond"),
    Role.PROVIDER: ("Grace", "Okafor"),
    Role.CODER: ("Colin", "Abara"),
    Role.BILLER: ("Bella", "Lindqvist"),
    Role.MANAGER: ("Marta", "Ibsen"),
    Role.ADMINISTRATOR: ("Adam", "Nkemelu"),
}

_PROVIDERS = (
    ("Okafor", "Grace", "MD", "207Q00000X", "Family medicine"),
    ("Alvarez", "Mateo", "MD", "207Q00000X", "Family medicine"),
    ("Bergstrom", "Ingrid", "DO", "207R00000X", "Internal medicine"),
    ("Chatterjee", "Anil", "MD", "207R00000X", "Internal medicine"),
    ("Dubois", "Claire", "MD", "208000000X", "Pediatrics"),
    ("Whitfield", "Noah", "NP", "363LF0000X", "Family medicine"),
)


@dataclass(frozen=True, slots=True)
class _Terms:
    """A payer as its provider manual describes it. Factors are shares of Medicare's prices."""

    id: str
    name: str
    kind: PayerKind
    remittance_id: str
    filing: str
    phone: str
    filing_days: int
    factors: dict[str, str]
    takes_7: bool = True
    requires_qw: bool = True
    telehealth: str = ""
    sequestration: str = "0"
    authorization: tuple[str, ...] = ()


_PAYERS = (
    _Terms(
        "SMED1",
        "Medicare Part B",
        PayerKind.MEDICARE,
        "1900000001",
        "MB",
        "8005550101",
        365,
        {"service": "1", "lab": "1", "drug": "1.06", "vaccine": "1"},
        takes_7=False,
        sequestration="2",
    ),
    _Terms(
        "SMCD1",
        "State Medicaid",
        PayerKind.MEDICAID,
        "1900000002",
        "MC",
        "8005550102",
        180,
        {"service": "0.72", "lab": "0.80", "drug": "1", "vaccine": "0.90"},
        authorization=("11200", "17110"),
    ),
    _Terms(
        "BEACN",
        "Beacon Health Plan",
        PayerKind.COMMERCIAL,
        "1900000003",
        "CI",
        "8005550103",
        180,
        {"service": "1.22", "lab": "1", "drug": "1.15", "vaccine": "1.10"},
        telehealth="95",
        authorization=("11042",),
    ),
    _Terms(
        "UNMUT",
        "Union Mutual",
        PayerKind.COMMERCIAL,
        "1900000004",
        "HM",
        "8005550104",
        90,
        {"service": "1.10", "lab": "0.90", "drug": "1.10", "vaccine": "1.05"},
        requires_qw=False,
        telehealth="95",
        authorization=("17004", "20552", "20553"),
    ),
)


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the days need to know."""

    users: dict[Role, User]
    facility: Facility
    providers: list[Provider]
    payers: dict[str, Payer]
    """By the ID of claims."""


def open_clinic(*, first_day: dt.date) -> Clinic:
    """Set the clinic up, or find it as it was set up."""
    with transaction.atomic():
        users = {role: _user(username, role) for role, username in DEMO_USERNAMES.items()}
        facility = Facility.objects.filter(npi="1234567893").first() or _facility()
        payers = {terms.id: _payer(terms, first_day) for terms in _PAYERS}
        return Clinic(users, facility, _providers(users[Role.PROVIDER]), payers)


def _user(username: str, role: Role) -> User:
    first, last = _NAMES[role]
    user, created = User.objects.get_or_create(
        username=username,
        defaults={
            "role": role,
            "first_name": first,
            "last_name": last,
            "is_staff": role == Role.ADMINISTRATOR,
        },
    )
    if created:
        user.set_password(DEMO_PASSWORD)
        user.save(update_fields=["password"])
    return user


def _facility() -> Facility:
    details = FacilityDetails(
        name="Firstpass Family Clinic",
        npi="1234567893",
        taxonomy="261QP2300X",
        tax_id="371234567",
        address="22 Clinic Way",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        phone="2175550100",
        clia_number="14D1234567",
        medicare_locality="0610299",
    )
    return change_facility(facility_id=None, details=details, by=None)


def _providers(demo: User) -> list[Provider]:
    found = []
    for index, (last, first, credentials, taxonomy, specialty) in enumerate(_PROVIDERS):
        npi = _npi(24_100_000 + 37 * index)
        user = demo if index == 0 else _colleague(first, last)
        found.append(
            Provider.objects.filter(npi=npi).first()
            or add_provider(
                details=ProviderDetails(
                    npi, last, first, taxonomy, specialty, credentials, user_id=user.pk
                ),
                by=None,
            )
        )
    return found


def _colleague(first: str, last: str) -> User:
    """A provider who signs notes, and whose password nobody was told."""
    user, created = User.objects.get_or_create(
        username=f"{first[0]}.{last}".lower(),
        defaults={"role": Role.PROVIDER, "first_name": first, "last_name": last},
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _npi(stem: int) -> str:
    nine = f"1{stem:08d}"
    return next(f"{nine}{digit}" for digit in range(10) if x12.npi_is_valid(f"{nine}{digit}"))


def _payer(terms: _Terms, first_day: dt.date) -> Payer:
    partner, _ = TradingPartner.objects.get_or_create(
        name="Sandbox Clearinghouse",
        defaults={
            "submitter_id": "FIRSTPASS",
            "receiver_id": "SANDBOX",
            "submitter_name": "FIRSTPASS FAMILY CLINIC",
            "contact_name": "BILLING OFFICE",
            "contact_phone": "2175550100",
            "usage": "T",
        },
    )
    payer, _ = Payer.objects.get_or_create(
        name=terms.name,
        defaults={
            "kind": terms.kind,
            "partner": partner,
            "claim_payer_id": terms.id,
            "eligibility_payer_id": terms.id,
            "remittance_payer_id": terms.remittance_id,
            "filing_indicator": terms.filing,
            "phone": terms.phone,
        },
    )
    PayerPolicy.objects.get_or_create(
        payer=payer,
        effective_from=dt.date(2025, 1, 1),
        defaults={
            "timely_filing_days": terms.filing_days,
            "accepts_frequency_7": terms.takes_7,
            "corrected_claim_days": terms.filing_days,
            "appeal_days": 120,
            "requires_qw": terms.requires_qw,
            "telehealth_modifier": terms.telehealth,
            "sequestration_percent": Decimal(terms.sequestration),
            "authorization_codes": list(terms.authorization),
        },
    )
    set_contract_rates(
        payer_id=payer.pk,
        version=f"{terms.name} {first_day.year}",
        effective_from=dt.date(2025, 1, 1),
        rates=_rates(terms, first_day),
    )
    return payer


def _rates(terms: _Terms, day: dt.date) -> list[RateInput]:
    """The contract's price list: national Medicare prices times the payer's factors."""
    codes = dict(
        Code.objects.filter(system__in=("cpt", "hcpcs"), valid_to=None).values_list(
            "code", "category"
        )
    )
    book = extend_book(CodeBook(), procedures=codes)
    rates = []
    for code, category in codes.items():
        price = medicare_unit(
            book,
            code=code,
            modifiers=(),
            place_of_service="11",
            on=day,
            locality="",
            covered_only=False,
        )
        if not price:
            continue
        kind = {"lab-draw": "lab", "vaccine-admin": "vaccine"}.get(category, category)
        factor = Decimal(terms.factors.get(kind, terms.factors["service"]))
        rates.append(RateInput(code=code, amount=cents(price * factor)))
    return rates
