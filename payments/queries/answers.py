"""A payer's answers to claims that still count."""

from __future__ import annotations

from django.db.models import QuerySet

from payments.enums import PaymentState
from payments.models import RemittanceClaim


def standing_answers() -> QuerySet[RemittanceClaim]:
    """Payments that were posted to a claim, are no reversal, and that no reversal took back."""
    return RemittanceClaim.objects.filter(
        state__in=[PaymentState.POSTED, PaymentState.RESOLVED], reversed_by=None
    ).exclude(status_code="22")
