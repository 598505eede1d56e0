"""A problem before it has its place in the file."""

from __future__ import annotations

from dataclasses import dataclass

from rcm.x12.errors import Snip


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
