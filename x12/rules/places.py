"""Where exactly a rule's finding stands: the segment and element below the object it looked at.

Typed objects know the number of the segment that opens them (LX, CLM, NM1).  What is wrong often
stands a few segments further on: in the line's SV1, the claim's HI, the party's N4.  Each function
here makes a :data:`~x12.problems.Holds` that recognises that segment.
"""

from __future__ import annotations

import re
from typing import Final

from x12.rules.problems import Holds
from x12.scalars import NUMBER

_PLACE: Final = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d(?:-\d+)?)?")


def segment_and_element(place: str) -> tuple[str, str]:
    """``SV107-2`` is an element of SV1; ``N3`` is a segment and no element."""
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ValueError(f"{place} names no segment and no element")
    return match[1], place if match[2] else ""


def _at(elements: list[str], index: int) -> str:
    return elements[index] if index < len(elements) else ""


def first(element: str) -> Holds:
    """The first segment of that name: a loop has only one (SV1, SV2, SBR)."""
    return lambda elements, component: element


def qualified(element: str, qualifier: str) -> Holds:
    """The one with this qualifier in its first element: ``AMT*D``."""
    return lambda elements, component: element if _at(elements, 1) == qualifier else ""


def valued(element: str, index: int, value: str) -> Holds:
    """The one that holds this value at that place: N402, PRV03, LQ02."""
    return lambda elements, component: element if _at(elements, index) == value else ""


def any_of(segment_id: str, indexes: tuple[int, ...], value: str) -> Holds:
    """The one that holds this value at one of these places: remark codes of MIA and MOA."""

    def holds(elements: list[str], component: str) -> str:
        index = next((i for i in indexes if _at(elements, i) == value), 0)
        return f"{segment_id}{index:02}" if index else ""

    return holds


def health_code(qualifier: str, code: str) -> Holds:
    """HI with this code in one of its twelve composites."""

    def holds(elements: list[str], component: str) -> str:
        wanted = [qualifier, code]
        for index, text in enumerate(elements):
            if text.split(component)[:2] == wanted:
                return f"HI{index:02}-2"
        return ""

    return holds


def adjustment(group: str, reason: str) -> Holds:
    """CAS with this group and reason, among up to six."""

    def holds(elements: list[str], component: str) -> str:
        if _at(elements, 1) != group:
            return ""
        index = next((i for i in range(2, 18, 3) if _at(elements, i) == reason), 0)
        return f"CAS{index:02}" if index else ""

    return holds


def zero_adjustment(elements: list[str], component: str) -> str:
    """CAS with an amount of zero."""
    amounts = [i for i in range(3, 19, 3) if _at(elements, i) and NUMBER[elements[i]] == 0]
    return f"CAS{amounts[0]:02}" if amounts else ""


MIA_REMARKS: Final = (5, 20, 21, 22, 23)
MOA_REMARKS: Final = (3, 4, 5, 6, 7)
