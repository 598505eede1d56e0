"""The unposted queue, and the claims a payment may belong to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from claims.models import Claim
from core.money import ZERO
from payments.enums import PaymentState
from payments.models import RemittanceClaim


def unposted_payments() -> QuerySet[RemittanceClaim]:
    """Payments without a claim."""
    return RemittanceClaim.objects.filter(state=PaymentState.UNPOSTED).select_related(
        "remittance__payer", "work_item__assigned_to"
    )


def unposted_total(rows: QuerySet[RemittanceClaim]) -> Decimal:
    """The money in these rows."""
    return rows.order_by().aggregate(total=Sum("paid"))["total"] or ZERO


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that the payment may belong to, and what speaks for it."""

    claim: Claim
    same: tuple[str, ...]
    differs: tuple[str, ...]


def candidates(payment: RemittanceClaim, text: str = "", limit: int = 8) -> list[Candidate]:
    """Sent claims that fit: by the words typed, else by patient, member, date and charge."""
    rows = Claim.objects.filter(first_sent_at__isnull=False).select_related(
        "encounter__patient", "payer", "coverage"
    )
    text = text.strip()
    if text:
        rows = rows.filter(
            Q(number__istartswith=text)
            | Q(payer_claim_number__iexact=text)
            | Q(encounter__number__iexact=text)
            | Q(encounter__patient__last_name__istartswith=text.split(",")[0].split(" ")[0])
            | Q(coverage__subscriber_number__iexact=text)
        )
    else:
        last_name = payment.patient_name.split(",")[0].strip()
        fits = Q(pk__in=[])
        if last_name:
            fits |= Q(encounter__patient__last_name__iexact=last_name)
        if payment.member_number:
            fits |= Q(coverage__subscriber_number__iexact=payment.member_number)
        if payment.service_date is not None:
            fits |= Q(service_date=payment.service_date, total_charge=abs(payment.charge))
        rows = rows.filter(fits)
    found = [_weigh(payment, claim) for claim in rows.order_by("-service_date", "-pk")[:40]]
    found.sort(key=lambda candidate: (-len(candidate.same), len(candidate.differs)))
    return found[:limit]


def _weigh(payment: RemittanceClaim, claim: Claim) -> Candidate:
    patient = claim.encounter.patient
    last_name = payment.patient_name.split(",")[0].strip().upper()
    points = [
        ("patient", bool(last_name) and last_name == patient.last_name.upper(), bool(last_name)),
        (
            "member number",
            payment.member_number.upper() == claim.coverage.subscriber_number.upper(),
            bool(payment.member_number),
        ),
        ("service date", payment.service_date == claim.service_date, bool(payment.service_date)),
        ("charge", abs(payment.charge) == claim.total_charge, True),
        (
            "payer",
            payment.remittance.payer_id == claim.payer_id,
            payment.remittance.payer_id is not None,
        ),
    ]
    return Candidate(
        claim,
        same=tuple(name for name, agrees, _ in points if agrees),
        differs=tuple(name for name, agrees, is_known in points if is_known and not agrees),
    )
