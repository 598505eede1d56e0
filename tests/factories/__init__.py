"""Rows for tests: valid, complete, and different from each other."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # A call of a factory gives a row; the type checker takes it for the factory itself.
    AppointmentFactory: Any
    CoverageFactory: Any
    EligibilityBenefitFactory: Any
    EligibilityCheckFactory: Any
    EncounterFactory: Any
    FacilityFactory: Any
    NoteFactory: Any
    PatientFactory: Any
    PayerFactory: Any
    PayerPolicyFactory: Any
    ProviderFactory: Any
    SignedNoteFactory: Any
    TradingPartnerFactory: Any
    TransmissionFactory: Any
    UserFactory: Any
else:
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
