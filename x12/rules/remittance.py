"""835: the three sums, and what the codes of an adjustment must be."""

from __future__ import annotations

from collections.abc import Iterable

from x12.errors import Snip
from x12.exact import ZERO, add
from x12.model.remittance import ClaimPayment, Remittance835
from x12.rules.balance import Imbalance, balance_claim_and_lines, balance_transaction
from x12.rules.base import Rules
from x12.rules.checks import Checks
from x12.rules.parties import check_party, party_is_fine
from x12.rules.places import MIA_REMARKS, MOA_REMARKS, any_of, valued
from x12.rules.places import adjustment as adjustment_place
from x12.rules.problems import Holds, Problem

_WHERE = {
    "line": ("SVC", "SVC03", "line-balance"),
    "claim": ("CLP", "CLP04", "claim-balance"),
    "transaction": ("BPR", "BPR02", "transaction-balance"),
}


class RemittanceRules(Rules):
    """Balancing needs all claims, so the sum of what was paid is kept while they pass."""

    def __init__(self, checks: Checks) -> None:
        super().__init__(checks)
        self.paid = ZERO

    def claim(self, row: ClaimPayment) -> Iterable[Problem]:
        """Line and claim sums; check digits and codes."""
        self.paid = add(self.paid, row.paid)
        found: list[Problem] = []
        if self.balance:
            found += [_problem(imbalance) for imbalance in balance_claim_and_lines(row)]
        if self.codes:
            if row.rendering is not None and not party_is_fine(row.rendering):
                found += check_party(row.rendering, strict=self.checks.strict)
            if self.checks.carc or self.checks.rarc:
                self.add_codes(row, found)
        if self.checks.payer_rules and Snip.PAYER in self.checks.levels:
            for rule in self.checks.payer_rules:
                found += rule(row)
        return found

    def add_codes(self, row: ClaimPayment, found: list[Problem]) -> None:
        """CARC and RARC membership, when the caller gives the lists."""
        carc, rarc = self.checks.carc, self.checks.rarc

        def wrong(code: str, what: str, segment: int, element: str, holds: Holds) -> None:
            found.append(
                Problem(
                    "code-set",
                    Snip.CODE_SET,
                    f"{element}: {code[:10]} is not a known {what}.",
                    segment=segment,
                    segment_id=element[:-2],
                    element=element,
                    value=code,
                    ack="7",
                    fatal=False,
                    holds=holds,
                )
            )

        for position, adjustments in [
            (row.position, row.adjustments),
            *[(n.position, n.adjustments) for n in row.lines],
        ]:
            for adjustment in adjustments:
                if carc and not carc(adjustment.reason, None):
                    where = adjustment_place(adjustment.group, adjustment.reason)
                    wrong(adjustment.reason, "adjustment reason (CARC)", position, "CAS02", where)
        if rarc is None:
            return
        for element, codes, indexes in (
            ("MIA05", row.inpatient_remarks, MIA_REMARKS),
            ("MOA03", row.outpatient.remarks if row.outpatient else (), MOA_REMARKS),
        ):
            for code in codes:
                if code and not rarc(code, None):
                    wrong(
                        code,
                        "remark code (RARC)",
                        row.position,
                        element,
                        any_of(element[:3], indexes, code),
                    )
        for line in row.lines:
            for remark in line.remarks:
                if remark.qualifier == "HE" and not rarc(remark.code, None):
                    wrong(
                        remark.code,
                        "remark code (RARC)",
                        line.position,
                        "LQ02",
                        valued("LQ02", 2, remark.code),
                    )

    def transaction(self, content: Remittance835) -> Iterable[Problem]:
        """The sum of the payment, and the payee's NPI."""
        found: list[Problem] = []
        strict = self.checks.strict
        if self.balance:
            imbalance = balance_transaction(content, self.paid)
            if imbalance is not None:
                found.append(_problem(imbalance))
        if self.codes and content.payee is not None and not party_is_fine(content.payee):
            for problem in check_party(content.payee, strict=strict, segment_id="N1"):
                problem.loop = "1000B"  # long closed when the transaction ends
                found.append(problem)
        return found


def _problem(imbalance: Imbalance) -> Problem:
    segment_id, element, code = _WHERE[imbalance.level]
    return Problem(
        code,
        Snip.BALANCE,
        imbalance.message,
        segment=imbalance.segment,
        segment_id=segment_id,
        element=element,
        value=str(imbalance.stated),
        expected=str(imbalance.computed),
        claim="" if imbalance.level == "transaction" else imbalance.claim,
    )
