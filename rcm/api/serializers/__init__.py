"""What each address answers with. Money is a decimal string, a day ISO 8601, a code
has its words beside it, and `links` names only what the reader may open."""

from rcm.api.serializers.claims import ClaimDetailSerializer, ClaimSerializer
from rcm.api.serializers.denials import DenialDetailSerializer, DenialSerializer
from rcm.api.serializers.encounters import EncounterDetailSerializer, EncounterSerializer
from rcm.api.serializers.patients import PatientDetailSerializer, PatientSerializer
from rcm.api.serializers.remittances import (
    RemittanceClaimSerializer,
    RemittanceDetailSerializer,
    RemittanceSerializer,
)

__all__ = [
    "ClaimDetailSerializer",
    "ClaimSerializer",
    "DenialDetailSerializer",
    "DenialSerializer",
    "EncounterDetailSerializer",
    "EncounterSerializer",
    "PatientDetailSerializer",
    "PatientSerializer",
    "RemittanceClaimSerializer",
    "RemittanceDetailSerializer",
    "RemittanceSerializer",
]
