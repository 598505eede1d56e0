"""A problem before it has its place in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from x12.errors import Snip

Holds = Callable[[list[str], str], str]
"""Gets the elements of a segment and the component separator; returns the element that is meant
(``HI03-2``), or an empty text when it is another segment that is meant."""


@dataclass(slots=True)
class Problem:
    """What a check says; the reader adds file, interchange, transaction and numbers."""

    code: str
    level: Snip
    message: str
    segment: int = 0
    """Number in the file; 0 means the segment that is read now."""
    segment_id: str = ""
    element: str = ""
    loop: str = ""
    value: str = ""
    expected: str = ""
    claim: str = ""
    ack: str = ""
    repetition: int = 0
    element_number: str = ""
    fatal: bool = True
    holds: Holds | None = None
    """Recognises the segment, of name ``segment_id``, that is meant: the first one from ``segment``
    on.  Without it, or when there is none, the error stands at ``segment`` itself."""
