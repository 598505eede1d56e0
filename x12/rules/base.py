"""What the rules of every transaction share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from x12.errors import Snip
from x12.rules.checks import Checks
from x12.rules.problems import Problem


class Rules:
    """No rules: transactions without sums and codes of their own."""

    def __init__(self, checks: Checks) -> None:
        self.checks = checks
        self.balance = Snip.BALANCE in checks.levels
        self.situation = Snip.SITUATION in checks.levels
        self.codes = Snip.CODE_SET in checks.levels

    def claim(self, row: Any) -> Iterable[Problem]:
        """Problems of one claim (or person, or status) with all that is above it."""
        return ()

    def transaction(self, content: Any) -> Iterable[Problem]:
        """Problems of the transaction as a whole, at its end."""
        return ()
