from django.db import models
from django.db.models import F, Q

from coding.enums import ConversionFactorKind, FeeScheduleKind
from encounters.models import Payer


class RvuRow(models.Model):
    """A row of Medicare's physician fee schedule: relative value units and payment rules.

    Columns and indicators as in CMS's RVU file (PPRRVU). RVUs have no unit; times GPCI
    and conversion factor they become US dollars.
    """

    code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True, help_text="Empty, 26, TC or 53")
    status = models.CharField(max_length=1, help_text="A active, B bundled, N not covered, X …")
    work = models.DecimalField(max_digits=8, decimal_places=2)
    nonfacility_pe = models.DecimalField(max_digits=8, decimal_places=2)
    facility_pe = models.DecimalField(max_digits=8, decimal_places=2)
    malpractice = models.DecimalField(max_digits=8, decimal_places=2)
    pc_tc = models.CharField(
        max_length=1, help_text="1 diagnostic test, 2 reading only, 3 technical"
    )
    global_days = models.CharField(max_length=3, help_text="000, 010, 090, XXX, YYY, ZZZ, MMM")
    multiple = models.CharField(max_length=1, help_text="2 = standard multiple-procedure rule")
    bilateral = models.CharField(max_length=1, help_text="1 = modifier 50 pays 150 %")
    assistant = models.CharField(max_length=1)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code", "modifier"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "modifier", "effective_from"], name="rvu_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.modifier}".rstrip()


class Gpci(models.Model):
    """Geographic practice cost indices of a Medicare locality."""

    locality = models.CharField(max_length=10, help_text="Contractor and locality number: 0610299")
    state = models.CharField(max_length=2)
    name = models.CharField(max_length=100)
    work = models.DecimalField(max_digits=6, decimal_places=3)
    practice_expense = models.DecimalField(max_digits=6, decimal_places=3)
    malpractice = models.DecimalField(max_digits=6, decimal_places=3)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "GPCI"
        verbose_name_plural = "GPCIs"
        ordering = ["locality"]
        constraints = [
            models.UniqueConstraint(fields=["locality", "effective_from"], name="gpci_once"),
        ]

    def __str__(self) -> str:
        return self.locality


class ConversionFactor(models.Model):
    """US dollars per relative value unit."""

    kind = models.CharField(max_length=8, choices=ConversionFactorKind.choices)
    amount = models.DecimalField(max_digits=9, decimal_places=4)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_from"], name="conversion_factor_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="conversion_factor_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class FeeSchedule(models.Model):
    """Prices from a date: the clinic's charges, or Medicare's laboratory and drug fees."""

    kind = models.CharField(max_length=10, choices=FeeScheduleKind.choices)
    name = models.CharField(max_length=80)
    effective_from = models.DateField()

    class Meta:
        ordering = ["kind", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "effective_from"], name="fee_schedule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.effective_from:%Y-%m-%d}"


class FeeScheduleRate(models.Model):
    """The price of one unit of a code, in US dollars."""

    schedule = models.ForeignKey(FeeSchedule, on_delete=models.CASCADE, related_name="rates")
    code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["code", "modifier"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "code", "modifier"], name="fee_schedule_rate_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_schedule_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"


class ContractRate(models.Model):
    """What a payer's contract allows from a date: a price, or a share of Medicare's.

    The most exact row wins: code and modifier, code, then the row without a code (every
    other service).
    """

    payer = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="contract_rates")
    code = models.CharField(max_length=5, blank=True, help_text="Empty: every other service")
    modifier = models.CharField(max_length=2, blank=True)
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="US dollars for one unit"
    )
    percent_of_medicare = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    version = models.CharField(max_length=40, help_text="Name of the contract version")

    class Meta:
        ordering = ["payer", "code", "modifier", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "code", "modifier", "effective_from"], name="contract_rate_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, percent_of_medicare=None)
                | Q(amount=None, percent_of_medicare__isnull=False),
                name="contract_rate_price_or_percent",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="contract_rate_period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} {self.code}".rstrip()
