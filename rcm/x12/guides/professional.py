"""005010X222A1: health care claim, professional (837P)."""

from __future__ import annotations

from typing import Final

from rcm.x12.guides.claims import (
    BHT, CN1, DELAYS, K3, PWK, RECEIVER, SERVICE_CODES, SUBMITTER, billing_level, drug, hi,
    line_payment, note, other_payer, other_provider, provider_loop, repricing, subscriber_level,
)  # fmt: skip
from rcm.x12.guides.common import NO_NAME, amt, dtp, per, procedure, qty, ref
from rcm.x12.model.claims import (
    Ambulance, Claim, Claims837P, Form, ServiceLine, Spinal,
)  # fmt: skip
from rcm.x12.model.values import Condition, Measurement
from rcm.x12.schema import Guide, N, R, S, SegmentUse, loop, seg

_CAUSES: Final = "AA EM OA"


def _crc(title: str, max: int, category: str, response: str, codes: str, count: int) -> SegmentUse:  # noqa: A002
    more = [S("codes", codes)] * (count - 1) + [N] * (5 - count)
    return seg("CRC", title, "S", max, R("category", category), R("response", response),
               R("codes", codes), *more, into="conditions", many=True, make=Condition)  # fmt: skip


_AMBULANCE_CODES: Final = "01 04 05 06 07 08 09 12"
_AMBULANCE: Final = seg(
    "CR1", "ambulance transport", "S", 1, S("", "LB"), S("weight"), N, R("reason", "A B C D E"),
    R("", "DH"), R("miles"), N, N, S("round_trip_purpose"), S("stretcher_purpose"),
    into="ambulance", make=Ambulance,
)  # fmt: skip
_PHONE: Final = per("contact", "S", 1, "IC", "TE", "EX")
_LOCATION: Final = "0B 1G G2 LU"

