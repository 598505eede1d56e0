"""276, 277 and 277CA: where a claim stands, asked, answered and acknowledged.

276 and 277 are one tree: payer → receiver of the answer → provider → subscriber → dependent.
The 277CA has the patient directly below the provider.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from x12.model.party import Party
from x12.model.values import (
    Amount,
    Dated,
    Procedure,
    Quantity,
    Reference,
    Status,
    Trace,
    Unrecognised,
)


@dataclass(slots=True)
class LineStatus:
    """Loop 2210/2220: a service line, asked for or answered."""

    procedure: Procedure
    charge: Decimal
    paid: Decimal | None = None
    revenue_code: str = ""
    quantity: Decimal | None = None
    statuses: list[Status] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class ClaimStatus:
    """Loop 2200: one claim. In the 276 without ``statuses``; in 277 and 277CA with them."""

    trace: Trace
    """TRN02: in the 277CA it is the claim's CLM01."""
    statuses: list[Status] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    """1K payer claim control number, EJ patient control number, BLT bill type, D9, EA, 6P."""
    amounts: list[Amount] = field(default_factory=list)
    """T3 total charge (276)."""
    dates: list[Dated] = field(default_factory=list)
    """472 service dates."""
    lines: list[LineStatus] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)
    last_position: int = field(default=0, compare=False)

    def ref(self, qualifier: str) -> str:
        """First reference with this qualifier, or an empty text."""
        return next((r.value for r in self.references if r.qualifier == qualifier), "")

    @property
    def rejected(self) -> bool:
        """Whether any status of the claim says that it goes no further (277CA)."""
        return any(code.rejected for status in self.statuses for code in status.codes)


@dataclass(slots=True)
class StatusMember:
    """Loop 2000D (subscriber), 2000E (dependent), or the patient of a 277CA (HL03 = PT)."""

    party: Party | None = None
    claims: list[ClaimStatus] = field(default_factory=list)
    dependents: list[StatusMember] = field(default_factory=list)
    birth_date: dt.date | None = None
    """DMG02 stands on the level, before the name (276)."""
    gender: str = ""
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class StatusProvider:
    """Loop 2000C: a provider of service."""

    party: Party | None = None
    trace: Trace | None = None
    statuses: list[Status] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    members: list[StatusMember] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class StatusReceiver:
    """Loop 2000B: who asked or submitted. In the 277CA with totals: QTY 90/AA, AMT YU/YY."""

    party: Party | None = None
    trace: Trace | None = None
    """TRN02 of the 277CA: BHT03 of the 837 that is acknowledged."""
    statuses: list[Status] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    providers: list[StatusProvider] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class StatusSource:
    """Loop 2000A: the payer or clearinghouse that answers."""

    party: Party | None = None
    trace: Trace | None = None
    dates: list[Dated] = field(default_factory=list)
    """277CA: 050 received, 009 processed."""
    receivers: list[StatusReceiver] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


class StatusRow(NamedTuple):
    """One claim of the file with all that stands above."""

    source: StatusSource
    receiver: StatusReceiver
    provider: StatusProvider
    subscriber: StatusMember
    dependent: StatusMember | None
    claim: ClaimStatus


@dataclass(slots=True)
class StatusTransaction:
    """What the three share."""

    reference: str
    created: dt.date | None
    time: str
    sources: list[StatusSource] = field(default_factory=list)
    purpose: str = ""
    """BHT02: 13 request, 08 status."""
    type: str = ""
    """BHT06: DG response (277), TH receipt acknowledgement (277CA)."""
    unrecognised: list[Unrecognised] = field(default_factory=list)

    def rows(self) -> Iterator[StatusRow]:
        """Every claim in file order."""
        for source in self.sources:
            for receiver in source.receivers:
                for provider in receiver.providers:
                    for member in provider.members:
                        for claim in member.claims:
                            yield StatusRow(source, receiver, provider, member, None, claim)
                        for dependent in member.dependents:
                            for claim in dependent.claims:
                                yield StatusRow(
                                    source, receiver, provider, member, dependent, claim
                                )


@dataclass(slots=True)
class StatusRequest276(StatusTransaction):
    """005010X212, the question."""


@dataclass(slots=True)
class StatusResponse277(StatusTransaction):
    """005010X212, the answer."""


@dataclass(slots=True)
class ClaimAcknowledgement277CA(StatusTransaction):
    """005010X214: each claim of an 837 accepted (A1, A2) or rejected (A3, A6, A7, A8)."""
