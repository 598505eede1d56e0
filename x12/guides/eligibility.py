"""005010X279A1: eligibility inquiry (270) and response (271)."""

from __future__ import annotations

from typing import Final

from x12.guides.claims import level
from x12.guides.common import amt, dtp, name, per, procedure, ref, street, town
from x12.guides.schema import Guide, Loop, N, R, S, SegmentUse, loop, seg
from x12.model.eligibility import (
    Benefit,
    Delivery,
    Eligibility270,
    Eligibility271,
    Inquiry,
    MemberLevel,
    Military,
    ReceiverLevel,
    Relation,
    SourceLevel,
)
from x12.model.party import Party
from x12.model.values import HealthCode, Rejection, Trace

_SOURCES: Final = "2B 36 GP P5 PR"
_RECEIVERS: Final = "1P 2B 36 80 FA GP P5 PR"
_SOURCE_IDS: Final = "24 46 FI NI PI XV XX"
_RECEIVER_IDS: Final = "24 34 FI PI PP SV XV XX"
_PERSON: Final = "first middle suffix"
_FOLLOW_UP: Final = "C N P R S W X Y"
_PROCEDURES: Final = "AD CJ HC ID IV N4 ZZ"
_INFORMATION: Final = "1 2 3 4 5 6 7 8 A B C CB D E F G H I J K L M MC N O P Q R S T U V W X Y"
_LEVELS: Final = "CHD DEP ECH EMP ESP FAM IND SPC SPO"
_ENTITIES: Final = "13 1I 1P 2B 36 73 FA GP GW I3 IL LR OC P3 P4 P5 PR PRP SEP TTP VER VN VY X3 Y2"


def _aaa(title: str) -> SegmentUse:
    return seg(
        "AAA",
        title,
        "S",
        9,
        R("valid", "N Y"),
        N,
        R("reason"),
        S("follow_up", _FOLLOW_UP),
        into="rejections",
        many=True,
        make=Rejection,
    )


def _trn(max: int, types: str) -> SegmentUse:  # noqa: A002
    return seg(
        "TRN",
        "trace number",
        "S",
        max,
        R("type", types),
        R("number"),
        R("originator"),
        S("additional"),
        into="traces",
        many=True,
        make=Trace,
    )


_DMG: Final = seg(
    "DMG",
    "birth date and gender",
    "S",
    1,
    S("", "D8"),
    S("birth_date", kind="day"),
    S("gender"),
    N,
    N,
    N,
    N,
    N,
    N,
    N,
    N,
)
_PRV: Final = seg(
    "PRV",
    "provider information",
    "S",
    1,
    R("provider_role"),
    S("taxonomy_qualifier"),
    S("taxonomy"),
)


def _health_codes() -> SegmentUse:
    first = R("codes", of=(R("", "ABK BK"), R(), N, N, N, N, N, N, N), kind="health")
    more = S("codes", of=(R("", "ABF BF"), R(), N, N, N, N, N, N, N), kind="health")
    return seg(
        "HI",
        "diagnosis",
        "S",
        1,
        first,
        *[more] * 7,
        N,
        N,
        N,
        N,
        shape="hi",
        into="codes",
        many=True,
        make=HealthCode,
    )


def _relation(insured: str, relationships: str, *, answer: bool) -> SegmentUse:
    change = (S("maintenance_type", "001"), S("maintenance_reason", "25")) if answer else (N, N)
    return seg(
        "INS",
        "relationship",
        "S",
        1,
        R("insured", insured),
        R("relationship", relationships),
        *change,
        *[N] * 12,
        S("birth_sequence", kind="text"),
        into="relation",
        make=Relation,
    )


def _source(receiver: Loop, *, answer: bool) -> Loop:
    more = (
        [
            per(
                "contact", "S", 3, "IC", "ED EM FX TE UR WP", "ED EM EX FX TE UR WP", required=False
            ),
            _aaa("request validation"),
        ]
        if answer
        else []
    )
    return loop(
        "2000A",
        "information source level",
        "R",
        0,
        level("20", "N", "0 1" if answer else "1"),
        *([_aaa("request validation")] if answer else []),
        loop(
            "2100A",
            "information source",
            "R",
            1,
            name("information source", "R", 1, _SOURCES, person=_PERSON, ids=_SOURCE_IDS),
            *more,
            make=Party,
            into="party",
        ),
        receiver,
        make=SourceLevel,
        into="sources",
        many=True,
    )