_LINE: Final = loop(
    "2400", "service line", "R", 50,
    seg("LX", "line number", "R", 1, R("number")),
    seg(
        "SV1", "professional service", "R", 1, procedure("R", "procedure", SERVICE_CODES),
        R("charge"), R("unit", "MJ UN"), R("quantity"), S("place_of_service"), N,
        R("pointers", of=(R(), S(), S(), S()), kind="pointers"), N, S("emergency", "Y"), N,
        S("epsdt", "Y"), S("family_planning", "Y"), N, N, S("copay_exempt", "0"),
        N, N, N, N, N, N,
    ),
    seg("SV5", "durable medical equipment", "S", 1, R(of=(R("", "HC"), R())), R("", "DA"), R(), R(),
        R(), R("", "1 4 6"), shape="raw", into="dme"),
    PWK,
    _AMBULANCE,
    seg("CR3", "equipment certification", "S", 1, R("type", "I R S"), R("unit", "MO"), R("months", kind="text"),
        N, N, shape="tuple", into="dme_certification"),
    _crc("ambulance certification", 3, "07", "N Y", _AMBULANCE_CODES, 5),
    _crc("hospice employee", 1, "70", "N Y", "65", 1),
    _crc("equipment condition", 1, "09", "N Y", "38 ZV", 2),
    dtp("service date", "R", 1, "472", "D8 RD8"),
    dtp("prescription date", "S", 1, "471"),
    dtp("certification revision date", "S", 1, "607"),
    dtp("begin therapy date", "S", 1, "463"),
    dtp("last certification date", "S", 1, "461"),
    dtp("last seen date", "S", 1, "304"),
    dtp("test date", "S", 2, "738 739"),
    dtp("shipped date", "S", 1, "011"),
    dtp("last X-ray date", "S", 1, "455"),
    dtp("initial treatment date", "S", 1, "454"),
    qty("ambulance patients", "S", 1, "PT"),
    qty("obstetric additional units", "S", 1, "FL"),
    seg("MEA", "test result", "S", 5, R("reference", "OG TR"), R("qualifier", "HT R1 R2 R3 R4"),
        R("value"), into="measurements", many=True, make=Measurement),
    CN1,
    ref("repriced line number", "S", 1, "9B"),
    ref("adjusted repriced line number", "S", 1, "9D"),
    ref("prior authorization", "S", 5, "G1", related="2U"),
    ref("line item control number", "S", 1, "6R"),
    ref("mammography certification", "S", 1, "EW"),
    ref("CLIA number", "S", 1, "X4"),
    ref("referring CLIA number", "S", 1, "F4"),
    ref("immunization batch number", "S", 1, "BT"),
    ref("referral number", "S", 5, "9F", related="2U"),
    amt("sales tax", "S", 1, "T"),
    amt("postage", "S", 1, "F4"),
    K3,
    note("line note", 1, "ADD DCP"),
    note("third party note", 1, "TPO"),
    seg("PS1", "purchased service", "S", 1, R("provider"), R("charge"), N, shape="tuple",
        into="purchased"),
    repricing("MJ UN", SERVICE_CODES),
    drug("EN EO HI N4 ON UK UP"),
    provider_loop("2420A", "rendering provider", "rendering", "82", "1 2", _LOCATION, role="PE",
                  related="2U", ref_max=20),
    provider_loop("2420B", "purchased service provider", "purchased_provider", "QB", "1 2",
                  "0B 1G G2", related="2U", ref_max=20, first=NO_NAME, person=""),
    provider_loop("2420C", "service facility", "facility", "77", "2", "G2 LU", related="2U",
                  ref_max=3, address="R", person=""),
    provider_loop("2420D", "supervising provider", "supervising", "DQ", "1", _LOCATION,
                  related="2U", ref_max=20),
    provider_loop("2420E", "ordering provider", "ordering", "DK", "1", "0B 1G G2", related="2U",
                  ref_max=20, address="S", phone=per("contact", "S", 1, "IC")),
    provider_loop("2420F", "referring provider", "referring", "DN P3", "1", "0B 1G G2",
                  related="2U", ref_max=20, max=2),
    provider_loop("2420G", "ambulance pick-up", "pickup", "PW", "2", "", address="R",
                  first=NO_NAME, person="", ids=""),
    provider_loop("2420H", "ambulance drop-off", "dropoff", "45", "2", "", address="R",
                  first=S("name"), person="", ids=""),
    line_payment(SERVICE_CODES, revenue=False),
    loop(
        "2440", "form", "S", 0,
        seg("LQ", "form", "R", 1, R("qualifier", "AS UT"), R("code")),
        seg("FRM", "answer", "R", 99, R("question"), S("response", "N W Y"), S("text"),
            S("date", kind="text"), S("percent", kind="text"), shape="tuple", into="answers",
            many=True),
        make=Form, into="forms", many=True,
    ),
    make=ServiceLine, into="lines", many=True,
)  # fmt: skip

