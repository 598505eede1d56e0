"""005010X231A1: implementation acknowledgement (999)."""

from __future__ import annotations

from typing import Final

from x12.guides.schema import Guide, R, S, SegmentUse, loop, seg
from x12.model.acknowledgements import (
    AcknowledgedTransaction,
    Acknowledgement999,
    ElementError,
    ErrorContext,
    SegmentError,
)

_SET_CODES: Final = "1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 17 18 19 23 24 25 26 27 I5 I6"
_GROUP_CODES: Final = "1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 23 24 25 26"
_SEGMENT_CODES: Final = "1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9"
_ELEMENT_CODES: Final = "1 2 3 4 5 6 7 8 9 10 11 12 13 I10 I11 I12 I13 I6 I9"
_PLACE: Final = (R("position"), S("component"), S("repetition"))


def _context(max: int) -> SegmentUse:  # noqa: A002
    return seg(
        "CTX",
        "context",
        "S",
        max,
        R(of=(R("name"), S("value"))),
        S("segment"),
        S("position"),
        S("loop"),
        S("element", of=(R(), S(), S()), kind="raw"),
        S("reference", of=(R(), S()), kind="raw"),
        into="contexts",
        many=True,
        make=ErrorContext,
    )


ACKNOWLEDGEMENT: Final = Guide(
    kind="999",
    transaction="999",
    functional_id="FA",
    version="005010X231A1",
    versions=("005010X231A1", "005010X231"),
    title="Implementation acknowledgement",
    blank=lambda: Acknowledgement999("", "", status=""),
    vital=frozenset({"AK1", "AK2", "IK5", "AK9"}),
    root=loop(
        "ST",
        "acknowledgement",
        "R",
        1,
        seg(
            "AK1",
            "functional group",
            "R",
            1,
            R("functional_id"),
            R("group_control_number", kind="text"),
            S("version"),
        ),
        loop(
            "2000",
            "transaction set",
            "S",
            0,
            seg("AK2", "transaction set", "R", 1, R("kind"), R("control_number"), S("version")),
            loop(
                "2100",
                "segment error",
                "S",
                0,
                seg(
                    "IK3",
                    "segment error",
                    "R",
                    1,
                    R("segment"),
                    R("position"),
                    S("loop"),
                    S("code", _SEGMENT_CODES),
                ),
                _context(10),
                loop(
                    "2110",
                    "element error",
                    "S",
                    0,
                    seg(
                        "IK4",
                        "element error",
                        "R",
                        1,
                        R(of=_PLACE),
                        S("reference", kind="text"),
                        R("code", _ELEMENT_CODES),
                        S("value"),
                        into="elements",
                        many=True,
                        make=ElementError,
                    ),
                    seg(
                        "CTX",
                        "element context",
                        "S",
                        10,
                        R(of=(R("name"), S("value"))),
                        S("segment"),
                        S("position"),
                        S("loop"),
                        S("element", of=(R(), S(), S()), kind="raw"),
                        S("reference", of=(R(), S()), kind="raw"),
                        into="contexts",
                        many=True,
                        make=ErrorContext,
                        when="-",
                    ),
                    into="elements",
                    many=True,
                ),
                make=SegmentError,
                into="errors",
                many=True,
            ),
            seg(
                "IK5",
                "transaction set response",
                "R",
                1,
                R("status", "A E M R W X"),
                *[S("codes", _SET_CODES)] * 5,
            ),
            make=AcknowledgedTransaction,
            into="transactions",
            many=True,
            claim=True,
        ),
        seg(
            "AK9",
            "functional group response",
            "R",
            1,
            R("status", "A E M P R W X"),
            R("included"),
            R("received"),
            R("accepted"),
            *[S("codes", _GROUP_CODES)] * 5,
        ),
    ),
)
