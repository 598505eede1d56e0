"""Plain values that the scrub rules work on. No database, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PersonFact:
    """The patient, as the 837 names them (loop 2010BA or 2010CA)."""

    last_name: str
    first_name: str
    birth_date: date | None
    sex: str
    address: str
    city: str
    state: str
    zip_code: str


@dataclass(frozen=True, slots=True)
class CoverageFact:
    """The insurance that is billed (loops 2000B, 2010BA)."""

    subscriber_number: str
    group_number: str
    relationship: str
    subscriber_last_name: str
    subscriber_first_name: str
    subscriber_birth_date: date | None
    effective_from: date
    effective_to: date | None
    eligibility: str = ""
    """State of the latest check: active, inactive, not_found, unknown; empty = never checked."""
    authorization_asked: bool = False
    """The payer's latest answer says that an authorization is needed (EB11 = Y)."""

    @property
    def is_dependent(self) -> bool:
        """Whether the patient is not the subscriber (SBR02 is not 18)."""
        return self.relationship != "18"


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """The payer's requirements on the day of service."""

    timely_filing_days: int
    corrected_claim_days: int
    accepts_frequency_7: bool
    wants_taxonomy: bool
    authorization_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PayerFact:
    """Who is billed (loop 2010BB)."""

    name: str
    kind: str
    claim_payer_id: str
    filing_indicator: str
    is_active: bool
    policy: PolicyFact | None


@dataclass(frozen=True, slots=True)
class ProviderFact:
    """Who treated (loop 2310B)."""

    last_name: str
    first_name: str
    npi: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class FacilityFact:
    """The billing provider (loop 2010AA)."""

    name: str
    npi: str
    taxonomy: str
    tax_id: str
    address: str
    city: str
    state: str
    zip_code: str
    clia_number: str


@dataclass(frozen=True, slots=True)
class LineFact:
    """A service line (loop 2400). `charge` in US dollars for all units."""

    position: int
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: Decimal
    pointers: tuple[int, ...]
    service_date: date
    place_of_service: str
    needs_clia: bool = False
    """A waived laboratory test of the code book, or a line with QW."""


@dataclass(frozen=True, slots=True)
class EarlierService:
    """A service of the same patient on another claim that the payer already has."""

    claim_number: str
    code: str
    modifiers: tuple[str, ...]
    service_date: date


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """Everything about one submission that a rule may look at."""

    number: str
    today: date
    service_date: date
    filing_deadline: date
    frequency: str
    original_reference: str
    total_charge: Decimal
    patient: PersonFact
    coverage: CoverageFact
    payer: PayerFact
    provider: ProviderFact
    facility: FacilityFact
    diagnoses: tuple[str, ...]
    lines: tuple[LineFact, ...]
    prior_authorization: str = ""
    referral_number: str = ""
    referring_npi: str = ""
    referring_last_name: str = ""
    answered_on: date | None = None
    """When the payer answered the claim first: from then the time for corrections runs."""
    earlier: tuple[EarlierService, ...] = ()
