from payments.models.remittance import (
    Adjustment,
    ProviderAdjustment,
    Remark,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)

__all__ = [
    "Adjustment",
    "ProviderAdjustment",
    "Remark",
    "Remittance",
    "RemittanceClaim",
    "RemittanceLine",
]
