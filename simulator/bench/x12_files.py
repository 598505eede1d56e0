"""Large synthetic files for the benchmark, made with the codec itself; no real data."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from x12 import (
    Adjustment,
    Amount,
    BillingLevel,
    Claim,
    ClaimPayment,
    Claims837P,
    Contact,
    Dated,
    Envelope,
    HealthCode,
    Outgoing,
    Party,
    PatientLevel,
    Procedure,
    ProviderAdjustment,
    Reference,
    Remittance835,
    ServiceLine,
    ServicePayment,
    SubscriberLevel,
    npi_is_valid,
    write,
)

_LAST = [
    "SMITH",
    "JOHNSON",
    "WILLIAMS",
    "BROWN",
    "JONES",
    "GARCIA",
    "MILLER",
    "DAVIS",
    "NGUYEN",
    "LEE",
    "WALKER",
    "HALL",
]
_FIRST = ["JAMES", "MARY", "ROBERT", "PATRICIA", "JOHN", "JENNIFER", "SOFIA", "LUIS", "AMIR", "MEI"]
_SERVICES = [
    ("99213", 125),
    ("99214", 185),
    ("93000", 60),
    ("36415", 15),
    ("85025", 35),
    ("20610", 240),
    ("97110", 70),
    ("90471", 32),
]
_DIAGNOSES = ["E119", "I10", "J069", "M545", "E785", "F411", "Z0000", "R079"]
_WHEN = dt.datetime(2026, 1, 5, 8, 30)  # noqa: DTZ001 - envelopes carry no time zone


def make_npi(number: int) -> str:
    """The NPI whose first nine digits are ``1`` and this number."""
    base = f"1{number % 10**8:08}"
    return next(base + str(d) for d in range(10) if npi_is_valid(base + str(d)))


def _envelope(number: int) -> Envelope:
    return Envelope("BENCHSENDER", "BENCHRECEIVER", number, _WHEN, usage="T")


def remittance_835(claims: int, seed: int = 835) -> bytes:
    """A balanced 835 with two or three lines a claim, denials and provider adjustments."""
    rng = random.Random(seed)
    clinic = make_npi(123456789)
    remittance = Remittance835(
        "I",
        Decimal(0),
        "C",
        "ACH",
        _WHEN.date(),
        f"EFT{seed}",
        "1512345678",
        payment_format="CCP",
        sender_bank=("01", "999999992", "DA", "123456"),
        originator_id="1512345678",
        receiver_bank=("01", "999988880", "DA", "98765"),
        payer=Party(
            "PR",
            name="BENCH HEALTH PLAN",
            address1="1 PAYER PLAZA",
            city="HARTFORD",
            state="CT",
            postal_code="061030001",
            contacts=[Contact("BL", "EDI SUPPORT", (("TE", "8005550199"),))],
        ),
        payee=Party(
            "PE",
            name="BENCH CLINIC",
            id_qualifier="XX",
            id=clinic,
            references=[Reference("TJ", "371234567")],
        ),
    )
    paid = Decimal(0)
    for index in range(claims):
        claim = _payment(rng, index)
        paid += claim.paid
        remittance.add(claim)
    recouped = ProviderAdjustment(clinic, dt.date(2026, 12, 31), "WO", "RECOUP1", Decimal("12.50"))
    remittance.provider_adjustments.append(recouped)
    remittance.amount = paid - recouped.amount
    return write(_envelope(835), [Outgoing("0001", remittance)], verify=False).data


def _payment(rng: random.Random, index: int) -> ClaimPayment:
    day = dt.date(2025, 10, 1) + dt.timedelta(days=rng.randrange(80))
    denied = rng.random() < 0.08
    lines = []
    for number in range(rng.choice((2, 2, 3))):
        code, price = rng.choice(_SERVICES)
        charge = Decimal(price)
        allowed = Decimal(0) if denied else (charge * rng.randrange(45, 90) / 100)
        lines.append(
            ServicePayment(
                Procedure("HC", code),
                charge,
                allowed,
                units=Decimal(1),
                dates=[Dated("472", day)],
                adjustments=[Adjustment("CO", "16" if denied else "45", charge - allowed)],
                references=[Reference("6R", f"ACCT{index}L{number + 1}")],
                amounts=[] if denied else [Amount("B6", allowed)],
            )
        )
    charge = sum((line.charge for line in lines), Decimal(0))
    paid = sum((line.paid for line in lines), Decimal(0))
    name = rng.choice(_LAST)
    return ClaimPayment(
        f"ACCT{index + 1:07}",
        "1",
        charge,
        paid,
        None,
        "12",
        str(2026000000000 + index),
        "11",
        "1",
        patient=Party(
            "QC", "1", name, rng.choice(_FIRST), id_qualifier="MI", id=f"W{rng.randrange(10**9):09}"
        ),
        rendering=Party(
            "82",
            "1",
            rng.choice(_LAST),
            rng.choice(_FIRST),
            id_qualifier="XX",
            id=make_npi(rng.randrange(400)),
        ),
        references=[Reference("EA", f"MRN{rng.randrange(10**7):07}")],
        dates=[Dated("232", day), Dated("233", day), Dated("050", dt.date(2025, 12, 28))],
        amounts=[Amount("AU", paid)],
        lines=lines,
    )


def claims_837(claims: int, seed: int = 837) -> bytes:
    """An 837P with dependents, one to four lines a claim."""
    rng = random.Random(seed)
    outgoing = []
    for start in range(0, claims, 5000):
        batch = Claims837P(
            f"BATCH{start}",
            _WHEN.date(),
            "0830",
            Party(
                "41",
                name="BENCH BILLING",
                id_qualifier="46",
                id="SBS0001",
                contacts=[Contact("IC", "EDI DESK", (("TE", "2175550100"),))],
            ),
            Party("40", name="BENCH HEALTH PLAN", id_qualifier="46", id="SHP001"),
        )
        billing = _billing(start)
        for index in range(start, min(start + 5000, claims)):
            if index % 250 == 0:
                billing = _billing(index)
            _add(batch, rng, index, billing)
        outgoing.append(Outgoing(f"{start // 5000 + 1:04}", batch))
    return write(_envelope(837), outgoing, verify=False).data


def _billing(index: int) -> BillingLevel:
    return BillingLevel(
        Party(
            "85",
            name="BENCH CLINIC",
            id_qualifier="XX",
            id=make_npi(index),
            address1="22 CLINIC WAY",
            city="SPRINGFIELD",
            state="IL",
            postal_code="627010001",
            references=[Reference("EI", "371234567")],
        ),
        "207Q00000X",
    )


def _person(rng: random.Random, entity: str, born: int) -> Party:
    return Party(
        entity,
        "1",
        rng.choice(_LAST),
        rng.choice(_FIRST),
        address1=f"{rng.randrange(9999)} MAIN ST",
        city="SPRINGFIELD",
        state="IL",
        postal_code="62704",
        gender=rng.choice("MF"),
        birth_date=dt.date(born, 1, 1) + dt.timedelta(days=rng.randrange(9000)),
    )


def _add(batch: Claims837P, rng: random.Random, index: int, billing: BillingLevel) -> None:
    dependent = rng.random() < 0.25
    member = _person(rng, "IL", 1950)
    member.id_qualifier, member.id = "MI", f"W{rng.randrange(10**9):09}"
    subscriber = SubscriberLevel(
        relationship="" if dependent else "18",
        group_number=f"GRP{rng.randrange(10**4):04}",
        filing_indicator="CI",
        subscriber=member,
        payer=Party("PR", name="BENCH HEALTH PLAN", id_qualifier="PI", id="SHP001"),
    )
    day = dt.date(2025, 10, 1) + dt.timedelta(days=rng.randrange(80))
    chosen = rng.sample(_DIAGNOSES, rng.randrange(1, 5))
    lines = []
    for number in range(1, rng.choice((1, 2, 2, 3, 4)) + 1):
        code, price = rng.choice(_SERVICES)
        lines.append(
            ServiceLine(
                number,
                Procedure("HC", code),
                Decimal(price),
                quantity=Decimal(1),
                pointers=tuple(range(1, min(len(chosen), 4) + 1)),
                dates=[Dated("472", day)],
                references=[Reference("6R", f"ACCT{index}L{number}")],
            )
        )
    claim = Claim(
        f"ACCT{index + 1:07}",
        sum((line.charge for line in lines), Decimal(0)),
        "11",
        provider_signature="Y",
        codes=[HealthCode("ABF" if at else "ABK", code) for at, code in enumerate(chosen)],
        rendering=Party(
            "82",
            "1",
            rng.choice(_LAST),
            rng.choice(_FIRST),
            id_qualifier="XX",
            id=make_npi(rng.randrange(400)),
            provider_role="PE",
            taxonomy="207Q00000X",
        ),
        lines=lines,
    )
    patient = PatientLevel("19", _person(rng, "QC", 2005)) if dependent else None
    batch.add(claim, billing=billing, subscriber=subscriber, patient=patient)
