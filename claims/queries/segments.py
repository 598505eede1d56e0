"""The exact segments of one claim within its file, with those of the levels above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from claims.explain import Explained, explain
from claims.models import Submission

_LOOPS = {"20": "Billing provider (2000A)", "22": "Subscriber (2000B)", "23": "Patient (2000C)"}


@dataclass(frozen=True, slots=True)
class ClaimSegments:
    """What was sent for a claim: its own segments and the levels above it."""

    above: list[Explained]
    own: list[Explained]
    total: int
    """Segments in the whole file."""


def claim_segments(submission: Submission) -> ClaimSegments | None:
    """The segments of a submission that has a file; `None` before it has one.

    A cut of the stored bytes by the delimiters of their ISA: the page shows what left, not
    what would be written today.
    """
    if submission.transmission is None or submission.segment_first is None:
        return None
    content = bytes(submission.transmission.content).decode("utf-8", "surrogateescape")
    separator, component, terminator = content[3], content[104], content[105]
    pieces = [piece.strip() for piece in content.split(terminator) if piece.strip()]
    first, last = submission.segment_first, submission.segment_last or submission.segment_first
    if not pieces or last > len(pieces):
        return None
    above = [
        explain(number, pieces[number - 1], separator, component, is_claim=False, loop=loop)
        for number, loop in _above(pieces, first, separator)
    ]
    own = list(_own(pieces, first, last, separator, component))
    return ClaimSegments(above, own, len(pieces))


def _own(
    pieces: list[str], first: int, last: int, separator: str, component: str
) -> Iterator[Explained]:
    line = 0
    for number in range(first, last + 1):
        text = pieces[number - 1]
        name = text.split(separator, 1)[0]
        loop = ""
        if name == "CLM":
            loop = "Claim (2300)"
        elif name == "LX":
            line += 1
            loop = f"Line {line} (2400)"
        yield explain(number, text, separator, component, is_claim=True, loop=loop)


def _above(pieces: list[str], first: int, separator: str) -> list[tuple[int, str]]:
    """Numbers of the segments of each level above the claim, outermost first."""
    levels: list[list[tuple[int, str]]] = []
    wanted: str | None = None
    for index in range(first - 2, -1, -1):
        values = pieces[index].split(separator)
        if values[0] != "HL" or (wanted is not None and values[1] != wanted):
            continue
        end = index + 1
        while end < first - 1 and pieces[end].split(separator, 1)[0] not in {"HL", "CLM"}:
            end += 1
        numbers = range(index + 1, end + 1)
        levels.append([(n, _LOOPS.get(values[3], "") if n == index + 1 else "") for n in numbers])
        wanted = values[2]
        if not wanted:
            break
    return [place for level in reversed(levels) for place in level]
