"""What happens to a file that leaves, and to one that arrives."""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.models import Transmission
from core.states import SYSTEM, Move, StateTable

TRANSMISSION: Final = StateTable(
    Transmission,
    "state",
    title="File (transmission)",
    created={
        TransmissionState.PENDING: "a file of ours is stored",
        TransmissionState.RECEIVED: "a file arrived",
        TransmissionState.FAILED: "an unreadable file arrived",
    },
    moves=[
        Move(
            (TransmissionState.PENDING,),
            TransmissionState.SENT,
            "delivered",
            (SYSTEM,),
            "The receiver has it; it waits for its acknowledgement.",
        ),
        Move(
            (
                TransmissionState.PENDING,
                TransmissionState.SENT,
                TransmissionState.REFUSED,
                TransmissionState.FAILED,
            ),
            TransmissionState.ACKNOWLEDGED,
            "TA1, 999 or answer",
            (SYSTEM,),
            "The receiver confirmed it, perhaps before we noted that it had left.",
        ),
        Move(
            (
                TransmissionState.PENDING,
                TransmissionState.SENT,
                TransmissionState.ACKNOWLEDGED,
                TransmissionState.FAILED,
            ),
            TransmissionState.REFUSED,
            "refused",
            (SYSTEM,),
            "The receiver does not take it; somebody looks at the reason.",
        ),
        Move(
            (TransmissionState.PENDING,),
            TransmissionState.FAILED,
            "question without answer",
            (SYSTEM, Role.FRONT_DESK, Role.BILLER),
            "A real-time question ended without an answer; it is never sent again.",
        ),
        Move(
            (TransmissionState.REFUSED,),
            TransmissionState.PENDING,
            "sent again",
            (Role.BILLER, Role.ADMINISTRATOR),
            "A person has it sent once more, unchanged.",
        ),
        Move(
            (TransmissionState.RECEIVED, TransmissionState.FAILED),
            TransmissionState.PROCESSED,
            "processed",
            (SYSTEM, Role.BILLER, Role.FRONT_DESK),
            "Everything in it has its place in our records.",
        ),
        Move(
            (TransmissionState.RECEIVED, TransmissionState.PROCESSED),
            TransmissionState.FAILED,
            "cannot be processed",
            (SYSTEM,),
            "It is kept with the reason.",
        ),
        Move(
            (TransmissionState.FAILED,),
            TransmissionState.RECEIVED,
            "read again",
            (Role.BILLER, Role.ADMINISTRATOR),
            "A person has it read once more.",
        ),
    ],
)

TABLES: Final = (TRANSMISSION,)
