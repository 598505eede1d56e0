"""005010X221A1: health care claim payment and remittance advice (835)."""

from __future__ import annotations

from typing import Final

from rcm.x12.guides.common import (
    MOA,
    REQUIRED_NAME,
    amt,
    cas,
    dtm,
    lq,
    mia,
    name,
    per,
    procedure,
    qty,
    ref,
    street,
    town,
)  # fmt: skip
from rcm.x12.model.party import Party
from rcm.x12.model.remittance import ClaimPayment, PaymentGroup, Remittance835, ServicePayment
from rcm.x12.model.values import UNREADABLE
from rcm.x12.schema import Element, Guide, N, R, S, loop, seg

_OTHER_AMOUNTS: Final = "T T2 ZK ZL ZM ZN ZO"
_PAYER_IDS: Final = "AD FI NI PI PP XV"
_PLB_REASONS: Final = (
    "50 51 72 90 AH AM AP B2 B3 BD BN C5 CR CS CT CV CW DM E3 FB FC GO HM IP IR IS J1 L3 L6 LE LS "
    "OA OB PI PL RA RE SL TL WO WU"
)


def _fixed(name: str, codes: str = "") -> Element:
    """One of several elements that keep their places in a tuple."""
    return S(name, codes, kind="fixed")


_SERVICE: Final = loop(
    "2110", "service payment", "S", 999,
    seg(
        "SVC", "service payment", "R", 1,
        procedure("R", "procedure", "AD ER HC HP IV N4 N6 NU UI WK", described=False),
        R("charge"), R("paid"), S("revenue_code"), S("units"),
        procedure("S", "original", "AD ER HC HP IV N4 NU WK"), S("original_units"),
    ),
    dtm("service date", "S", 2, "150 151 472"),
    cas("service adjustment", "S", 99),
    ref("service identification", "S", 8, "1S APC BB E9 G1 G3 LU RB"),
    ref("line item control number", "S", 1, "6R"),
    ref("rendering provider", "S", 10, "0B 1A 1B 1C 1D 1G 1H 1J D3 G2 HPI SY TJ"),
    ref("healthcare policy", "S", 5, "0K"),
    amt("service supplemental amount", "S", 9, f"B6 KH {_OTHER_AMOUNTS}"),
    qty("service supplemental quantity", "S", 6, "ZK ZL ZM ZN ZO"),
    lq("health care remark code", "S", 99, "HE RX"),
    make=ServicePayment, into="lines", many=True,
)  # fmt: skip

_CLAIM: Final = loop(
    "2100", "claim payment", "R", 0,
    seg(
        "CLP", "claim payment", "R", 1,
        R("patient_control_number"), R("status", "1 2 3 4 19 20 21 22 23 25"),
        R("charge"), R("paid"), S("patient_responsibility"),
        R("filing_indicator", "12 13 14 15 16 17 AM CH DS HM LM MA MB MC OF TV VA WC ZZ"),
        R("payer_control_number"), S("facility_code"), S("frequency"), N, S("drg"),
        S("drg_weight"), S("discharge_fraction"), N,
    ),
    cas("claim adjustment", "S", 99),
    name("patient", "R", 1, "QC", "1", person="first middle suffix", ids="34 HN II MI MR",
         id_usage="S", into="patient", make=Party),
    name("insured", "S", 1, "IL", ids="FI II MI", into="subscriber", make=Party),
    name("corrected patient or insured", "S", 1, "74", ids="C", id_usage="S",
         into="corrected", make=Party),
    name("service provider", "S", 1, "82", ids="BD BS FI MC PC SL UP XX", into="rendering",
         make=Party),
    name("crossover carrier", "S", 1, "TT", "2", last=REQUIRED_NAME, person="", ids=_PAYER_IDS,
         into="crossover", make=Party),
    name("corrected priority payer", "S", 1, "PR", "2", last=REQUIRED_NAME, person="",
         ids=_PAYER_IDS, into="corrected_payer", make=Party),
    name("other subscriber", "S", 1, "GB", ids="FI II MI", id_usage="S",
         into="other_subscriber", make=Party),
    mia(),
    MOA,
    ref("other claim identification", "S", 5,
        "1L 1W 28 6P 9A 9C BB CE EA F8 G1 G3 IG SY"),
    ref("rendering provider", "S", 10, "0B 1A 1B 1C 1D 1G 1H 1J D3 G2 LU"),
    dtm("statement from or to", "S", 2, "232 233"),
    dtm("coverage expiration", "S", 1, "036"),
    dtm("claim received", "S", 1, "050"),
    per("claim contact", "S", 2, "CX", last="EX"),
    amt("claim supplemental amount", "S", 13, f"AU D8 DY F5 I NL {_OTHER_AMOUNTS}"),
    qty("claim supplemental quantity", "S", 14, "CA CD LA LE NE NR OU PS VS ZK ZL ZM ZN ZO"),
    _SERVICE,
    make=ClaimPayment, into="claims", many=True, claim=True,
)  # fmt: skip

