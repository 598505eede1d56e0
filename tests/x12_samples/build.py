"""Builders: one rich, valid object for each transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import x12
from x12 import (
    AcknowledgedTransaction,
    Acknowledgement999,
    Adjustment,
    Amount,
    Attachment,
    Benefit,
    BillingLevel,
    Claim,
    ClaimAcknowledgement277CA,
    ClaimPayment,
    Claims837I,
    Claims837P,
    ClaimStatus,
    Condition,
    Contact,
    Dated,
    Delivery,
    Drug,
    ElementError,
    Eligibility270,
    Eligibility271,
    Envelope,
    ErrorContext,
    HealthCode,
    Inquiry,
    LinePayment,
    LineStatus,
    MemberLevel,
    Note,
    OtherPayer,
    Outgoing,
    Outpatient,
    Party,
    PatientLevel,
    PaymentGroup,
    Procedure,
    ProviderAdjustment,
    Quantity,
    ReceiverLevel,
    Reference,
    Rejection,
    Relation,
    Remark,
    Remittance835,
    SegmentError,
    ServiceLine,
    ServicePayment,
    SourceLevel,
    Status,
    StatusCode,
    StatusMember,
    StatusProvider,
    StatusReceiver,
    StatusRequest276,
    StatusResponse277,
    StatusSource,
    SubscriberLevel,
    Trace,
)

D = Decimal
DAY = dt.date(2026, 1, 2)
NPI, NPI2 = "1234567893", "1245319599"


def envelope(number: int = 17, **changes) -> Envelope:
    values: dict[str, Any] = {
        "sender": "FIRSTPASS",
        "receiver": "PAYERHUB",
        "control_number": number,
        "created": dt.datetime(2026, 1, 5, 9, 30),
        "usage": "T",
    } | changes
    return Envelope(**values)


def data(content: Any, **changes) -> bytes:
    """The content as one file."""
    return x12.write(envelope(**changes), [Outgoing("0001", content)]).data


def person(entity: str = "IL", **changes) -> Party:
    values: dict[str, Any] = {
        "kind": "1",
        "name": "SAMPLE",
        "first": "ANNA",
        "middle": "B",
        "id_qualifier": "MI",
        "id": "W123456789",
        "address1": "5 MAIN ST",
        "city": "SPRINGFIELD",
        "state": "IL",
        "postal_code": "62704",
        "birth_date": dt.date(1980, 2, 1),
        "gender": "F",
    } | changes
    return Party(entity, **values)


def provider(entity: str, **changes) -> Party:
    values: dict[str, Any] = {
        "kind": "1",
        "name": "WELBY",
        "first": "MARCUS",
        "id_qualifier": "XX",
        "id": NPI2,
    }
    return Party(entity, **(values | changes))


def payer(entity: str = "PR", **changes) -> Party:
    values: dict[str, Any] = {
        "name": "SYNTHETIC HEALTH PLAN",
        "id_qualifier": "PI",
        "id": "SHP001",
    } | changes
    return Party(entity, **values)


def clinic() -> BillingLevel:
    return BillingLevel(
        Party(
            "85",
            name="FAMILY CLINIC",
            id_qualifier="XX",
            id=NPI,
            address1="22 CLINIC WAY",
            address2="SUITE 100",
            city="SPRINGFIELD",
            state="IL",
            postal_code="627010001",
            references=[Reference("EI", "371234567")],
            contacts=[Contact("IC", "DESK", (("TE", "2175550100"), ("EX", "12")))],
        ),
        taxonomy="207Q00000X",
        pay_to=Party(
            "87", address1="PO BOX 1", city="SPRINGFIELD", state="IL", postal_code="627010002"
        ),
    )


def subscriber(**changes) -> SubscriberLevel:
    values: dict[str, Any] = {
        "responsibility": "P",
        "relationship": "18",
        "group_number": "GRP1",
        "filing_indicator": "CI",
        "subscriber": person(),
        "payer": payer(),
    } | changes
    return SubscriberLevel(**values)


def line(number: int = 1, charge: str = "125", **changes) -> ServiceLine:
    values: dict[str, Any] = {
        "procedure": Procedure("HC", "99213", ("25",)),
        "charge": D(charge),
        "quantity": D(1),
        "pointers": (1,),
        "dates": [Dated("472", DAY)],
        "references": [Reference("6R", f"L{number}")],
    } | changes
    return ServiceLine(number, **values)


def claim(number: str = "ACCT1", **changes) -> Claim:
    values: dict[str, Any] = {
        "charge": D(125),
        "facility_code": "11",
        "provider_signature": "Y",
        "codes": [HealthCode("ABK", "J069")],
        "rendering": provider("82"),
        "lines": [line()],
    } | changes
    return Claim(number, **values)


def batch(*rows, kind: type[Any] = Claims837P) -> Any:
    """An 837 of (claim, subscriber, patient) rows below one clinic."""
    content = kind(
        "BATCH17",
        dt.date(2026, 1, 5),
        "0930",
        Party(
            "41",
            name="FIRSTPASS CLINIC",
            id_qualifier="46",
            id="FP001",
            contacts=[Contact("IC", "EDI DESK", (("TE", "2175550100"),))],
        ),
        Party("40", name="PAYER HUB", id_qualifier="46", id="HUB1"),
    )
    billing = clinic()
    for row in rows or [(claim(), subscriber(), None)]:
        content.add(row[0], billing=billing, subscriber=row[1], patient=row[2])
    return content


def rich_claim() -> Claim:
    """Nearly everything of the 837P."""
    other = OtherPayer(
        "P",
        "18",
        "OG1",
        "OTHER GROUP",
        "",
        "CI",
        [Adjustment("CO", "45", D("10.50"))],
        [Amount("D", D("200")), Amount("EAF", D("5"))],
        benefits_assigned="Y",
        release="Y",
        outpatient=Outpatient(D("0.8"), D("10.5"), ("MA18", "N89")),
        subscriber=person("IL", id="X1", birth_date=None, gender=""),
        payer=payer(name="OTHER PLAN", id="OTH01", references=[Reference("F8", "PCN9")]),
    )
    paid = LinePayment(
        "OTH01",
        D("100"),
        Procedure("HC", "99213", ("25",)),
        quantity=D(1),
        adjustments=[
            Adjustment("CO", "45", D("15")),
            Adjustment("PR", "2", D("10")),
            Adjustment("PR", "3", D("0.50"), D(1)),
            Adjustment("PR", "1", D("-0.50")),
        ],
        dates=[Dated("573", dt.date(2025, 12, 1))],
        amounts=[Amount("EAF", D("5"))],
    )
    paid2 = LinePayment(
        "OTH01",
        D("100"),
        Procedure("HC", "J1885"),
        quantity=D(2),
        adjustments=[Adjustment("PR", "2", D("10"))],
        dates=[Dated("573", dt.date(2025, 12, 1))],
    )
    return claim(
        "RICH1",
        charge=D("245.50"),
        frequency="7",
        related_causes=("AA",),
        accident_state="IL",
        patient_signature="P",
        special_program="02",
        delay_reason="7",
        dates=[
            Dated("439", dt.date(2025, 11, 1)),
            Dated("435", DAY),
            Dated("314", dt.date(2025, 11, 1), dt.date(2025, 11, 20)),
        ],
        attachments=[Attachment("OZ", "EL", "AC", "ATT1"), Attachment("B4", "FX")],
        amounts=[Amount("F5", D("10"))],
        references=[
            Reference("9F", "REF1"),
            Reference("G1", "AUTH1"),
            Reference("F8", "PCN1"),
            Reference("X4", "14D1234567"),
            Reference("D9", "CH1"),
            Reference("EA", "MRN1"),
        ],
        fixed_information=["STATE SPECIFIC"],
        notes=[Note("ADD", "FREE TEXT")],
        conditions=[Condition("ZZ", "Y", ("ST",))],
        codes=[HealthCode("ABK", "J069"), HealthCode("ABF", "E119"), HealthCode("BG", "17")],
        referring=[provider("DN", id=NPI, references=[Reference("G2", "R1")])],
        rendering=provider("82", provider_role="PE", taxonomy="207Q00000X"),
        facility=Party(
            "77",
            name="MAIN SITE",
            id_qualifier="XX",
            id=NPI,
            address1="1 SITE RD",
            city="SPRINGFIELD",
            state="IL",
            postal_code="627010003",
        ),
        supervising=provider("DQ"),
        other_payers=[other],
        lines=[
            line(
                1,
                "125",
                place_of_service="11",
                emergency="Y",
                pointers=(1, 2),
                references=[Reference("G1", "LAUTH", "", ("2U", "OTH01")), Reference("6R", "L1")],
                payments=[paid],
            ),
            line(
                2,
                "110",
                procedure=Procedure("HC", "J1885", (), "KETOROLAC"),
                quantity=D(2),
                drug=Drug("00409379501", D("2"), "ML", references=[Reference("XZ", "RX1")]),
                ordering=provider("DK"),
                notes=[Note("ADD", "LINE NOTE")],
                payments=[paid2],
            ),
            line(
                3,
                "10.50",
                procedure=Procedure("HC", "36415"),
                unit="UN",
                dates=[Dated("472", DAY, dt.date(2026, 1, 3))],
                amounts=[Amount("T", D("0.50"))],
            ),
        ],
    )


def claims_837p() -> Any:
    """Three claims: plain, a dependent's, and a secondary one with everything."""
    child = PatientLevel("19", person("QC", first="BEN", id="", id_qualifier="", middle=""))
    parent = subscriber(relationship="")
    return batch(
        (claim("ACCT1"), subscriber(), None),
        (claim("ACCT2"), parent, child),
        (claim("ACCT3"), parent, child),
        (
            rich_claim(),
            subscriber(responsibility="S", filing_indicator="MB", insurance_type="12"),
            None,
        ),
    )