def _receiver(member: Loop, *, answer: bool) -> Loop:
    return loop(
        "2000B",
        "information receiver level",
        "S" if answer else "R",
        0,
        level("21", "R", "0 1" if answer else "1"),
        loop(
            "2100B",
            "information receiver",
            "R",
            1,
            name("information receiver", "R", 1, _RECEIVERS, person=_PERSON, ids=_RECEIVER_IDS),
            ref(
                "secondary identification", "S", 9, "0B 1C 1D 1J 4A CT EL EO HPI JD N5 N7 Q4 SY TJ"
            ),
            street("S"),
            town("S"),
            *([_aaa("request validation")] if answer else []),
            _PRV,
            make=Party,
            into="party",
        ),
        member,
        make=ReceiverLevel,
        into="receivers",
        many=True,
    )


def _dtp(max: int, codes: str) -> SegmentUse:  # noqa: A002
    """DTP with a date or a period; without codes, any qualifier goes."""
    return seg(
        "DTP",
        "date",
        "S",
        max,
        R("qualifier", codes),
        R("format", "D8 RD8"),
        R("start"),
        shape="dtp",
        into="dates",
        many=True,
    )


_MPI: Final = seg(
    "MPI",
    "military information",
    "S",
    1,
    R("status"),
    R("employment"),
    R("affiliation"),
    S("description"),
    S("rank"),
    S("format"),
    S("period"),
    into="military",
    make=Military,
)


def _name_loop(letter: str, *, answer: bool) -> Loop:
    """2100C or 2100D."""
    is_dependent = letter == "D"
    who = name(
        "dependent" if is_dependent else "subscriber",
        "R",
        1,
        "03" if is_dependent else "IL",
        "1" if is_dependent else "1 2",
        person=_PERSON,
        ids="II MI",
        id_usage="S",
    )
    return loop(
        f"2100{letter}",
        "name",
        "R",
        1,
        who,
        ref(
            "additional identification",
            "S",
            9,
            "18 1L 1W 3H 49 6P CE CT EA EJ F6 GH HJ IF IG ML MRC N6 NQ Q4 SY Y4",
        ),
        street("S"),
        town("S"),
        *([_aaa("request validation")] if answer else []),
        _PRV,
        _DMG,
        make=Party,
        into="party",
    )


def _member(dependent: Loop | None, *, answer: bool) -> Loop:
    is_dependent = dependent is None
    letter = "D" if is_dependent else "C"
    insured = ("N", "01 19 34" if not answer else "") if is_dependent else ("Y", "18")
    # INS, HI, DTP and MPI belong to the person; they stand in the name loop of the guide.
    tail: list[SegmentUse] = [
        _relation(*insured, answer=answer),
        _health_codes(),
        _dtp(9, "") if answer else _dtp(2, "102 291"),
    ]
    if answer:
        tail.append(_MPI)
    return loop(
        f"2000{letter}",
        "dependent level" if is_dependent else "subscriber level",
        "S",
        0,
        level("23" if is_dependent else "22", "R", "0" if is_dependent else "0 1"),
        _trn(3 if answer else 2, "1 2" if answer else "1"),
        _name_loop(letter, answer=answer),
        *tail,
        (_benefit if answer else _inquiry)(letter),
        *([dependent] if dependent else []),
        make=MemberLevel,
        into="dependents" if is_dependent else "members",
        many=True,
        claim=True,
    )


def _inquiry(letter: str) -> Loop:
    """2110C/D of the 270."""
    return loop(
        f"2110{letter}",
        "eligibility inquiry",
        "S",
        99,
        seg(
            "EQ",
            "eligibility inquiry",
            "R",
            1,
            S("service_types", repeat=99),
            procedure("S", "procedure", _PROCEDURES, described=False),
            S("coverage_level", "FAM"),
            N,
            S("pointers", of=(R(), S(), S(), S()), kind="pointers"),
        ),
        amt("spend down amount", "S", 1, "R"),
        amt("spend down total billed", "S", 1, "PB"),
        seg(
            "III",
            "place of service",
            "S",
            10,
            R("qualifier", "ZZ"),
            R("code"),
            N,
            N,
            shape="tuple",
            into="places",
            many=True,
        ),
        ref("authorization or referral", "S", 1, "9F G1"),
        dtp("inquiry date", "S", 1, "291", "D8 RD8"),
        make=Inquiry,
        into="inquiries",
        many=True,
    )


