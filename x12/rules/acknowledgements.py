"""277CA and 999: the totals must be those of what is listed. Told, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from x12.errors import Snip
from x12.exact import ZERO, add
from x12.model.acknowledgements import AcknowledgedTransaction, Acknowledgement999
from x12.model.status import ClaimStatus, StatusReceiver, StatusRow
from x12.rules.base import Rules
from x12.rules.checks import Checks
from x12.rules.places import first
from x12.rules.problems import Holds, Problem


def _wrong(
    code: str,
    what: str,
    segment: int,
    element: str,
    stated: object,
    computed: object,
    holds: Holds,
) -> Problem:
    return Problem(
        code,
        Snip.BALANCE,
        f"{what} is {stated}, but what is listed makes {computed}.",
        segment=segment,
        segment_id=element[:3],
        element=element,
        value=str(stated),
        expected=str(computed),
        fatal=False,
        holds=holds,
    )


class _Total:
    """What was listed below one receiver of a 277CA."""

    def __init__(self, receiver: StatusReceiver) -> None:
        self.receiver = receiver
        self.claims = 0
        self.charges = ZERO
        self.complete = True

    def add(self, claim: ClaimStatus) -> None:
        """One claim."""
        self.claims += 1
        charge = next((s.charge for s in claim.statuses if s.charge is not None), None)
        if charge is None:
            self.complete = False
        else:
            self.charges = add(self.charges, charge)


class AcknowledgementRules(Rules):
    """Totals of the 277CA (loop 2200B) and of the 999 (AK9), summed while the claims pass."""

    def __init__(self, checks: Checks) -> None:
        super().__init__(checks)
        self.totals: dict[int, _Total] = {}
        self.answered = 0
        self.accepted = 0

    def claim(self, row: object) -> Iterable[Problem]:
        """Count."""
        if isinstance(row, StatusRow):
            total = self.totals.get(row.receiver.position)
            if total is None:
                total = self.totals[row.receiver.position] = _Total(row.receiver)
            total.add(row.claim)
        elif isinstance(row, AcknowledgedTransaction):
            self.answered += 1
            self.accepted += row.accepted
        return ()

    def transaction(self, content: object) -> Iterable[Problem]:
        """Compare with what the file says."""
        if not self.balance:
            return
        if isinstance(content, Acknowledgement999):
            yield from self.group_totals(content)
        for total in self.totals.values():
            yield from self.claim_totals(total)

    def group_totals(self, content: Acknowledgement999) -> Iterator[Problem]:
        """AK903 and AK904."""
        if not self.answered:
            return
        last = content.transactions[-1].position
        if content.received != self.answered:
            yield _wrong(
                "ack-count",
                "AK903 (received)",
                last,
                "AK903",
                content.received,
                self.answered,
                first("AK903"),
            )
        if content.status != "R" and content.accepted != self.accepted:
            yield _wrong(
                "ack-count",
                "AK904 (accepted)",
                last,
                "AK904",
                content.accepted,
                self.accepted,
                first("AK904"),
            )

    @staticmethod
    def claim_totals(total: _Total) -> Iterator[Problem]:
        """QTY*90 and QTY*AA, AMT*YU and AMT*YY (TR3 005010X214, 2200B)."""
        receiver = total.receiver
        quantities = {q.qualifier: q.quantity for q in receiver.quantities}
        if {"90", "AA"} & set(quantities):
            stated = add(quantities.get("90", ZERO), quantities.get("AA", ZERO))
            if stated != total.claims:
                yield _wrong(
                    "ack-count",
                    "The number of claims (QTY*90 and QTY*AA)",
                    receiver.position,
                    "QTY02",
                    stated,
                    total.claims,
                    first("QTY02"),
                )
        amounts = {a.qualifier: a.amount for a in receiver.amounts}
        if {"YU", "YY"} & set(amounts) and total.complete:
            stated = add(amounts.get("YU", ZERO), amounts.get("YY", ZERO))
            if stated != total.charges:
                yield _wrong(
                    "ack-total",
                    "The sum of charges (AMT*YU and AMT*YY)",
                    receiver.position,
                    "AMT02",
                    stated,
                    total.charges,
                    first("AMT02"),
                )