def claims_837i() -> Any:
    """An inpatient claim."""
    stay = claim(
        "INST1",
        charge=D("1500.25"),
        facility_code="11",
        facility_qualifier="A",
        provider_signature="",
        assignment="A",
        admission_type="3",
        admission_source="7",
        patient_status="01",
        dates=[
            Dated("096", text="1130", format="TM"),
            Dated("434", DAY, dt.date(2026, 1, 4)),
            Dated("435", DAY, time="0815"),
        ],
        codes=[
            HealthCode("ABK", "I214", present_on_admission="Y"),
            HealthCode("ABJ", "R079"),
            HealthCode("DR", "281"),
            HealthCode("ABF", "E119", present_on_admission="N"),
            HealthCode("BBR", "02703DZ", DAY),
            HealthCode("BI", "70", DAY, dt.date(2026, 1, 3)),
            HealthCode("BH", "11", DAY),
            HealthCode("BE", "80", amount=D("2")),
            HealthCode("BG", "C1"),
        ],
        rendering=None,
        attending=provider("71", provider_role="AT", taxonomy="207R00000X"),
        operating=provider("72", id=NPI),
        lines=[
            ServiceLine(1, None, D("1000.25"), "DA", D(2), revenue_code="0120"),
            ServiceLine(
                2,
                Procedure("HC", "92928"),
                D("500"),
                "UN",
                D(1),
                revenue_code="0481",
                dates=[Dated("472", DAY)],
                references=[Reference("6R", "I2")],
            ),
        ],
    )
    return batch((stay, subscriber(), None), kind=Claims837I)


