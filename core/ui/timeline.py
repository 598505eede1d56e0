"""What a timeline shows: the events of a claim's story, whichever stage knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class TimelineEvent:
    """One thing that happened, as the timeline component shows it."""

    at: datetime
    title: str
    rank: int = 0
    """The stage's place in the pipeline: events of one moment (one transaction) follow it."""
    tone: str = ""
    icon: str = "circle"
    text: str = ""
    actor: str = ""
    amount: Decimal | None = None
    href: str = ""
    permission: str = ""
    """What `href` asks for; without it the event is shown as plain text."""
    detail_template: str = ""
    detail: Any = None
    anchor: str = ""
