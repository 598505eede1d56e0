"""Checks beyond single segments: balance (SNIP 3), situations (4), code sets (5), payer rules (7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rcm.x12.checks import Checks
from rcm.x12.problems import Problem
from rcm.x12.rules.base import Rules
from rcm.x12.rules.remittance import RemittanceRules


def rules_for(kind: str, checks: Checks) -> Rules:
    """The rules of a transaction, at the levels that are asked for."""
    if kind == "835":
        return RemittanceRules(checks)
    return Rules(checks)


__all__ = ["Any", "Iterable", "Problem", "Rules", "rules_for"]
