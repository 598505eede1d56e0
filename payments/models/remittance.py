from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from claims.models import Claim, ClaimLine, Submission
from core import clock
from core.clearinghouse.models import Transmission
from core.ledger.models import Entry
from core.work.models import WorkItem
from encounters.models import Payer
from payments.enums import Disposition, LineMatchedBy, MatchedBy, PaymentState, RemittanceState

GROUPS = [
    ("CO", "Contractual obligation"),
    ("PR", "Patient responsibility"),
    ("OA", "Other adjustment"),
    ("PI", "Payer initiated"),
]


class Remittance(models.Model):
    """One 835 transaction (ST to SE): a payment, or a notice of none, and what it is made of.

    Identified by the payer and the trace number (TRN02): the same pair with other content
    is an error, never an update; only a held remittance, of which nothing was posted, gives
    way to a corrected file. Who the payer is, is ``payer_key``: see `payments.rules.identity`.
    """

    transmission = models.ForeignKey(
        Transmission, on_delete=models.PROTECT, related_name="remittances"
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="Which ST of its file")
    transaction_number = models.CharField(max_length=9, help_text="ST02")
    payer = models.ForeignKey(
        Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="remittances"
    )
    payer_name = models.CharField(max_length=60)
    payer_identifier = models.CharField(max_length=30, help_text="TRN03")
    payer_key = models.CharField(max_length=100, help_text="Who pays, for recognising a repeat")
    payee_name = models.CharField(max_length=60, blank=True)
    payee_identifier = models.CharField(max_length=80, blank=True, help_text="N1*PE N104: NPI")
    trace_number = models.CharField(max_length=50, help_text="TRN02: check or EFT number")
    handling = models.CharField(max_length=2, blank=True, help_text="BPR01")
    method = models.CharField(max_length=3, help_text="BPR04: ACH, CHK, NON …")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, help_text="BPR02; negative when BPR03 says debit"
    )
    payment_date = models.DateField(help_text="BPR16")
    production_date = models.DateField(null=True, blank=True, help_text="DTM*405")
    content_sha256 = models.CharField(max_length=64, help_text="Of the segments between ST and SE")
    state = models.CharField(max_length=8, choices=RemittanceState.choices)
    held_reason = models.TextField(blank=True, help_text="The difference, named")
    imbalances = models.JSONField(
        default=list, blank=True, help_text="Each sum that does not hold: level, segment, amounts"
    )
    warnings = models.JSONField(
        default=list, blank=True, help_text="What the file breaks of the guide without harm"
    )
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    received_at = models.DateTimeField(default=clock.now)
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer_key", "trace_number"],
                condition=~Q(state=RemittanceState.REPLACED),
                name="remittance_trace_once",
            ),
            models.UniqueConstraint(
                fields=["transmission", "position"], name="remittance_position_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=RemittanceState.HELD) | ~Q(held_reason=""),
                name="remittance_held_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=RemittanceState.POSTED, posted_at__isnull=False)
                | (~Q(state=RemittanceState.POSTED) & Q(posted_at=None)),
                name="remittance_posted_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-received_at"], name="remittance_state")]

    def __str__(self) -> str:
        return self.trace_number

    @property
    def payer_words(self) -> str:
        """The payer by its name in the product; as the file writes it when it is not ours."""
        return self.payer.name if self.payer is not None else self.payer_name


