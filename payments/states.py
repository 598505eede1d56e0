"""How a remittance is posted, and what happens to each of its claim payments."""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.states import SYSTEM, Move, StateTable
from payments.enums import PaymentState, RemittanceState
from payments.models import Remittance, RemittanceClaim

REMITTANCE: Final = StateTable(
    Remittance,
    "state",
    title="Remittance (835)",
    created={
        RemittanceState.READY: "an 835 that balances is recorded",
        RemittanceState.HELD: "an 835 that does not balance is recorded",
    },
    moves=[
        Move(
            (RemittanceState.READY,),
            RemittanceState.POSTED,
            "posted",
            (SYSTEM, Role.BILLER),
            "Every cent of it is in the ledger.",
        ),
        Move(
            (RemittanceState.HELD,),
            RemittanceState.REPLACED,
            "corrected file",
            (SYSTEM, Role.BILLER),
            "The payer sent the payment again with other content; that one counts.",
        ),
    ],
)

PAYMENT: Final = StateTable(
    RemittanceClaim,
    "state",
    title="Claim payment (CLP)",
    created={PaymentState.RECORDED: "recorded with its remittance"},
    moves=[
        Move(
            (PaymentState.RECORDED,),
            PaymentState.POSTED,
            "posted to its claim",
            (SYSTEM, Role.BILLER),
            "The claim's receivables follow what the payer said.",
        ),
        Move(
            (PaymentState.RECORDED,),
            PaymentState.UNPOSTED,
            "no claim found",
            (SYSTEM, Role.BILLER),
            "The money is unapplied; the payment waits in the unposted queue.",
        ),
        Move(
            (PaymentState.RECORDED,),
            PaymentState.INFORMATION,
            "information only",
            (SYSTEM, Role.BILLER),
            "A predetermination or a forwarding: nothing to post.",
        ),
        Move(
            (PaymentState.UNPOSTED,),
            PaymentState.RESOLVED,
            "matched or sent back",
            (Role.BILLER,),
            "A person posted it to a claim, or it goes back to the payer.",
        ),
    ],
)

TABLES: Final = (REMITTANCE, PAYMENT)