def service(
    code: str = "99213", charge: str = "125", paid: str = "80", **changes
) -> ServicePayment:
    rest = D(charge) - D(paid)
    values: dict[str, Any] = {
        "units": D(1),
        "dates": [Dated("472", DAY)],
        "adjustments": [Adjustment("CO", "45", rest)] if rest else [],
        "references": [Reference("6R", "L1")],
        "amounts": [Amount("B6", D(paid))],
    } | changes
    return ServicePayment(Procedure("HC", code), D(charge), D(paid), **values)


def payment(number: str = "ACCT1", **changes) -> ClaimPayment:
    values: dict[str, Any] = {
        "status": "1",
        "charge": D(125),
        "paid": D(80),
        "filing_indicator": "12",
        "payer_control_number": "PCN1",
        "facility_code": "11",
        "frequency": "1",
        "patient": person(
            "QC", address1="", city="", state="", postal_code="", birth_date=None, gender=""
        ),
        "lines": [service()],
    } | changes
    return ClaimPayment(number, **values)


def remittance(*claims: ClaimPayment, amount: str | None = None, **changes) -> Remittance835:
    """A balanced 835."""
    paid = sum((c.paid for c in claims), D(0))
    adjustments = changes.pop("provider_adjustments", [])
    total = paid - sum((a.amount for a in adjustments), D(0))
    values: dict[str, Any] = {
        "payment_format": "CCP",
        "sender_bank": ("01", "999999992", "DA", "123456"),
        "originator_id": "1512345678",
        "receiver_bank": ("01", "999988880", "DA", "98765"),
        "references": [Reference("EV", "FIRSTPASS")],
        "dates": [Dated("405", DAY)],
        "payer": Party(
            "PR",
            name="SYNTHETIC HEALTH PLAN",
            address1="1 PAYER PLAZA",
            city="HARTFORD",
            state="CT",
            postal_code="061030001",
            references=[Reference("2U", "SHP001")],
            contacts=[
                Contact("CX", "", (("TE", "8005550100"),)),
                Contact("BL", "EDI", (("TE", "8005550199"),)),
            ],
        ),
        "payee": Party(
            "PE",
            name="FAMILY CLINIC",
            id_qualifier="XX",
            id=NPI,
            references=[Reference("TJ", "371234567")],
        ),
        "groups": [PaymentGroup("1", claims=list(claims))],
        "provider_adjustments": adjustments,
    } | changes
    return Remittance835(
        "I",
        D(amount) if amount else total,
        "C",
        "ACH",
        dt.date(2026, 1, 6),
        "EFT1",
        "1512345678",
        **values,
    )


