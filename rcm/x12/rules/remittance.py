"""835: the three sums, and what the codes of an adjustment must be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rcm.x12.balance import Imbalance, balance_claim, balance_line, balance_transaction
from rcm.x12.checks import Checks
from rcm.x12.errors import Snip
from rcm.x12.model.remittance import ClaimPayment, Remittance835
from rcm.x12.problems import Problem
from rcm.x12.rules.base import Rules

_WHERE = {
    "line": ("SVC", "SVC03", "line-balance"),
    "claim": ("CLP", "CLP04", "claim-balance"),
    "transaction": ("BPR", "BPR02", "transaction-balance"),
}


class RemittanceRules(Rules):
    """Balancing needs all claims, so the sum of what was paid is kept while they pass."""

    def __init__(self, checks: Checks) -> None:
        super().__init__(checks)
        self.paid = Decimal(0)

    def claim(self, row: ClaimPayment) -> Iterable[Problem]:
        """Line and claim sums."""
        self.paid += row.paid
        if not self.balance:
            return ()
        found: list[Problem] = []
        for line in row.lines:
            imbalance = balance_line(line, row)
            if imbalance is not None:
                found.append(_problem(imbalance))
        imbalance = balance_claim(row)
        if imbalance is not None:
            found.append(_problem(imbalance))
        return found

    def transaction(self, content: Remittance835) -> Iterable[Problem]:
        """The sum of the payment."""
        if not self.balance:
            return ()
        imbalance = balance_transaction(content, self.paid)
        return () if imbalance is None else (_problem(imbalance),)


def _problem(imbalance: Imbalance) -> Problem:
    segment_id, element, code = _WHERE[imbalance.level]
    return Problem(
        code, Snip.BALANCE, imbalance.message, segment=imbalance.segment, segment_id=segment_id,
        element=element, value=str(imbalance.stated), expected=str(imbalance.computed),
        claim="" if imbalance.level == "transaction" else imbalance.claim,
    )  # fmt: skip
