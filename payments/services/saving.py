"""Rows that several payment services write the same way."""

from __future__ import annotations

from collections.abc import Sequence

from payments.enums import LineMatchedBy
from payments.models import RemittanceLine
from payments.services.bulk import update_rows
from payments.services.working import PaymentInWork


def save_line_matches(payments: Sequence[PaymentInWork]) -> None:
    """Write down which claim line each of the payer's lines answers."""
    changed: list[RemittanceLine] = []
    for payment in payments:
        for line, match in zip(payment.lines, payment.line_matches, strict=True):
            line.claim_line_id = match.billed_id
            line.matched_by = LineMatchedBy(match.by)
            changed.append(line)
    update_rows(changed, ["claim_line", "matched_by"])
