"""Remittances as the pages read them. Set-based: a page costs the same for 1 and 450 claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import (
    Count,
    DecimalField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from core.money import ZERO
from core.ui import formats
from payments.enums import Disposition, PaymentState, RemittanceState
from payments.models import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from payments.rules.reasons import (
    GROUP_WORDS,
    PLB_WORDS,
    STATUS_WORDS,
    reason,
    remark_words,
)


def listed_remittances() -> QuerySet[Remittance]:
    """The newest first, with how many claims they hold and how many wait for a person."""
    return (
        Remittance.objects.select_related("payer")
        .annotate(
            claim_count=_of_claims(Count("pk")),
            unposted_count=_of_claims(Count("pk"), state=PaymentState.UNPOSTED),
        )
        .order_by("-received_at", "-pk")
    )


def _of_claims(what: Count, **conditions: str) -> Coalesce:
    counted = (
        RemittanceClaim.objects.filter(remittance=OuterRef("pk"), **conditions)
        .order_by()
        .values("remittance")
        .annotate(counted=what)
        .values("counted")
    )
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the list's tiles say."""

    held: int
    held_amount: Decimal
    ready: int
    unposted: int
    unposted_amount: Decimal
    posted_amount: Decimal

    @property
    def unposted_note(self) -> str:
        """Beside the unposted dollars."""
        return f"{formats.counted(self.unposted, 'payment')} to match"


def totals() -> Totals:
    """Counts and dollars over all remittances; two queries."""
    found = Remittance.objects.aggregate(
        held=Count("pk", filter=Q(state=RemittanceState.HELD)),
        held_amount=_sum("amount", Q(state=RemittanceState.HELD)),
        ready=Count("pk", filter=Q(state=RemittanceState.READY)),
        posted_amount=_sum("amount", Q(state=RemittanceState.POSTED)),
    )
    waiting = RemittanceClaim.objects.filter(state=PaymentState.UNPOSTED).aggregate(
        unposted=Count("pk"), unposted_amount=_sum("paid", Q())
    )
    return Totals(**found, **waiting)


