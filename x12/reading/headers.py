"""ISA and GS to the objects that reading gives."""

from __future__ import annotations

from x12.model.document import Group, Interchange
from x12.reading.tokens import Head
from x12.scalars import to_day, to_short_day


def read_interchange(head: Head, number: int) -> Interchange:
    """The header, its padding taken off."""
    e = head.elements
    return Interchange(
        e[1],
        e[2].strip(),
        e[3],
        e[4].strip(),
        e[5],
        e[6].strip(),
        e[7],
        e[8].strip(),
        to_short_day(e[9]),
        e[10],
        e[12],
        e[13],
        e[14] == "1",
        e[15],
        head.delimiters,
        first_segment=number,
        last_segment=number,
    )


def bare_interchange(head: Head) -> Interchange:
    """For a file that begins with GS or ST."""
    return Interchange(
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        None,
        "",
        "",
        "",
        acknowledgement_requested=False,
        usage="",
        delimiters=head.delimiters,
        closed=True,
    )


def has_short_dates(version: str) -> bool:
    """Before 004010, GS04 was written YYMMDD; of such groups only the envelopes are looked at."""
    return version[:6].isdigit() and version[:6] < "004010"


def read_group(e: list[str], number: int) -> Group:
    """GS."""
    e = e + [""] * (9 - len(e))
    day = to_day(e[4]) or (to_short_day(e[4]) if has_short_dates(e[8]) else None)
    return Group(
        e[1],
        e[2].strip(),
        e[3].strip(),
        day,
        e[5],
        e[6],
        e[8],
        first_segment=number,
        last_segment=number,
    )