_EB: Final = seg(
    "EB",
    "eligibility or benefit",
    "R",
    1,
    R("information", _INFORMATION),
    S("coverage_level", _LEVELS),
    S("service_types", repeat=99),
    S("insurance_type"),
    S("plan"),
    S("period"),
    S("amount"),
    S("percent"),
    S("quantity_qualifier"),
    S("quantity"),
    S("authorization", "N U Y"),
    S("network", "N U W Y"),
    procedure("S", "procedure", _PROCEDURES, described=False, ranged=True),
    S("pointers", of=(R(), S(), S(), S()), kind="pointers"),
)

_HSD: Final = seg(
    "HSD",
    "delivery",
    "S",
    9,
    S("quantity_qualifier"),
    S("quantity"),
    S("unit"),
    S("frequency", kind="text"),
    S("period"),
    S("periods"),
    S("pattern"),
    S("time_pattern"),
    into="deliveries",
    many=True,
    make=Delivery,
)


def _related_entity(letter: str) -> Loop:
    """2120C or 2120D."""
    return loop(
        f"2120{letter}",
        "benefit related entity",
        "S",
        23,
        name(
            "benefit related entity",
            "R",
            1,
            _ENTITIES,
            person=_PERSON,
            ids="24 34 46 FA FI II MI NI PI PP SV XV XX",
            id_usage="S",
        ),
        street("S"),
        town("S"),
        per("contact", "S", 3, "IC", "ED EM FX TE UR WP", "ED EM EX FX TE UR WP", required=False),
        _PRV,
        make=Party,
        into="entities",
        many=True,
    )


def _benefit(letter: str) -> Loop:
    """2110C/D with 2115C/D and 2120C/D of the 271."""
    return loop(
        f"2110{letter}",
        "eligibility or benefit",
        "S",
        0,
        _EB,
        _HSD,
        ref("additional identification", "S", 9, "18 1L 1W 49 6P 9F ALS CLI F6 FO G1 IG M7 N6 NQ"),
        _dtp(20, ""),
        _aaa("request validation"),
        seg("MSG", "message", "S", 10, R("messages"), shape="text", into="messages", many=True),
        loop(
            f"2115{letter}",
            "additional information",
            "S",
            10,
            seg(
                "III",
                "additional information",
                "R",
                1,
                S("qualifier", "GR NI ZZ"),
                S("code"),
                S("category"),
                S("text"),
                shape="tuple",
                into="places",
                many=True,
            ),
            into="places",
            many=True,
        ),
        seg("LS", "loop header", "S", 1, R("", "2120"), shape="none", when="entities"),
        _related_entity(letter),
        seg("LE", "loop trailer", "S", 1, R("", "2120"), shape="none", when="entities"),
        make=Benefit,
        into="benefits",
        many=True,
    )


def _root(*, answer: bool) -> Loop:
    dependent = _member(None, answer=answer)
    subscriber = _member(dependent, answer=answer)
    return loop(
        "ST",
        "eligibility",
        "R",
        1,
        seg(
            "BHT",
            "beginning",
            "R",
            1,
            R("", "0022"),
            R("purpose", "06 11" if answer else "01 13"),
            S("reference"),
            R("created"),
            R("time"),
            N if answer else S("type", "RT"),
        ),
        _source(_receiver(subscriber, answer=answer), answer=answer),
    )


_VERSIONS: Final = ("005010X279A1", "005010X279")

INQUIRY: Final = Guide(
    "270",
    "270",
    "HS",
    "005010X279A1",
    _VERSIONS,
    "Eligibility, coverage or benefit inquiry",
    lambda: Eligibility270("", None, "", purpose=""),
    _root(answer=False),
)
BENEFITS: Final = Guide(
    "271",
    "271",
    "HB",
    "005010X279A1",
    _VERSIONS,
    "Eligibility, coverage or benefit information",
    lambda: Eligibility271("", None, "", purpose=""),
    _root(answer=True),
    vital=frozenset({"EB", "AAA", "HL"}),
)