_CLAIM: Final = loop(
    "2300", "claim", "S", 100,
    seg(
        "CLM", "claim", "R", 1, R("patient_control_number"), R("charge"), N, N,
        R(of=(R("facility_code"), R("facility_qualifier", "B"), R("frequency"))),
        R("provider_signature", "N Y"), R("assignment", "A B C"),
        R("benefits_assigned", "N W Y"), R("release", "I Y"), S("patient_signature", "P"),
        S(of=(R("related_causes", _CAUSES), S("related_causes", _CAUSES), N, S("accident_state"),
              S("accident_country"))),
        S("special_program", "02 03 05 09"), N, N, N, N, N, N, N, S("delay_reason", DELAYS),
    ),
    dtp("onset of illness", "S", 1, "431"),
    dtp("initial treatment", "S", 1, "454"),
    dtp("last seen", "S", 1, "304"),
    dtp("acute manifestation", "S", 1, "453"),
    dtp("accident", "S", 1, "439"),
    dtp("last menstrual period", "S", 1, "484"),
    dtp("last X-ray", "S", 1, "455"),
    dtp("prescription", "S", 1, "471"),
    dtp("disability", "S", 1, "314 360 361", "D8 RD8"),
    dtp("last worked", "S", 1, "297"),
    dtp("return to work", "S", 1, "296"),
    dtp("admission", "S", 1, "435"),
    dtp("discharge", "S", 1, "096"),
    dtp("assumed and relinquished care", "S", 2, "090 091"),
    dtp("first contact", "S", 1, "444"),
    dtp("repricer received", "S", 1, "050"),
    PWK,
    CN1,
    amt("patient paid", "S", 1, "F5"),
    ref("service authorization exception", "S", 1, "4N"),
    ref("Medicare section 4081", "S", 1, "F5"),
    ref("mammography certification", "S", 1, "EW"),
    ref("referral number", "S", 1, "9F"),
    ref("prior authorization", "S", 1, "G1"),
    ref("payer claim control number", "S", 1, "F8"),
    ref("CLIA number", "S", 1, "X4"),
    ref("repriced claim number", "S", 1, "9A"),
    ref("adjusted repriced claim number", "S", 1, "9C"),
    ref("investigational device exemption", "S", 1, "LX"),
    ref("clearinghouse claim number", "S", 1, "D9"),
    ref("medical record number", "S", 1, "EA"),
    ref("demonstration project", "S", 1, "P4"),
    ref("care plan oversight", "S", 1, "1J"),
    K3,
    note("claim note", 1, "ADD CER DCP DGN TPO"),
    _AMBULANCE,
    seg("CR2", "spinal manipulation", "S", 1, N, N, N, N, N, N, N, R("nature", "A C D E F G M"), N,
        S("description"), S("description2"), N, into="spinal", make=Spinal),
    _crc("ambulance certification", 3, "07", "N Y", _AMBULANCE_CODES, 5),
    _crc("vision condition", 3, "E1 E2 E3", "N Y", "L1 L2 L3 L4 L5", 5),
    _crc("homebound", 1, "75", "Y", "IH", 1),
    _crc("EPSDT referral", 1, "ZZ", "N Y", "AV NU S2 ST", 3),
    hi("diagnosis", "R", 1, "ABK BK", "ABF BF", count=12),
    hi("anesthesia related procedure", "S", 1, "BP", "BO", count=2),
    hi("condition code", "S", 2, "BG", count=12),
    repricing("", ""),
    provider_loop("2310A", "referring provider", "referring", "DN P3", "1", "0B 1G G2", max=2,
                  ref_max=3),
    provider_loop("2310B", "rendering provider", "rendering", "82", "1 2", _LOCATION, role="PE"),
    provider_loop("2310C", "service facility", "facility", "77", "2", "0B G2 LU", ref_max=3,
                  address="R", person="", phone=_PHONE),
    provider_loop("2310D", "supervising provider", "supervising", "DQ", "1", _LOCATION),
    provider_loop("2310E", "ambulance pick-up", "pickup", "PW", "2", "", address="R",
                  first=NO_NAME, person="", ids=""),
    provider_loop("2310F", "ambulance drop-off", "dropoff", "45", "2", "", address="R",
                  first=S("name"), person="", ids=""),
    other_payer((
        other_provider("2330C", "other payer's referring provider", "DN P3", "1", "0B 1G G2", 2),
        other_provider("2330D", "other payer's rendering provider", "82", "1 2", _LOCATION),
        other_provider("2330E", "other payer's service facility", "77", "2", "0B G2 LU"),
        other_provider("2330F", "other payer's supervising provider", "DQ", "1", _LOCATION),
        other_provider("2330G", "other payer's billing provider", "85", "1 2", "G2 LU"),
    ), inpatient=False),
    _LINE,
    make=Claim, into="claims", many=True, claim=True,
)  # fmt: skip

PROFESSIONAL: Final = Guide(
    kind="837P",
    transaction="837",
    functional_id="HC",
    version="005010X222A1",
    versions=("005010X222A1", "005010X222", "005010X222A2"),
    title="Health care claim: professional",
    blank=lambda: Claims837P("", None, ""),
    root=loop(
        "ST", "claims", "R", 1,
        BHT, SUBMITTER, RECEIVER,
        billing_level("1 2", "EI SY", True, subscriber_level(_CLAIM, professional=True)),
    ),
)  # fmt: skip