def remittance_835() -> Remittance835:
    """Paid, denied, changed procedure, reversal and correction, claim level adjustment, PLB."""
    denied = payment(
        "ACCT2",
        paid=D(0),
        lines=[
            service(
                paid="0",
                adjustments=[Adjustment("CO", "16", D(125))],
                remarks=[Remark("HE", "N130"), Remark("HE", "MA130")],
            )
        ],
    )
    changed = payment(
        "ACCT3",
        charge=D("185"),
        paid=D("90.25"),
        patient_responsibility=D("20"),
        outpatient=Outpatient(remarks=("MA18", "N89")),
        rendering=provider("82"),
        crossover=payer("TT", name="NEXT PLAN", id="NXT1"),
        references=[Reference("EA", "MRN3")],
        dates=[Dated("232", DAY), Dated("233", DAY), Dated("050", DAY)],
        amounts=[Amount("AU", D("110.25"))],
        quantities=[Quantity("PS", D(1))],
        lines=[
            service(
                "99214",
                "185",
                "90.25",
                original=Procedure("HC", "99215"),
                original_units=D(1),
                revenue_code="0510",
                adjustments=[
                    Adjustment("CO", "45", D("74.75")),
                    Adjustment("PR", "2", D("15"), D(1)),
                    Adjustment("PR", "3", D("5")),
                ],
            )
        ],
    )
    reversal = payment(
        "ACCT4",
        status="22",
        charge=D(-125),
        paid=D(-80),
        lines=[service(charge="-125", paid="-80", adjustments=[Adjustment("CO", "45", D(-45))])],
    )
    corrected = payment(
        "ACCT4", paid=D("85"), lines=[], adjustments=[Adjustment("CO", "45", D("40"))]
    )
    return remittance(
        payment(),
        denied,
        changed,
        reversal,
        corrected,
        provider_adjustments=[
            ProviderAdjustment(NPI, dt.date(2026, 12, 31), "WO", "RECOUP1", D("12.50")),
            ProviderAdjustment(NPI, dt.date(2026, 12, 31), "L6", "INT", D("-1.21")),
        ],
    )


