"""005010X212: claim status request and response (276, 277); X214: acknowledgement (277CA)."""

from __future__ import annotations

from typing import Final

from x12.guides.claims import level
from x12.guides.common import REQUIRED_NAME, amt, dtp, name, per, procedure, ref
from x12.guides.schema import Element, Guide, Loop, N, R, S, SegmentUse, loop, seg
from x12.model.party import Party
from x12.model.status import (
    ClaimStatus,
    LineStatus,
    StatusMember,
    StatusProvider,
    StatusReceiver,
    StatusRequest276,
    StatusResponse277,
    StatusSource,
)
from x12.model.values import Status, Trace

SERVICES: Final = "AD ER HC HP IV N4 NU WK"
_NAMES: Final = "first middle suffix"


def trn(type_: str) -> SegmentUse:
    return seg(
        "TRN", "trace", "R", 1, R("type", type_), R("number"), N, N, into="trace", make=Trace
    )


def _code(usage: str, *, pharmacy: bool = False) -> Element:
    pick = R if usage == "R" else S
    last = S("", "RX") if pharmacy else N
    return pick("codes", of=(R(), R(), S(), last), kind="status")


def _stc(*middle: Element, max: int = 0, pharmacy: bool = False, text: bool = False) -> SegmentUse:  # noqa: A002
    return seg(
        "STC",
        "status",
        "R",
        max,
        _code("R", pharmacy=pharmacy),
        *middle,
        _code("S", pharmacy=pharmacy),
        _code("S", pharmacy=pharmacy),
        S("message") if text else N,
        shape="stc",
        into="statuses",
        many=True,
        make=Status,
    )


_SHORT: Final = _stc(R("effective"), N, N, N, N, N, N, N)
_FULL: Final = _stc(
    R("effective"),
    N,
    S("charge"),
    S("paid"),
    S("paid_on"),
    N,
    S("check_date"),
    S("check_number"),
    pharmacy=True,
)
_LINE_ANSWER: Final = _stc(R("effective"), N, N, N, N, N, N, N, pharmacy=True)
LEVELS: Final = _stc(R("effective"), R("action", "U WQ"), S("charge"), N, N, N, N, N)
PROVIDER: Final = _stc(S("effective"), R("action", "U WQ"), S("charge"), N, N, N, N, N)
CLAIM: Final = _stc(R("effective"), R("action", "U WQ"), S("charge"), N, N, N, N, N, text=True)
LINE: Final = _stc(S("effective"), R("action", "U WQ"), N, N, N, N, N, N, text=True)


def _svc(*, answer: bool, units: str) -> SegmentUse:
    return seg(
        "SVC",
        "service line",
        "R",
        1,
        procedure("R", "procedure", SERVICES, described=False),
        R("charge"),
        R("paid") if answer else N,
        S("revenue_code"),
        N,
        N,
        R("quantity") if units == "R" else S("quantity"),
    )


def bht(structure: str, purpose: str, type_: str) -> SegmentUse:
    return seg(
        "BHT",
        "beginning",
        "R",
        1,
        R("", structure),
        R("purpose", purpose),
        R("reference"),
        R("created"),
        R("time"),
        R("type", type_) if type_ else N,
    )


_DMG: Final = seg(
    "DMG",
    "birth date and gender",
    "S",
    1,
    R("", "D8"),
    R("birth_date", kind="day"),
    S("gender", "F M U"),
    N,
    N,
    N,
    N,
    N,
    N,
    N,
    N,
)


def _asked(letter: str) -> Loop:
    """2200D/E with 2210D/E of the 276."""
    return loop(
        f"2200{letter}",
        "claim",
        "S" if letter == "D" else "R",
        0,
        trn("1"),
        ref("payer claim control number", "S", 1, "1K"),
        ref("bill type", "S", 1, "BLT"),
        ref("application or location", "S", 1, "LU"),
        ref("group number", "S", 1, "6P"),
        ref("patient control number", "S", 1, "EJ"),
        ref("pharmacy prescription number", "S", 1, "XZ"),
        ref("clearinghouse claim number", "S", 1, "D9"),
        amt("total charge", "S", 1, "T3"),
        dtp("service date", "S", 1, "472", "D8 RD8"),
        loop(
            f"2210{letter}",
            "service line",
            "S",
            0,
            _svc(answer=False, units="R"),
            ref("line item control number", "S", 1, "FJ"),
            dtp("service date", "R", 1, "472", "D8 RD8"),
            make=LineStatus,
            into="lines",
            many=True,
        ),
        make=ClaimStatus,
        into="claims",
        many=True,
        claim=True,
    )