def _sum(column: str, condition: Q) -> Coalesce:
    return Coalesce(
        Sum(column, filter=condition) if condition else Sum(column),
        ZERO,
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """The three sums of a remittance (005010X221A1, 1.10.2.1)."""

    charges: Decimal
    adjustments: Decimal
    paid: Decimal
    provider_adjustments: Decimal
    amount: Decimal
    by_disposition: dict[str, Decimal]
    lines: int
    claims: int

    @property
    def effects(self) -> dict[str, Decimal]:
        """What each disposition does to the payment: reductions negative."""
        return {kind: -amount for kind, amount in self.by_disposition.items()}

    @property
    def claims_hold(self) -> bool:
        """ΣCLP03 − ΣCAS = ΣCLP04."""
        return self.charges - self.adjustments == self.paid

    @property
    def transaction_holds(self) -> bool:
        """ΣCLP04 − ΣPLB = BPR02."""
        return self.paid - self.provider_adjustments == self.amount

    @property
    def difference(self) -> Decimal:
        """BPR02 less what claims and PLB make."""
        return self.amount - (self.paid - self.provider_adjustments)


def proof(remittance: Remittance) -> Proof:
    """The sums, from the rows; four queries whatever the size."""
    claims = remittance.claims.aggregate(
        charges=_sum("charge", Q()), paid=_sum("paid", Q()), claims=Count("pk")
    )
    by_disposition = {
        row["disposition"]: row["total"]
        for row in Adjustment.objects.filter(remittance_claim__remittance=remittance)
        .order_by()
        .values("disposition")
        .annotate(total=Sum("amount"))
    }
    lines = RemittanceLine.objects.filter(remittance_claim__remittance=remittance).count()
    plb = remittance.provider_adjustments.aggregate(total=_sum("amount", Q()))["total"]
    return Proof(
        adjustments=sum(by_disposition.values(), ZERO),
        provider_adjustments=plb,
        amount=remittance.amount,
        by_disposition={kind: by_disposition.get(kind, ZERO) for kind in Disposition.values},
        lines=lines,
        **claims,
    )


def claim_payments(remittance: Remittance) -> QuerySet[RemittanceClaim]:
    """The remittance's claims in its order, with everything their panels show."""
    return (
        remittance.claims.select_related(
            "claim", "claim__encounter__patient", "reverses__remittance"
        )
        .prefetch_related(
            Prefetch("lines", RemittanceLine.objects.select_related("claim_line__charge_line")),
            "adjustments",
            "remarks",
        )
        .order_by("position")
    )


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A CAS reason in plain words."""

    group: str
    carc: str
    amount: Decimal
    disposition: str
    disposition_words: str
    words: str
    group_words: str


@dataclass(slots=True)
class LineRow:
    """A payer's line with its adjustments and remarks."""

    line: RemittanceLine | None
    adjustments: list[AdjustmentRow] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reduced(self) -> Decimal:
        """Sum of its adjustments."""
        return sum((row.amount for row in self.adjustments), ZERO)


@dataclass(slots=True)
class ClaimRow:
    """One CLP, ready to be shown."""

    payment: RemittanceClaim
    lines: list[LineRow]
    claim_level: LineRow
    status_words: str
    by_disposition: dict[str, Decimal]

    @property
    def denied(self) -> Decimal:
        """What it refuses to pay."""
        return self.by_disposition.get(Disposition.DENIED, ZERO)

    @property
    def contractual(self) -> Decimal:
        """What contract or law takes off."""
        return self.by_disposition.get(Disposition.CONTRACTUAL, ZERO)

    @property
    def patient(self) -> Decimal:
        """What went to the patient."""
        return self.by_disposition.get(Disposition.PATIENT, ZERO)


def adjustment_row(adjustment: Adjustment) -> AdjustmentRow:
    """A CAS reason with its words."""
    return AdjustmentRow(
        group=adjustment.group,
        carc=adjustment.carc,
        amount=adjustment.amount,
        disposition=adjustment.disposition,
        disposition_words=adjustment.get_disposition_display(),
        words=reason(adjustment.carc).words,
        group_words=GROUP_WORDS.get(adjustment.group, adjustment.group),
    )


def claim_rows(payments: Iterable[RemittanceClaim]) -> list[ClaimRow]:
    """Payments with their prefetched lines, adjustments and remarks, arranged."""
    return [_claim_row(payment) for payment in payments]


def _claim_row(payment: RemittanceClaim) -> ClaimRow:
    by_line: dict[int | None, list[Adjustment]] = defaultdict(list)
    by_disposition: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for adjustment in payment.adjustments.all():
        by_line[adjustment.line_id].append(adjustment)
        by_disposition[adjustment.disposition] += adjustment.amount
    remarks: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for remark in payment.remarks.all():
        remarks[remark.line_id].append((remark.code, remark_words(remark.code)))
    lines = sorted(payment.lines.all(), key=lambda line: line.position)
    rows = [
        LineRow(line, [adjustment_row(a) for a in by_line[line.pk]], remarks[line.pk])
        for line in lines
    ]
    return ClaimRow(
        payment=payment,
        lines=rows,
        claim_level=LineRow(None, [adjustment_row(a) for a in by_line[None]], remarks[None]),
        status_words=STATUS_WORDS.get(payment.status_code, f"Status {payment.status_code}"),
        by_disposition=dict(by_disposition),
    )


@dataclass(frozen=True, slots=True)
class ProviderAdjustmentRow:
    """A PLB amount in plain words."""

    adjustment: ProviderAdjustment
    words: str

    @property
    def effect(self) -> Decimal:
        """What it does to the payment: a recovery is negative, interest to us positive."""
        return -self.adjustment.amount


def provider_adjustments(remittance: Remittance) -> Sequence[ProviderAdjustmentRow]:
    """The PLB amounts, in order."""
    return [
        ProviderAdjustmentRow(row, PLB_WORDS.get(row.reason, f"Adjustment {row.reason}"))
        for row in remittance.provider_adjustments.order_by("position")
    ]