def _source() -> Party:
    return payer(kind="2")


def eligibility_270() -> Eligibility270:
    child = MemberLevel(
        person("03", first="BEN", id="", id_qualifier=""),
        [Trace("1", "T2", "9FIRSTPASS")],
        Relation("N", "19"),
        dates=[Dated("291", DAY)],
        inquiries=[Inquiry(("98", "UC"), references=[Reference("9F", "REF1")])],
    )
    members = [
        MemberLevel(
            person(),
            [Trace("1", "T1", "9FIRSTPASS")],
            dates=[Dated("291", DAY)],
            inquiries=[Inquiry(("30",)), Inquiry((), Procedure("HC", "99213"))],
        ),
        MemberLevel(person(id="W2"), dependents=[child]),
    ]
    receiver = ReceiverLevel(provider("1P"), members)
    return Eligibility270("INQ1", DAY, "0930", [SourceLevel(_source(), [], [receiver])])


def eligibility_271() -> Eligibility271:
    entity = Party(
        "P3",
        "1",
        "JONES",
        "MARY",
        id_qualifier="XX",
        id=NPI2,
        contacts=[Contact("IC", "", (("TE", "2175550111"),))],
    )
    benefits = [
        Benefit("1", "IND", ("30", "98"), "HM", "GOLD PLAN", dates=[Dated("346", DAY)]),
        Benefit("C", "IND", ("30",), period="29", amount=D("250.75"), network="Y"),
        Benefit(
            "A",
            "IND",
            ("98",),
            percent=D("0.2"),
            authorization="N",
            network="Y",
            deliveries=[Delivery("VS", D(20), period="23")],
            messages=["CALL FIRST"],
        ),
        Benefit("L", entities=[entity], references=[Reference("18", "PLAN9")]),
    ]
    bad = MemberLevel(
        person(id="W9", rejections=[Rejection("N", "72", "C")]), [Trace("2", "T2", "9FIRSTPASS")]
    )
    good = MemberLevel(
        person(),
        [Trace("2", "T1", "9FIRSTPASS")],
        Relation("Y", "18"),
        dates=[Dated("346", DAY)],
        benefits=benefits,
    )
    receiver = ReceiverLevel(provider("1P"), [good, bad])
    return Eligibility271("INQ1", DAY, "0931", [SourceLevel(_source(), [], [receiver])], "11")


def _status_member(statuses: list[Status], line_statuses: list[Status]) -> StatusMember:
    asked = not statuses
    found = ClaimStatus(
        Trace("1" if asked else "2", "ACCT1"),
        statuses,
        [Reference("1K", "PCN1"), Reference("EJ", "ACCT1")],
        [Amount("T3", D(125))] if asked else [],
        [Dated("472", DAY)],
        [
            LineStatus(
                Procedure("HC", "99213", ("25",)),
                D(125),
                None if asked else D(80),
                quantity=D(1),
                statuses=line_statuses,
                references=[Reference("FJ", "L1")],
                dates=[Dated("472", DAY)],
            )
        ],
    )
    return StatusMember(
        person(address1="", city="", state="", postal_code="", birth_date=None, gender=""),
        [found],
        birth_date=dt.date(1980, 2, 1) if asked else None,
        gender="F" if asked else "",
    )