class RemittanceClaim(models.Model):
    """One claim's payment in a remittance (835 loop 2100, CLP)."""

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="claims")
    position = models.PositiveIntegerField()
    patient_control_number = models.CharField(max_length=38, help_text="CLP01")
    status_code = models.CharField(max_length=2, help_text="CLP02")
    charge = models.DecimalField(max_digits=12, decimal_places=2, help_text="CLP03")
    paid = models.DecimalField(max_digits=12, decimal_places=2, help_text="CLP04")
    patient_responsibility = models.DecimalField(max_digits=12, decimal_places=2, help_text="CLP05")
    payer_claim_number = models.CharField(max_length=50, blank=True, help_text="CLP07")
    patient_name = models.CharField(max_length=110, blank=True)
    member_number = models.CharField(max_length=80, blank=True)
    service_date = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=PaymentState.choices, default=PaymentState.RECORDED
    )
    matched_by = models.CharField(max_length=16, choices=MatchedBy.choices, default=MatchedBy.NONE)
    claim = models.ForeignKey(
        Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    unmatched_reason = models.CharField(
        max_length=255, blank=True, help_text="Why no claim of ours could be named"
    )
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
        help_text="The payment that this reversal (CLP02 = 22) takes back",
    )
    forwarded_to = models.CharField(max_length=60, blank=True, help_text="NM1*TT: crossover payer")
    entry = models.OneToOneField(
        Entry,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="remittance_claim",
        help_text="What the remittance's posting wrote; empty when there was nothing to write",
    )
    application = models.OneToOneField(
        Entry,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applied_payment",
        help_text="What applied an unposted payment later: to a claim by hand, or sent back",
    )
    denials_opened = models.BooleanField(
        default=False, help_text="A sweep has looked for denials in it"
    )
    resolution = models.CharField(max_length=255, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    work_item = models.OneToOneField(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="unposted_payment"
    )

    class Meta:
        verbose_name = "claim payment"
        ordering = ["remittance", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "position"], name="remittance_claim_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.POSTED) | Q(claim__isnull=False),
                name="payment_posted_has_its_claim",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.UNPOSTED) | Q(work_item__isnull=False),
                name="payment_unposted_has_its_work_item",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.RESOLVED) | Q(resolved_at__isnull=False),
                name="payment_resolved_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["patient_control_number"], name="payment_control_number"),
            models.Index(fields=["claim", "id"], name="payment_of_claim"),
            models.Index(
                fields=["payer_claim_number"],
                condition=~Q(payer_claim_number=""),
                name="payment_payer_number",
            ),
            models.Index(
                fields=["remittance"],
                condition=Q(state=PaymentState.UNPOSTED),
                name="payment_unposted",
            ),
            models.Index(
                fields=["id"],
                condition=Q(denials_opened=False, claim__isnull=False),
                name="payment_denials_to_open",
            ),
        ]

    @property
    def is_reversal(self) -> bool:
        """CLP02 = 22: takes back an earlier payment with every amount negated."""
        return self.status_code == "22"


class RemittanceLine(models.Model):
    """One service's payment (835 loop 2110, SVC)."""

    remittance_claim = models.ForeignKey(
        RemittanceClaim, on_delete=models.PROTECT, related_name="lines"
    )
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=48, help_text="SVC01-2: what the payer adjudicated")
    modifiers = ArrayField(models.CharField(max_length=2), size=4, default=list, blank=True)
    submitted_code = models.CharField(
        max_length=48, blank=True, help_text="SVC06-2, when it differs from what was billed"
    )
    charge = models.DecimalField(max_digits=12, decimal_places=2, help_text="SVC02")
    paid = models.DecimalField(max_digits=12, decimal_places=2, help_text="SVC03")
    units = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    allowed = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="AMT*B6"
    )
    control_number = models.CharField(max_length=50, blank=True, help_text="REF*6R")
    service_date = models.DateField(null=True, blank=True)
    matched_by = models.CharField(
        max_length=14, choices=LineMatchedBy.choices, default=LineMatchedBy.NONE
    )
    claim_line = models.ForeignKey(
        ClaimLine, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )

    class Meta:
        ordering = ["remittance_claim", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remittance_claim", "position"], name="remittance_line_once"
            ),
        ]


class Adjustment(models.Model):
    """One CAS reason: why the payment differs from the charge. Positive lowers payment.

    Stands at claim level (``line`` empty) or at line level, never at both.
    """

    remittance_claim = models.ForeignKey(
        RemittanceClaim, on_delete=models.PROTECT, related_name="adjustments"
    )
    line = models.ForeignKey(
        RemittanceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments"
    )
    group = models.CharField(max_length=2, choices=GROUPS, help_text="CAS01")
    carc = models.CharField("CARC", max_length=5, help_text="CAS02, 05, 08 …")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    quantity = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)
    disposition = models.CharField(
        max_length=12,
        choices=Disposition.choices,
        db_column="treatment",
        help_text="What posting does with it",
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["carc", "group"], name="adjustment_reason"),
            models.Index(
                fields=["remittance_claim"],
                condition=Q(disposition=Disposition.DENIED),
                name="adjustment_denied",
            ),
        ]


class Remark(models.Model):
    """A RARC: LQ*HE on a line, or MIA/MOA on the claim."""

    remittance_claim = models.ForeignKey(
        RemittanceClaim, on_delete=models.PROTECT, related_name="remarks"
    )
    line = models.ForeignKey(
        RemittanceLine, null=True, blank=True, on_delete=models.PROTECT, related_name="remarks"
    )
    code = models.CharField("RARC", max_length=10)

    class Meta:
        ordering = ["id"]


class ProviderAdjustment(models.Model):
    """A PLB amount: money that belongs to no claim. Positive lowers the payment."""

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="provider_adjustments"
    )
    position = models.PositiveSmallIntegerField()
    provider_identifier = models.CharField(max_length=80, help_text="PLB01")
    reason = models.CharField(max_length=5, help_text="PLB03-1: WO, FB, L6, 72, CS, J1, IR …")
    reference = models.CharField(max_length=50, blank=True, help_text="PLB03-2")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    entry = models.OneToOneField(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="provider_adjustment"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "position"], name="provider_adjustment_once"
            ),
        ]
