"""Checks beyond single segments: balance (SNIP 3), situations (4), code sets (5), payers (7)."""

from __future__ import annotations

from x12.rules.acknowledgements import AcknowledgementRules
from x12.rules.base import Rules
from x12.rules.checks import Checks
from x12.rules.claims import ClaimRules
from x12.rules.inquiries import InquiryRules
from x12.rules.remittance import RemittanceRules


def rules_for(kind: str, checks: Checks) -> Rules:
    """The rules of a transaction, at the levels that are asked for."""
    if kind == "835":
        return RemittanceRules(checks)
    if kind in ("837P", "837I"):
        return ClaimRules(checks, professional=kind == "837P")
    if kind in ("270", "276"):
        return InquiryRules(checks)
    if kind in ("277CA", "999"):
        return AcknowledgementRules(checks)
    return Rules(checks)
