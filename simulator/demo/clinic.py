"""The clinic itself: who works there, where it is, which payers it has contracts with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
from simulator.demo.data import table

_DATA = table("clinic")


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
    authorization: Sequence[str] = ()


_PAYERS = [_Terms(**{**entry, "kind": PayerKind(entry["kind"])}) for entry in _DATA["payer"]]


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
        facility = _facility()
        payers = {terms.id: _payer(terms, first_day) for terms in _PAYERS}
        return Clinic(users, facility, _providers(users[Role.PROVIDER]), payers)


def _user(username: str, role: Role) -> User:
    first, last = _DATA["users"][role]
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
    found = Facility.objects.filter(npi=_DATA["facility"]["npi"]).first()
    if found is not None:
        return found
    details = FacilityDetails(**_DATA["facility"])
    return change_facility(facility_id=None, details=details, by=None)


def _providers(demo: User) -> list[Provider]:
    found, rows = [], _DATA["providers"]["rows"]
    for index, (last, first, credentials, taxonomy, specialty) in enumerate(rows):
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
    """A provider who signs notes; nobody can sign in with this user."""
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
        name=_DATA["clearinghouse"]["name"], defaults=_DATA["clearinghouse"]
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
