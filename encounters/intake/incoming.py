"""What a file from another system says, whatever its format. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from encounters.rules.details import DiagnosisText, Sections, ServiceText


class Unreadable(Exception):
    """The file cannot be read. ``place`` is the segment or entry, counted from 1; 0 the whole."""

    def __init__(self, reason: str, *, place: int = 0, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.name = name


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier with the system that gave it."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class IncomingPatient:
    """A person in the records of the other system."""

    id: Name
    last_name: str
    first_name: str
    birth_date: date
    sex: str
    middle_name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class IncomingCoverage:
    """An insurance in the records of the other system."""

    payer_name: str
    payer_id: str = ""
    subscriber_number: str = ""
    group_number: str = ""
    plan_name: str = ""
    relationship: str = "18"
    subscriber_last_name: str = ""
    subscriber_first_name: str = ""
    subscriber_birth_date: date | None = None
    subscriber_sex: str = ""
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class IncomingVisit:
    """A visit that happened, with what was documented."""

    id: Name
    service_date: date
    reason: str = ""
    provider_npi: str = ""
    provider_name: str = ""
    sections: Sections = field(default_factory=Sections)
    diagnoses: tuple[DiagnosisText, ...] = ()
    services: tuple[ServiceText, ...] = ()
    prior_authorization: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One patient with everything the file says about them."""

    patient: IncomingPatient
    coverages: Sequence[IncomingCoverage] = ()
    visits: Sequence[IncomingVisit] = ()