def _answered(letter: str) -> Loop:
    """2200D/E with 2220D/E of the 277."""
    return loop(
        f"2200{letter}",
        "claim",
        "S" if letter == "D" else "R",
        0,
        trn("2"),
        _FULL,
        ref("payer claim control number", "S", 1, "1K"),
        ref("bill type", "S", 1, "BLT"),
        ref("patient control number", "S", 1, "EJ"),
        ref("pharmacy prescription number", "S", 1, "XZ"),
        ref("voucher", "S", 1, "VV"),
        ref("clearinghouse claim number", "S", 1, "D9"),
        dtp("service date", "S", 1, "472", "D8 RD8"),
        loop(
            f"2220{letter}",
            "service line",
            "S",
            0,
            _svc(answer=True, units="R"),
            _LINE_ANSWER,
            ref("line item control number", "S", 1, "FJ"),
            dtp("service date", "R", 1, "472", "D8 RD8"),
            make=LineStatus,
            into="lines",
            many=True,
        ),
        make=ClaimStatus,
        into="claims",
        many=True,
        claim=True,
    )


def _members(*, answer: bool) -> Loop:
    """2000D and 2000E of 276 and 277."""
    born = [] if answer else [_DMG]
    claim = _answered if answer else _asked
    dependent = loop(
        "2000E",
        "dependent level",
        "S",
        0,
        level("23", "R", ""),
        *born,
        loop(
            "2100E",
            "dependent",
            "R",
            1,
            name("dependent", "R", 1, "QC", "1", last=REQUIRED_NAME, person=_NAMES),
            make=Party,
            into="party",
        ),
        claim("E"),
        make=StatusMember,
        into="dependents",
        many=True,
    )
    return loop(
        "2000D",
        "subscriber level",
        "S",
        0,
        level("22", "R", "0 1"),
        *born,
        loop(
            "2100D",
            "subscriber",
            "R",
            1,
            name("subscriber", "R", 1, "IL", last=REQUIRED_NAME, person=_NAMES, ids="24 II MI"),
            make=Party,
            into="party",
        ),
        claim("D"),
        dependent,
        make=StatusMember,
        into="members",
        many=True,
    )


def _receiver(*, answer: bool) -> Loop:
    """2000B with the providers below it."""

    def traced(id: str, type_: str) -> list[Loop]:  # noqa: A002
        return (
            [loop(id, "trace and status", "S", 1, trn(type_), _SHORT, when="trace")]
            if answer
            else []
        )

    provider = loop(
        "2000C",
        "provider level",
        "S" if answer else "R",
        0,
        level("19", "R", "0 1" if answer else "1"),
        loop(
            "2100C",
            "provider",
            "R",
            2,
            name("provider", "R", 1, "1P", person=_NAMES, ids="FI SV XX"),
            make=Party,
            into="party",
        ),
        *traced("2200C", "1"),
        _members(answer=answer),
        make=StatusProvider,
        into="providers",
        many=True,
    )
    return loop(
        "2000B",
        "information receiver level",
        "R",
        0,
        level("21", "R", "0 1" if answer else "1"),
        loop(
            "2100B",
            "information receiver",
            "R",
            1,
            name("information receiver", "R", 1, "41", person="first middle", ids="46"),
            make=Party,
            into="party",
        ),
        *traced("2200B", "2"),
        provider,
        make=StatusReceiver,
        into="receivers",
        many=True,
    )


def _status_root(bht: SegmentUse, *, answer: bool) -> Loop:
    phone = [per("payer contact", "S", 1, "IC", "ED EM FX TE", "ED EM EX FX TE")] if answer else []
    return loop(
        "ST",
        "claim status",
        "R",
        1,
        bht,
        loop(
            "2000A",
            "information source level",
            "R",
            0,
            level("20", "N", "1"),
            loop(
                "2100A",
                "payer",
                "R",
                1,
                name("payer", "R", 1, "PR", "2", last=REQUIRED_NAME, person="", ids="PI XV"),
                *phone,
                make=Party,
                into="party",
            ),
            _receiver(answer=answer),
            make=StatusSource,
            into="sources",
            many=True,
        ),
    )


VITAL: Final = frozenset({"TRN", "STC", "HL"})

STATUS_REQUEST: Final = Guide(
    "276",
    "276",
    "HR",
    "005010X212",
    ("005010X212",),
    "Claim status request",
    lambda: StatusRequest276("", None, ""),
    _status_root(bht("0010", "13", ""), answer=False),
)
STATUS_RESPONSE: Final = Guide(
    "277",
    "277",
    "HN",
    "005010X212",
    ("005010X212",),
    "Claim status response",
    lambda: StatusResponse277("", None, ""),
    _status_root(bht("0010", "08", "DG"), answer=True),
    vital=VITAL,
)
