"""The implementation guides as tables, and which of them a transaction set is written by."""

from __future__ import annotations

from typing import Final

from rcm.x12.guides.remittance import REMITTANCE
from rcm.x12.schema import Guide

GUIDES: Final[tuple[Guide, ...]] = (REMITTANCE,)

BY_KIND: Final[dict[str, Guide]] = {guide.kind: guide for guide in GUIDES}
