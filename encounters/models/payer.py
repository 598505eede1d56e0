from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.clearinghouse.models import TradingPartner
from encounters.enums import PayerKind


class Payer(models.Model):
    """An insurer, with its identifier for each kind of transaction."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=PayerKind.choices)
    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="payers")
    claim_payer_id = models.CharField(max_length=20, help_text="837 NM1*PR NM109")
    eligibility_payer_id = models.CharField(max_length=20, help_text="270 NM1*PR NM109")
    remittance_payer_id = models.CharField(max_length=20, help_text="835 TRN03")
    filing_indicator = models.CharField(max_length=2, help_text="SBR09: MB, MC, CI, BL, HM …")
    phone = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PayerPolicy(models.Model):
    """How a payer wants it, from a date: rules that differ by payer are rows, not constants."""

    payer = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="policies")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    timely_filing_days = models.PositiveSmallIntegerField()
    accepts_frequency_7 = models.BooleanField(
        help_text="Takes a corrected claim with frequency code 7 and REF*F8"
    )
    corrected_claim_days = models.PositiveSmallIntegerField(
        help_text="Days from the remittance to send a corrected claim"
    )
    appeal_days = models.PositiveSmallIntegerField()
    requires_qw = models.BooleanField(default=True, help_text="QW on CLIA-waived tests")
    telehealth_modifier = models.CharField(max_length=2, blank=True)
    follow_up_days = models.PositiveSmallIntegerField(default=45)
    sequestration_percent = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    wants_taxonomy = models.BooleanField(default=True)
    authorization_codes = ArrayField(
        models.CharField(max_length=5),
        default=list,
        blank=True,
        help_text="Procedure codes for which the payer wants a prior authorization (REF*G1)",
    )

    class Meta:
        verbose_name_plural = "payer policies"
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "effective_from"], name="payer_policy_one_per_start"
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="payer_policy_period_in_order",
            ),
        ]
