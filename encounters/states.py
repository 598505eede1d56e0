"""How visits, appointments and questions to payers move from state to state."""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.states import SYSTEM, Move, StateTable
from encounters.enums import AppointmentState, EligibilityState, EncounterStatus
from encounters.models import Appointment, EligibilityCheck, Encounter

APPOINTMENT: Final = StateTable(
    Appointment,
    "state",
    title="Appointment",
    created={AppointmentState.SCHEDULED: "put on the schedule"},
    moves=[
        Move(
            (AppointmentState.SCHEDULED,),
            AppointmentState.ARRIVED,
            "checks in",
            (Role.FRONT_DESK, SYSTEM),
            "The patient is here; the appointment has its visit.",
        ),
        Move(
            (AppointmentState.SCHEDULED,),
            AppointmentState.CANCELLED,
            "cancelled",
            (Role.FRONT_DESK,),
            "The visit will not happen.",
        ),
        Move(
            (AppointmentState.SCHEDULED,),
            AppointmentState.NO_SHOW,
            "does not come",
            (Role.FRONT_DESK,),
            "The time has passed and the patient did not come.",
        ),
    ],
)

ENCOUNTER: Final = StateTable(
    Encounter,
    "status",
    title="Visit (encounter)",
    created={EncounterStatus.CHECKED_IN: "the patient arrives"},
    moves=[
        Move(
            (EncounterStatus.CHECKED_IN,),
            EncounterStatus.DOCUMENTED,
            "note signed",
            (Role.PROVIDER, SYSTEM),
            "The note is final and the visit waits in the coders' queue.",
        ),
        Move(
            (EncounterStatus.DOCUMENTED,),
            EncounterStatus.CODING,
            "draft saved",
            (Role.CODER,),
            "A coder has begun; a draft of the codes is kept.",
        ),
        Move(
            (EncounterStatus.DOCUMENTED, EncounterStatus.CODING),
            EncounterStatus.CODED,
            "coding completed",
            (Role.CODER,),
            "The charges are in the ledger and the visit waits for its claims.",
        ),
        Move(
            (EncounterStatus.CODED,),
            EncounterStatus.BILLED,
            "claims sent",
            (SYSTEM, Role.BILLER),
            "Every primary claim of the visit has left once.",
        ),
        Move(
            (EncounterStatus.BILLED,),
            EncounterStatus.CLOSED,
            "nothing owed",
            (SYSTEM, Role.BILLER, Role.MANAGER),
            "Every claim is closed, and neither a payer nor the patient owes anything.",
        ),
    ],
)

ELIGIBILITY_CHECK: Final = StateTable(
    EligibilityCheck,
    "state",
    title="Eligibility check",
    created={EligibilityState.PENDING: "the payer is asked (270)"},
    moves=[
        Move(
            (EligibilityState.PENDING,),
            EligibilityState.ACTIVE,
            "271: active",
            (Role.FRONT_DESK, Role.BILLER, SYSTEM),
            "The plan covers the patient on the day of the visit.",
        ),
        Move(
            (EligibilityState.PENDING,),
            EligibilityState.INACTIVE,
            "271: inactive",
            (Role.FRONT_DESK, Role.BILLER, SYSTEM),
            "The plan does not cover the patient that day; somebody looks for another coverage.",
        ),
        Move(
            (EligibilityState.PENDING,),
            EligibilityState.NOT_FOUND,
            "271: not found",
            (Role.FRONT_DESK, Role.BILLER, SYSTEM),
            "The payer does not know these details; somebody corrects them and asks again.",
        ),
        Move(
            (EligibilityState.PENDING,),
            EligibilityState.UNKNOWN,
            "no answer",
            (Role.FRONT_DESK, Role.BILLER, SYSTEM),
            "Silence or an interruption: neither active nor inactive. It is asked again.",
        ),
    ],
)

TABLES: Final = (APPOINTMENT, ENCOUNTER, ELIGIBILITY_CHECK)
