"""How a work item ends."""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.states import SYSTEM, Move, StateTable
from core.work.enums import WorkState
from core.work.models import WorkItem

WORK_ITEM: Final = StateTable(
    WorkItem,
    "state",
    title="Work item",
    created={WorkState.OPEN: "something is to be done"},
    moves=[
        Move(
            (WorkState.OPEN,),
            WorkState.DONE,
            "done",
            (Role.FRONT_DESK, Role.CODER, Role.BILLER, Role.MANAGER, SYSTEM),
            "Somebody did it, or an answer made it unnecessary; `outcome` says which.",
        ),
    ],
)

TABLES: Final = (WORK_ITEM,)
