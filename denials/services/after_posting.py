"""The part of denials in every posting: in the transaction that posts, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from claims.models import Claim
from denials.services.opening import open_denials_of
from denials.services.resolving import resolve_answered_of


def work_posted_payments(payment_ids: Sequence[int]) -> None:
    """Open the denials in payments that are being posted; decide the earlier ones they answer.

    So no posted refusal is ever without its case. Registered with
    `payments.services.posting.on_posted`; the claims are locked by the posting.
    """
    open_denials_of(payment_ids)
    claims = Claim.objects.filter(payments__in=payment_ids)
    resolve_answered_of(claims.values_list("pk", flat=True))
