"""Rows for tests: valid, complete, and different from each other."""

from tests.factories.access import UserFactory
from tests.factories.clearinghouse import TradingPartnerFactory, TransmissionFactory
from tests.factories.encounters import (
    AppointmentFactory,
    CoverageFactory,
    EligibilityBenefitFactory,
    EligibilityCheckFactory,
    EncounterFactory,
    FacilityFactory,
    NoteFactory,
    PatientFactory,
    PayerFactory,
    PayerPolicyFactory,
    ProviderFactory,
    SignedNoteFactory,
)

__all__ = [
    "AppointmentFactory",
    "CoverageFactory",
    "EligibilityBenefitFactory",
    "EligibilityCheckFactory",
    "EncounterFactory",
    "FacilityFactory",
    "NoteFactory",
    "PatientFactory",
    "PayerFactory",
    "PayerPolicyFactory",
    "ProviderFactory",
    "SignedNoteFactory",
    "TradingPartnerFactory",
    "TransmissionFactory",
    "UserFactory",
]
