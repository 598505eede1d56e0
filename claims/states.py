"""How a claim moves from draft to closed, and how a submission ends."""

from __future__ import annotations

from typing import Final

from claims.enums import AWAITING_PAYER, ClaimState, SubmissionEnd
from claims.models import Claim, Submission
from core.access.enums import Role
from core.states import SYSTEM, Move, StateTable

CLAIM: Final = StateTable(
    Claim,
    "state",
    title="Claim",
    created={ClaimState.DRAFT: "built from a coded visit"},
    moves=[
        Move(
            (ClaimState.DRAFT, ClaimState.READY),
            ClaimState.HELD,
            "scrub: errors",
            (SYSTEM, Role.BILLER),
            "It would be rejected or denied; it waits in the scrub queue for its fixes.",
        ),
        Move(
            (ClaimState.DRAFT, ClaimState.HELD),
            ClaimState.READY,
            "scrub: clean",
            (SYSTEM, Role.BILLER),
            "No error is left; it may be queued.",
        ),
        Move(
            (ClaimState.READY,),
            ClaimState.QUEUED,
            "queued",
            (SYSTEM, Role.BILLER),
            "It is to leave: the next turn puts it into a file.",
        ),
        Move(
            (ClaimState.QUEUED,),
            ClaimState.HELD,
            "cannot be written",
            (SYSTEM,),
            "Its 837 cannot be written; the reason is a finding in the scrub queue.",
        ),
        Move(
            (ClaimState.QUEUED,),
            ClaimState.SENT,
            "delivered",
            (SYSTEM,),
            "The receiver has its file (or has answered it already).",
        ),
        Move(
            (ClaimState.SENT,),
            ClaimState.ACCEPTED_BY_CLEARINGHOUSE,
            "999 or 277CA: accepted",
            (SYSTEM,),
            "The clearinghouse passes it on.",
        ),
        Move(
            (ClaimState.SENT, ClaimState.ACCEPTED_BY_CLEARINGHOUSE),
            ClaimState.ACCEPTED_BY_PAYER,
            "277CA: accepted by payer",
            (SYSTEM,),
            "The payer will adjudicate it: the proof of timely filing.",
        ),
        Move(
            AWAITING_PAYER,
            ClaimState.REJECTED,
            "999 or 277CA: rejected",
            (SYSTEM,),
            "It was never adjudicated; it waits in the rejection queue.",
        ),
        Move(
            (ClaimState.REJECTED,),
            ClaimState.DRAFT,
            "corrected and sent again",
            (Role.BILLER,),
            "A new submission is made from the chart and the coding as they stand now.",
        ),
        Move(
            (*AWAITING_PAYER, ClaimState.REJECTED, ClaimState.DENIED),
            ClaimState.ADJUDICATED,
            "835: answered",
            (SYSTEM, Role.BILLER),
            "The payer has paid or refused it, line by line.",
        ),
        Move(
            (ClaimState.ADJUDICATED,),
            ClaimState.DENIED,
            "denial opened",
            (SYSTEM, Role.BILLER),
            "Something the payer refused is to be worked.",
        ),
        Move(
            (ClaimState.ADJUDICATED, ClaimState.DENIED),
            ClaimState.CLOSED,
            "payer owes nothing",
            (SYSTEM, Role.BILLER, Role.MANAGER),
            "Paid, adjusted, written off or moved to the patient.",
        ),
        Move(
            (ClaimState.CLOSED,),
            ClaimState.ADJUDICATED,
            "835: reversed",
            (SYSTEM, Role.BILLER),
            "A reversal or a new answer left a balance with a payer again.",
        ),
        Move(
            (ClaimState.DENIED, ClaimState.ADJUDICATED, ClaimState.CLOSED),
            ClaimState.DRAFT,
            "corrected claim made",
            (Role.BILLER,),
            "A replacement, a void or a new claim after the payer's answer.",
        ),
    ],
)

SUBMISSION_END: Final = StateTable(
    Submission,
    "end",
    title="End of a submission",
    created={"": "made with its claim, or as the next attempt"},
    moves=[
        Move(
            ("",),
            SubmissionEnd.REJECTED,
            "rejected, sent again",
            (Role.BILLER,),
            "The next submission is a new original.",
        ),
        Move(
            ("",),
            SubmissionEnd.REPLACED,
            "replaced",
            (Role.BILLER,),
            "The next submission corrects it.",
        ),
        Move(
            ("",),
            SubmissionEnd.VOIDED,
            "voided",
            (Role.BILLER,),
            "The next submission takes it back at the payer.",
        ),
    ],
)

TABLES: Final = (CLAIM, SUBMISSION_END)
