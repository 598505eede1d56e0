from encounters.models.coverage import Coverage, EligibilityBenefit, EligibilityCheck
from encounters.models.documentation import (
    ClinicalNote,
    DocumentedDiagnosis,
    DocumentedService,
)
from encounters.models.external import ExternalId
from encounters.models.organisation import Facility, Provider
from encounters.models.patient import Patient
from encounters.models.payer import Payer, PayerPolicy
from encounters.models.visit import Appointment, Encounter

__all__ = [
    "Appointment",
    "ClinicalNote",
    "Coverage",
    "DocumentedDiagnosis",
    "DocumentedService",
    "EligibilityBenefit",
    "EligibilityCheck",
    "Encounter",
    "ExternalId",
    "Facility",
    "Patient",
    "Payer",
    "PayerPolicy",
    "Provider",
]
