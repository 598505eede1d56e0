"""005010X223A2: health care claim, institutional (837I)."""

from __future__ import annotations

from typing import Final

from rcm.x12.guides.claims import (
    BHT, CN1, DELAYS, K3, PWK, RECEIVER, SUBMITTER, billing_level, drug, hi, line_payment, note,
    other_payer, other_provider, provider_loop, repricing, subscriber_level,
)  # fmt: skip
from rcm.x12.guides.common import amt, dtp, procedure, ref
from rcm.x12.model.claims import Claim, Claims837I, ServiceLine
from rcm.x12.model.values import Condition
from rcm.x12.schema import Guide, N, R, S, loop, seg

_SERVICE_CODES: Final = "ER HC HP IV WK"
_IDS: Final = "0B 1G G2 LU"

_LINE: Final = loop(
    "2400", "service line", "R", 999,
    seg("LX", "line number", "R", 1, R("number")),
    seg("SV2", "institutional service", "R", 1, R("revenue_code"),
        procedure("S", "procedure", _SERVICE_CODES), R("charge"), R("unit", "DA UN"),
        R("quantity"), N, S("noncovered"), N, N, N),
    PWK,
    dtp("service date", "S", 1, "472", "D8 RD8"),
    ref("line item control number", "S", 1, "6R"),
    ref("repriced line number", "S", 1, "9B"),
    ref("adjusted repriced line number", "S", 1, "9D"),
    amt("service tax", "S", 1, "GT"),
    amt("facility tax", "S", 1, "N8"),
    note("third party note", 1, "TPO"),
    repricing("DA UN", _SERVICE_CODES),
    drug("N4"),
    provider_loop("2420A", "operating physician", "operating", "72", "1", _IDS, related="2U",
                  ref_max=20),
    provider_loop("2420B", "other operating physician", "other_operating", "ZZ", "1", _IDS,
                  related="2U", ref_max=20),
    provider_loop("2420C", "rendering provider", "rendering", "82", "1", _IDS, related="2U",
                  ref_max=20),
    provider_loop("2420D", "referring provider", "referring", "DN", "1", "0B 1G G2", related="2U",
                  ref_max=20),
    line_payment(_SERVICE_CODES, revenue=True),
    make=ServiceLine, into="lines", many=True,
)  # fmt: skip

_CLAIM: Final = loop(
    "2300", "claim", "S", 100,
    seg("CLM", "claim", "R", 1, R("patient_control_number"), R("charge"), N, N,
        R(of=(R("facility_code"), R("facility_qualifier", "A"), R("frequency"))), N,
        R("assignment", "A B C"), R("benefits_assigned", "N W Y"), R("release", "I Y"),
        N, N, N, N, N, N, N, N, N, N, S("delay_reason", DELAYS)),
    dtp("discharge hour", "S", 1, "096", "TM"),
    dtp("statement dates", "R", 1, "434", "RD8"),
    dtp("admission", "S", 1, "435", "D8 DT"),
    dtp("repricer received", "S", 1, "050"),
    seg("CL1", "institutional claim code", "R", 1, R("admission_type"), S("admission_source"),
        R("patient_status"), N),
    PWK,
    CN1,
    amt("patient estimated amount due", "S", 1, "F3"),
    ref("service authorization exception", "S", 1, "4N"),
    ref("referral number", "S", 1, "9F"),
    ref("prior authorization", "S", 1, "G1"),
    ref("payer claim control number", "S", 1, "F8"),
    ref("repriced claim number", "S", 1, "9A"),
    ref("adjusted repriced claim number", "S", 1, "9C"),
    ref("investigational device exemption", "S", 5, "LX"),
    ref("clearinghouse claim number", "S", 1, "D9"),
    ref("auto accident state", "S", 1, "LU"),
    ref("medical record number", "S", 1, "EA"),
    ref("demonstration project", "S", 1, "P4"),
    ref("peer review authorization", "S", 1, "G4"),
    K3,
    note("claim note", 10, "ALG DCP DGN DME MED NTR ODT RHB RLH RNH SET SFM SPT UPI"),
    note("billing note", 1, "ADD"),
    seg("CRC", "EPSDT referral", "S", 1, R("category", "ZZ"), R("response", "N Y"),
        R("codes", "AV NU S2 ST"), S("codes", "AV NU S2 ST"), S("codes", "AV NU S2 ST"), N, N,
        into="conditions", many=True, make=Condition),
    hi("principal diagnosis", "R", 1, "ABK BK", present=True),
    hi("admitting diagnosis", "S", 1, "ABJ BJ"),
    hi("patient's reason for visit", "S", 1, "APR PR", count=3),
    hi("external cause of injury", "S", 1, "ABN BN", count=12, present=True),
    hi("diagnosis related group", "S", 1, "DR"),
    hi("other diagnosis", "S", 2, "ABF BF", count=12, present=True),
    hi("principal procedure", "S", 1, "BBR BR CAH", dated="D8", dated_usage="R"),
    hi("other procedure", "S", 2, "BBQ BQ", count=12, dated="D8", dated_usage="R"),
    hi("occurrence span", "S", 2, "BI", count=12, dated="RD8", dated_usage="R"),
    hi("occurrence", "S", 2, "BH", count=12, dated="D8", dated_usage="R"),
    hi("value", "S", 2, "BE", count=12, amount=True),
    hi("condition code", "S", 2, "BG", count=12),
    hi("treatment code", "S", 2, "TC", count=12),
    repricing("DA UN", _SERVICE_CODES),
    provider_loop("2310A", "attending provider", "attending", "71", "1", _IDS, role="AT"),
    provider_loop("2310B", "operating physician", "operating", "72", "1", _IDS),
    provider_loop("2310C", "other operating physician", "other_operating", "ZZ", "1", _IDS),
    provider_loop("2310D", "rendering provider", "rendering", "82", "1", _IDS),
    provider_loop("2310E", "service facility", "facility", "77", "2", "0B G2 LU", ref_max=3,
                  address="R", person=""),
    provider_loop("2310F", "referring provider", "referring", "DN", "1", "0B 1G G2", ref_max=3),
    other_payer((
        other_provider("2330C", "other payer's attending provider", "71", "1", _IDS),
        other_provider("2330D", "other payer's operating physician", "72", "1", _IDS),
        other_provider("2330E", "other payer's other operating physician", "ZZ", "1", _IDS),
        other_provider("2330F", "other payer's service facility", "77", "2", "0B G2 LU"),
        other_provider("2330G", "other payer's rendering provider", "82", "1", _IDS),
        other_provider("2330H", "other payer's referring provider", "DN", "1", "0B 1G G2"),
        other_provider("2330I", "other payer's billing provider", "85", "2", "G2 LU"),
    ), inpatient=True),
    _LINE,
    make=Claim, into="claims", many=True, claim=True,
)  # fmt: skip

INSTITUTIONAL: Final = Guide(
    kind="837I",
    transaction="837",
    functional_id="HC",
    version="005010X223A2",
    versions=("005010X223A2", "005010X223", "005010X223A1", "005010X223A3"),
    title="Health care claim: institutional",
    blank=lambda: Claims837I("", None, ""),
    root=loop(
        "ST", "claims", "R", 1,
        BHT, SUBMITTER, RECEIVER,
        billing_level("2", "EI", False, subscriber_level(_CLAIM, professional=False)),
    ),
)  # fmt: skip
