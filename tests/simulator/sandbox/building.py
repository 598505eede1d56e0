"""Claims and inquiries as a practice would send them, for tests: typed X12 in a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import x12

NOW = dt.datetime(2026, 10, 14, 14, 30, tzinfo=dt.UTC)
"""A Wednesday."""
TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)

CLINIC_NPI = "1234567893"
DOCTOR_NPI = "1245319599"
CLIA = "14D1234567"

MEMBERS = {
    "SMED1": "1EG4TE5MK05",
    "SMCD1": "300400500604",
    "BEACN": "BHP40050004",
    "UNMUT": "UM70080004",
}
"""A member in good standing at each payer, whose deductible is met (see `member`)."""

FILING = {"SMED1": "MB", "SMCD1": "MC", "BEACN": "CI", "UNMUT": "CI"}
CHARGES = {
    "99213": "185",
    "99214": "260",
    "99215": "365",
    "87880": "45",
    "20610": "150",
    "36415": "25",
    "80053": "40",
    "84443": "55",
    "85025": "30",
    "93000": "45",
    "99396": "255",
    "17110": "250",
    "11042": "270",
    "20552": "130",
    "69210": "110",
    "G0439": "270",
    "90471": "50",
    "90656": "45",
    "90715": "85",
    "10060": "270",
    "11102": "225",
    "11103": "115",
    "G2211": "35",
    "71046": "85",
}


def member(payer: str, ending: str = "04") -> str:
    """The payer's test member whose ID ends so: see `simulator.sandbox.members.Scenario`."""
    return MEMBERS[payer][:-2] + ending


def line(
    code: str,
    *modifiers: str,
    charge: str = "",
    units: int = 1,
    on: dt.date = YESTERDAY,
    place: str = "",
    pointers: tuple[int, ...] = (1,),
) -> x12.ServiceLine:
    """A service line; its charge is the clinic's usual one."""
    return x12.ServiceLine(
        number=0,
        procedure=x12.Procedure("HC", code, modifiers),
        charge=Decimal(charge or CHARGES[code]),
        quantity=Decimal(units),
        place_of_service=place,
        pointers=pointers,
        dates=[x12.Dated("472", on)],
    )


def claim(
    account: str,
    *lines: x12.ServiceLine,
    diagnoses: Sequence[str] = ("J029",),
    frequency: str = "1",
    original: str = "",
    clia: str = CLIA,
    references: Sequence[x12.Reference] = (),
    place: str = "11",
    rendering: str = DOCTOR_NPI,
    taxonomy: str = "207Q00000X",
) -> x12.Claim:
    """A claim with its lines numbered and each under its control number."""
    for number, item in enumerate(lines, start=1):
        item.number = number
        item.references.append(x12.Reference("6R", f"{account}-{number}"))
    refs = list(references)
    if original:
        refs.append(x12.Reference("F8", original))
    if clia and any(item.procedure and item.procedure.code.startswith("8") for item in lines):
        refs.append(x12.Reference("X4", clia))
    return x12.Claim(
        account,
        sum((item.charge for item in lines), Decimal(0)),
        facility_code=place,
        frequency=frequency,
        provider_signature="Y",
        references=refs,
        codes=[
            x12.HealthCode("ABK" if position == 0 else "ABF", code)
            for position, code in enumerate(diagnoses)
        ],
        rendering=x12.Party(
            "82",
            "1",
            "WELBY",
            "MARCUS",
            id_qualifier="XX",
            id=rendering,
            provider_role="PE",
            taxonomy=taxonomy,
        ),
        lines=list(lines),
    )


def clinic(**changes: str) -> x12.BillingLevel:
    """The billing provider."""
    values: dict[str, Any] = {
        "name": "MAPLE STREET FAMILY MEDICINE",
        "id": CLINIC_NPI,
        "address1": "22 MAPLE ST",
        "city": "SPRINGFIELD",
        "state": "IL",
        "postal_code": "627010001",
        **changes,
    }
    tax_id = values.pop("tax_id", "371234567")
    return x12.BillingLevel(
        taxonomy=values.pop("taxonomy", "207Q00000X"),
        provider=x12.Party(
            "85",
            id_qualifier="XX",
            **values,
            references=[x12.Reference("EI", tax_id)] if tax_id else [],
        ),
    )


