"""TA1, 999 and 277CA: what comes back at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import x12
from core.money import total
from simulator.sandbox.model import Address, Bill
from simulator.sandbox.screening import Rejection

CLEARINGHOUSE = "SANDBOX CLEARINGHOUSE"


class Screened(NamedTuple):
    """A claim after screening: its number at the payer, or why it is refused."""

    bill: Bill
    number: str
    rejections: list[Rejection]


def envelope(address: Address, control: int, now: dt.datetime) -> x12.Envelope:
    """The ISA and GS of everything the sandbox sends."""
    return x12.Envelope(
        address.clearinghouse,
        address.submitter,
        control_number=control,
        created=now.replace(tzinfo=None),
        usage=address.usage,
        delimiters=address.delimiters,
    )


def claim_acknowledgement(
    batch: x12.Claims837,
    claims: Sequence[Screened],
    address: Address,
    control: int,
    now: dt.datetime,
) -> x12.ClaimAcknowledgement277CA:
    """The 277CA (005010X214) of one batch: every claim accepted (A2) or rejected, with reasons."""
    today = now.date()
    accepted = [claim for claim in claims if not claim.rejections]
    rejected = [claim for claim in claims if claim.rejections]
    submitter = batch.submitter
    receiver = x12.StatusReceiver(
        party=x12.Party(
            "41",
            name=submitter.name if submitter else address.submitter,
            id_qualifier="46",
            id=submitter.id if submitter else address.submitter,
        ),
        trace=x12.Trace("2", batch.reference),
        statuses=[
            x12.Status(
                (x12.StatusCode("A1", "19", "PR"),),
                effective=today,
                action="WQ",
                charge=_charges(claims),
            )
        ],
    )
    for found, count, amount in ((accepted, "90", "YU"), (rejected, "AA", "YY")):
        if found:
            receiver.quantities.append(x12.Quantity(count, Decimal(len(found))))
            receiver.amounts.append(x12.Amount(amount, _charges(found)))
    _add_claims(receiver, claims, today)
    source = x12.StatusSource(
        party=x12.Party("AY", name=CLEARINGHOUSE, id_qualifier="46", id=address.clearinghouse),
        trace=x12.Trace("1", f"SBX{control:09d}"),
        dates=[x12.Dated("050", today), x12.Dated("009", today)],
        receivers=[receiver],
    )
    return x12.ClaimAcknowledgement277CA(
        reference=f"SBX{control:09d}",
        created=today,
        time=f"{now:%H%M}",
        sources=[source],
        purpose="08",
        type="TH",
    )


def _charges(claims: Sequence[Screened]) -> Decimal:
    return total(claim.bill.charge for claim in claims)


def _add_claims(receiver: x12.StatusReceiver, claims: Sequence[Screened], today: dt.date) -> None:
    for claim in claims:
        bill = claim.bill
        provider = receiver.providers[-1] if receiver.providers else None
        if provider is None or provider.party is None or provider.party.id != bill.billing_npi:
            provider = x12.StatusProvider(
                party=x12.Party(
                    "85", name=bill.billing_name, id_qualifier="XX", id=bill.billing_npi
                ),
            )
            receiver.providers.append(provider)
        patient = x12.Party(
            "QC",
            "1",
            bill.patient.last,
            bill.patient.first,
            bill.patient.middle,
            id_qualifier="MI" if bill.member else "",
            id=bill.member,
        )
        provider.members.append(x12.StatusMember(party=patient, claims=[_status(claim, today)]))


def _status(claim: Screened, today: dt.date) -> x12.ClaimStatus:
    bill = claim.bill
    if claim.rejections:
        codes = [x12.StatusCode(r.category, r.code, r.entity) for r in claim.rejections]
        # One STC holds three; the same finding on three lines is said once.
        unique = list(dict.fromkeys(codes))
        statuses = [
            x12.Status(tuple(unique[at : at + 3]), effective=today, action="U", charge=bill.charge)
            for at in range(0, len(unique), 3)
        ]
    else:
        accepted = x12.StatusCode("A2", "20", "PR")
        statuses = [x12.Status((accepted,), effective=today, action="WQ", charge=bill.charge)]
    first, last = bill.first_day, bill.last_day
    return x12.ClaimStatus(
        trace=x12.Trace("2", bill.account),
        statuses=statuses,
        references=[x12.Reference("1K", claim.number)] if claim.number else [],
        dates=[x12.Dated("472", first, last if last != first else None)]
        if first > dt.date.min
        else [],
    )
