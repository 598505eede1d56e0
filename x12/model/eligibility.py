"""270 and 271: who is covered for what, asked and answered.

Both are the same tree: information source (the payer) → information receiver (the provider) →
subscriber → dependent. The 270 fills ``inquiries``, the 271 ``benefits`` and ``rejections``.
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
    HealthCode,
    Procedure,
    Reference,
    Rejection,
    Trace,
    Unrecognised,
)


class Delivery(NamedTuple):
    """HSD: how a benefit may be used (visits per period)."""

    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    frequency: str = ""
    period: str = ""
    periods: Decimal | None = None
    pattern: str = ""
    time_pattern: str = ""


class Relation(NamedTuple):
    """INS: how this person is insured; in the 271 also whether an identifier was changed."""

    insured: str
    """INS01: Y subscriber, N dependent."""
    relationship: str
    """INS02: 18 self, 01 spouse, 19 child, 34 other adult, ..."""
    maintenance_type: str = ""
    maintenance_reason: str = ""
    birth_sequence: str = ""


class Military(NamedTuple):
    """MPI: military service information of the 271."""

    status: str
    employment: str
    affiliation: str
    description: str = ""
    rank: str = ""
    format: str = ""
    period: str = ""


@dataclass(slots=True)
class Inquiry:
    """Loop 2110C/D of the 270: one EQ."""

    service_types: tuple[str, ...] = ()
    """EQ01: 30 health benefit plan coverage, 98 office visit, UC urgent care, ..."""
    procedure: Procedure | None = None
    coverage_level: str = ""
    pointers: tuple[int, ...] = ()
    amounts: list[Amount] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    """III: (code list qualifier, code), ZZ = place of service."""
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class Benefit:
    """Loop 2110C/D of the 271: one EB with what belongs to it."""

    information: str
    """EB01: 1-5 active, 6-8 inactive, A coinsurance, B copay, C deductible, G out of pocket,
    F limitation, I non-covered, R other payer, U contact, V cannot process, ..."""
    coverage_level: str = ""
    """EB02: IND, FAM, EMP, ..."""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    """EB06: 23 calendar year, 24 year to date, 27 visit, 29 remaining, ..."""
    amount: Decimal | None = None
    percent: Decimal | None = None
    """EB08 as a fraction: 0.2 is 20 %."""
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    """EB11: Y required, N not required, U unknown."""
    network: str = ""
    """EB12: Y in network, N out, W both, U unknown."""
    procedure: Procedure | None = None
    pointers: tuple[int, ...] = ()
    deliveries: list[Delivery] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    places: list[tuple[str, str, str, str]] = field(default_factory=list)
    """III: qualifier, code, category, free text."""
    entities: list[Party] = field(default_factory=list)
    """Loop 2120: other payer, primary care provider, vendor, ..."""
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class MemberLevel:
    """Loop 2000C (subscriber) or 2000D (dependent)."""

    party: Party | None = None
    traces: list[Trace] = field(default_factory=list)
    relation: Relation | None = None
    dates: list[Dated] = field(default_factory=list)
    """291 plan, 346 plan begin, 356 eligibility begin, 307 eligibility, 357 end, ..."""
    codes: list[HealthCode] = field(default_factory=list)
    military: Military | None = None
    inquiries: list[Inquiry] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    dependents: list[MemberLevel] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)

    @property
    def rejections(self) -> list[Rejection]:
        """AAA of this person's name loop: what was wrong with the identification."""
        return self.party.rejections if self.party else []


@dataclass(slots=True)
class ReceiverLevel:
    """Loop 2000B: the provider that asks. Its ``party.rejections`` are for enrollment to fix."""

    party: Party | None = None
    members: list[MemberLevel] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


@dataclass(slots=True)
class SourceLevel:
    """Loop 2000A: the payer that answers."""

    party: Party | None = None
    rejections: list[Rejection] = field(default_factory=list)
    """AAA in 2000A: the request was not processed at all (42: payer down)."""
    receivers: list[ReceiverLevel] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    position: int = field(default=0, compare=False)


class MemberRow(NamedTuple):
    """One person of the file with all that stands above."""

    source: SourceLevel
    receiver: ReceiverLevel
    subscriber: MemberLevel
    dependent: MemberLevel | None

    @property
    def member(self) -> MemberLevel:
        """Whom the question or the answer is about."""
        return self.dependent or self.subscriber


@dataclass(slots=True)
class Eligibility:
    """What the 270 and the 271 share."""

    reference: str
    """BHT03: the inquiry's number; a 271 gives it back."""
    created: dt.date | None
    time: str
    sources: list[SourceLevel] = field(default_factory=list)
    purpose: str = "13"
    """BHT02: 13 request, 11 response, 01 cancellation, 06 confirmation."""
    type: str = ""
    unrecognised: list[Unrecognised] = field(default_factory=list)

    def rows(self) -> Iterator[MemberRow]:
        """Every subscriber without dependents, and every dependent."""
        for source in self.sources:
            for receiver in source.receivers:
                for member in receiver.members:
                    if not member.dependents:
                        yield MemberRow(source, receiver, member, None)
                    for dependent in member.dependents:
                        yield MemberRow(source, receiver, member, dependent)


@dataclass(slots=True)
class Eligibility270(Eligibility):
    """005010X279A1, the inquiry."""


@dataclass(slots=True)
class Eligibility271(Eligibility):
    """005010X279A1, the answer. ``purpose`` is 11."""
