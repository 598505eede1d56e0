"""Forms of the front desk and the providers. They read and check what was typed; services write."""

from encounters.forms.base import show_refusal
from encounters.forms.coverage import ChangeCoverageForm, CoverageForm, EndCoverageForm
from encounters.forms.organisation import FacilityForm, ProviderForm
from encounters.forms.patients import PatientForm
from encounters.forms.visits import (
    AppointmentForm,
    CheckInForm,
    HoldForm,
    MoveForm,
    WalkInForm,
)

__all__ = [
    "AppointmentForm",
    "ChangeCoverageForm",
    "CheckInForm",
    "CoverageForm",
    "EndCoverageForm",
    "FacilityForm",
    "HoldForm",
    "MoveForm",
    "PatientForm",
    "ProviderForm",
    "WalkInForm",
    "show_refusal",
]
