"""How a denial ends: recovered, given up, moved to the patient, or denied again."""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.states import SYSTEM, Move, StateTable
from denials.enums import DenialState
from denials.models import Denial

DENIAL: Final = StateTable(
    Denial,
    "state",
    title="Denial",
    created={
        DenialState.OPEN: "the payer refused to pay (CAS)",
        DenialState.MOVED_TO_PATIENT: "the payer put it on the patient (PR)",
    },
    moves=[
        Move(
            (DenialState.OPEN,),
            DenialState.CORRECTED,
            "corrected claim sent",
            (Role.BILLER,),
            "The claim goes out again; the payer's next answer decides.",
        ),
        Move(
            (DenialState.OPEN, DenialState.CORRECTED),
            DenialState.RECOVERED,
            "835: paid after all",
            (SYSTEM, Role.BILLER),
            "A later answer covers the line and denies it no more.",
        ),
        Move(
            (DenialState.OPEN, DenialState.CORRECTED),
            DenialState.UPHELD,
            "835: denied again",
            (SYSTEM, Role.BILLER),
            "A later answer denies the line again: that refusal is a case of its own.",
        ),
        Move(
            (DenialState.OPEN,),
            DenialState.WRITTEN_OFF,
            "written off",
            (Role.BILLER, Role.MANAGER),
            "It is given up: out of the payer's balance.",
        ),
        Move(
            (DenialState.OPEN,),
            DenialState.MOVED_TO_PATIENT,
            "moved to patient",
            (Role.BILLER,),
            "The patient owes it; only what the payer put under PR.",
        ),
    ],
)

TABLES: Final = (DENIAL,)
