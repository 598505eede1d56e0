"""How a set of codes becomes the complete one, and how it is superseded."""

from __future__ import annotations

from typing import Final

from coding.models import CodingVersion
from core.access.enums import Role
from core.states import Move, StateTable

_State = CodingVersion.State

CODING_VERSION: Final = StateTable(
    CodingVersion,
    "state",
    title="Coding version",
    created={
        _State.DRAFT: "a coder saves codes",
        _State.COMPLETE: "a coder completes or corrects codes",
    },
    moves=[
        Move(
            (_State.DRAFT, _State.COMPLETE),
            _State.SUPERSEDED,
            "later version",
            (Role.CODER, Role.BILLER),
            "A later version takes its place; it stays in the history.",
        ),
    ],
)

TABLES: Final = (CODING_VERSION,)