def subscriber(payer: str, member_id: str = "", **changes: str) -> x12.SubscriberLevel:
    """The patient, who is the subscriber, at this payer."""
    return x12.SubscriberLevel(
        responsibility=changes.get("responsibility", "P"),
        relationship="18",
        filing_indicator=FILING.get(payer, "CI"),
        subscriber=x12.Party(
            "IL",
            "1",
            "RIVERA",
            "ANNA",
            id_qualifier="MI",
            id=member_id or MEMBERS[payer],
            address1="5 MAIN ST",
            city="SPRINGFIELD",
            state="IL",
            postal_code="62704",
            birth_date=dt.date(1980, 2, 1),
            gender="F",
        ),
        payer=x12.Party("PR", name=payer, id_qualifier="PI", id=payer),
    )


def row(
    payer: str,
    body: x12.Claim,
    member_id: str = "",
    *,
    billing: x12.BillingLevel | None = None,
    person: x12.SubscriberLevel | None = None,
) -> x12.ClaimRow:
    """A claim with everything that stands above it."""
    return x12.ClaimRow(billing or clinic(), person or subscriber(payer, member_id), None, body)


def batch(rows: Sequence[x12.ClaimRow], reference: str = "B000017") -> x12.Claims837P:
    """The transaction set of these claims."""
    found = x12.Claims837P(
        reference=reference,
        created=TODAY,
        time="1030",
        submitter=x12.Party(
            "41",
            name="MAPLE STREET FAMILY MEDICINE",
            id_qualifier="46",
            id="FIRSTPASS",
            contacts=[x12.Contact("IC", "EDI DESK", (("TE", "2175550100"),))],
        ),
        receiver=x12.Party("40", name="SANDBOX CLEARINGHOUSE", id_qualifier="46", id="SANDBOX"),
    )
    for item in rows:
        found.add(item.claim, billing=item.billing, subscriber=item.subscriber)
    return found


def file_of(
    rows: Sequence[x12.ClaimRow], control: int = 17, *, reference: str = "B000017"
) -> bytes:
    """The 837P file of these claims."""
    return x12.write_interchange(
        x12.Envelope(
            "FIRSTPASS",
            "SANDBOX",
            control_number=control,
            created=NOW.replace(tzinfo=None),
            usage="T",
        ),
        [x12.Outgoing("0001", batch(rows, reference))],
    )


def inquiry(
    payer: str,
    member_id: str = "",
    *,
    last: str = "RIVERA",
    birth_date: dt.date | None = dt.date(1980, 2, 1),
    npi: str = CLINIC_NPI,
    control: int = 31,
    trace: str = "EC00000031",
    on: dt.date = TODAY,
) -> bytes:
    """A 270 for one subscriber."""
    person = x12.MemberLevel(
        party=x12.Party(
            "IL",
            "1",
            last,
            "ANNA",
            id_qualifier="MI",
            id=member_id or MEMBERS[payer],
            birth_date=birth_date,
        ),
        dates=[x12.Dated("291", on)],
        traces=[x12.Trace("1", trace, "9FIRSTPASS")],
        inquiries=[x12.Inquiry(service_types=("30",))],
    )
    asked = x12.Eligibility270(
        reference=trace,
        created=TODAY,
        time="1030",
        sources=[
            x12.SourceLevel(
                party=x12.Party("PR", name=payer, id_qualifier="PI", id=payer),
                receivers=[
                    x12.ReceiverLevel(
                        party=x12.Party("1P", name="MAPLE STREET", id_qualifier="XX", id=npi),
                        members=[person],
                    )
                ],
            )
        ],
    )
    return x12.write_interchange(
        x12.Envelope(
            "FIRSTPASS",
            "SANDBOX",
            control_number=control,
            created=NOW.replace(tzinfo=None),
            usage="T",
        ),
        [x12.Outgoing("0001", asked)],
    )