_HEADER: Final = loop(
    "2000", "header number", "S", 0,
    seg("LX", "header number", "R", 1, R("number", kind="text")),
    seg("TS3", "provider summary", "S", 1,
        R(), R(), R(), R(), R(), N, N, N, N, N, N, N, S(), N, S(), N, S(), S(), N, S(), S(), S(),
        S(), S(), shape="raw", into="summary"),
    seg("TS2", "provider supplemental summary", "S", 1, *[S()] * 19, shape="raw",
        into="supplemental"),
    _CLAIM,
    make=PaymentGroup, into="groups", many=True,
)  # fmt: skip

_PAYER: Final = loop(
    "1000A", "payer", "R", 1,
    seg("N1", "payer", "R", 1, R("entity", "PR"), R("name"), S("id_qualifier", "XV"), S("id"), N,
        N),
    street("R"),
    town("R"),
    ref("additional payer identification", "S", 4, "2U EO HI NF"),
    per("payer business contact", "S", 1, "CX", last="EX", required=False),
    per("payer technical contact", "R", 0, "BL", "EM TE UR", "EM EX FX TE UR", "EM EX FX UR",
        required=False),
    per("payer web site", "S", 1, "IC", "UR", "", named=False),
    make=Party, into="payer",
)  # fmt: skip

_PAYEE: Final = loop(
    "1000B", "payee", "R", 1,
    seg("N1", "payee", "R", 1, R("entity", "PE"), R("name"), R("id_qualifier", "FI XV XX"),
        R("id"), N, N),
    street("S"),
    town("S"),
    ref("payee additional identification", "S", 0, "0B D3 PQ TJ"),
    seg("RDM", "remittance delivery method", "S", 1, R("", "BM EM FT OL"), S(), S(), N, N,
        shape="raw", into="delivery"),
    make=Party, into="payee",
)  # fmt: skip

REMITTANCE: Final = Guide(
    kind="835",
    transaction="835",
    functional_id="HP",
    version="005010X221A1",
    versions=("005010X221A1", "005010X221"),
    title="Health care claim payment and remittance advice",
    third_element=False,
    vital=frozenset({"BPR", "TRN", "CLP", "SVC", "CAS", "PLB"}),
    blank=lambda: Remittance835("", UNREADABLE, "", "", None, "", ""),
    root=loop(
        "ST", "remittance", "R", 1,
        seg(
            "BPR", "financial information", "R", 1,
            R("handling", "C D H I P U X"), R("amount"), R("credit_debit", "C D"),
            R("method", "ACH BOP CHK FWT NON"), S("payment_format", "CCP CTX"),
            _fixed("sender_bank", "01 04"), _fixed("sender_bank"), _fixed("sender_bank", "DA"),
            _fixed("sender_bank"), S("originator_id"), S("originator_code"),
            _fixed("receiver_bank", "01 04"), _fixed("receiver_bank"),
            _fixed("receiver_bank", "DA SG"), _fixed("receiver_bank"), R("payment_date"),
        ),
        seg("TRN", "reassociation trace number", "R", 1, R("trace_type", "1"),
            R("trace_number"), R("payer_id"), S("originator_division")),
        seg("CUR", "foreign currency", "S", 1, R("", "PR"), R(), *[N] * 19, shape="raw",
            into="currency"),
        ref("receiver identification", "S", 1, "EV"),
        ref("version identification", "S", 1, "F2"),
        dtm("production date", "S", 1, "405"),
        _PAYER,
        _PAYEE,
        _HEADER,
        seg("PLB", "provider adjustment", "S", 0, R("provider_id"), R("fiscal_period_end"),
            *(R("adjustment", of=(R("reason", _PLB_REASONS), S("reference"))), R("amount")),
            *(S("adjustment", of=(R("reason", _PLB_REASONS), S("reference"))), S("amount")) * 5,
            shape="plb", into="provider_adjustments", many=True),
    ),
)  # fmt: skip