def _status_tree(member: StatusMember) -> list[StatusSource]:
    asker = Party("41", name="FIRSTPASS CLINIC", id_qualifier="46", id="FP001")
    clinic_ = provider("1P", kind="2", first="")
    return [
        StatusSource(
            _source(),
            receivers=[
                StatusReceiver(asker, providers=[StatusProvider(clinic_, members=[member])])
            ],
        )
    ]


def status_276() -> StatusRequest276:
    return StatusRequest276("ASK1", DAY, "0930", _status_tree(_status_member([], [])), "13")


def status_277() -> StatusResponse277:
    status = Status(
        (StatusCode("F1", "65"), StatusCode("F1", "3", "85")),
        DAY,
        "",
        D(125),
        D(80),
        DAY,
        "",
        DAY,
        "EFT1",
    )
    line_status = Status((StatusCode("F1", "65"),), DAY)
    member = _status_member([status], [line_status])
    return StatusResponse277("ANS1", DAY, "0931", _status_tree(member), "08", "DG")


def acknowledgement_277ca() -> ClaimAcknowledgement277CA:
    good = ClaimStatus(
        Trace("2", "ACCT1"),
        [Status((StatusCode("A2", "20"),), DAY, "WQ", D(125))],
        [Reference("1K", "PCN1")],
        [],
        [Dated("472", DAY)],
    )
    wrong = LineStatus(
        Procedure("HC", "99213"),
        D(125),
        references=[Reference("FJ", "L1")],
        statuses=[Status((StatusCode("A7", "507"),), None, "U")],
    )
    bad = ClaimStatus(
        Trace("2", "ACCT2"),
        [
            Status(
                (StatusCode("A7", "562", "82"), StatusCode("A7", "21")),
                DAY,
                "U",
                D(125),
                message="RENDERING NPI",
            )
        ],
        [],
        [],
        [Dated("472", DAY)],
        [wrong],
    )
    members = [
        StatusMember(
            person(
                "QC", address1="", city="", state="", postal_code="", birth_date=None, gender=""
            ),
            [c],
        )
        for c in (good, bad)
    ]
    counts: dict[str, Any] = {
        "quantities": [Quantity("90", D(1)), Quantity("AA", D(1))],
        "amounts": [Amount("YU", D(125)), Amount("YY", D(125))],
    }
    receiver = StatusReceiver(
        Party("41", name="FIRSTPASS CLINIC", id_qualifier="46", id="FP001"),
        Trace("2", "BATCH17"),
        [Status((StatusCode("A1", "19", "PR"),), DAY, "WQ", D(250))],
        **counts,
        providers=[StatusProvider(provider("85", kind="2", first=""), members=members)],
    )
    source = StatusSource(
        _source(), Trace("1", "RCPT1"), [Dated("050", DAY), Dated("009", DAY)], [receiver]
    )
    return ClaimAcknowledgement277CA("CA1", DAY, "0945", [source], "08", "TH")


def acknowledgement_999() -> Acknowledgement999:
    error = SegmentError(
        "NM1",
        8,
        "2010",
        "8",
        [ErrorContext("CLM01", "ACCT1")],
        [ElementError(9, None, None, "67", "7", "BAD"), ElementError(5, 1, 2, "1325", "1")],
    )
    return Acknowledgement999(
        "HC",
        "17",
        "005010X222A1",
        [
            AcknowledgedTransaction("837", "0001", "005010X222A1", "A"),
            AcknowledgedTransaction("837", "0002", "005010X222A1", "R", ("5",), [error]),
        ],
        "P",
        2,
        2,
        1,
    )


EVERYTHING: dict[str, Callable[[], Any]] = {
    "837P": claims_837p,
    "837I": claims_837i,
    "835": remittance_835,
    "270": eligibility_270,
    "271": eligibility_271,
    "276": status_276,
    "277": status_277,
    "277CA": acknowledgement_277ca,
    "999": acknowledgement_999,
}
