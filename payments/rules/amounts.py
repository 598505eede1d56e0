"""From what a payer says to what each claim line's account gets. Pure: values in, values out.

Nothing is rounded away and nothing is invented: over the lines of a claim, what was paid sums to
CLP04 and each adjustment to its own amount, to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import ZERO, allocate, money, total
from payments.enums import Disposition


@dataclass(frozen=True, slots=True)
class Reduction:
    """One CAS trio: its disposition and its amount; positive lowers the payment."""

    kind: Disposition
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A payer's line after matching: its amounts and the billed line it answers (or none)."""

    billed_id: int | None
    paid: Decimal
    reductions: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class AnsweredClaim:
    """A CLP with its lines, and the claim-level adjustments."""

    paid: Decimal
    reductions: tuple[Reduction, ...]
    lines: tuple[AnsweredLine, ...]


@dataclass(slots=True)
class LineAllocation:
    """What one billed line gets of a claim's payment, in US dollars. Denied stays where it is."""

    billed_id: int
    paid: Decimal = ZERO
    contractual: Decimal = ZERO
    patient: Decimal = ZERO
    prior_payer: Decimal = ZERO
    denied: Decimal = ZERO

    def add(self, kind: Disposition, amount: Decimal) -> None:
        """Book an adjustment under its disposition."""
        setattr(self, kind.value, getattr(self, kind.value) + amount)

    @property
    def leaves_payer(self) -> Decimal:
        """What this payer no longer owes after it: paid, given up, or the patient's."""
        return self.paid + self.contractual + self.patient


@dataclass(slots=True)
class _Unallocated:
    """Amounts that answer no single line."""

    paid: Decimal = ZERO
    by_disposition: dict[Disposition, Decimal] = field(default_factory=dict)

    def add(self, kind: Disposition, amount: Decimal) -> None:
        self.by_disposition[kind] = self.by_disposition.get(kind, ZERO) + amount


def spread(amounts: Sequence[Decimal], weights: Sequence[Decimal]) -> list[list[Decimal]]:
    """Split each amount over the weights so that no cent is lost in any row or column.

    Each amount takes the next slice of a running total: the rows sum to their amount, and
    together they sum per weight to the split of the whole, so that amounts that add up to
    the charges leave exactly each line's charge.
    """
    rows: list[list[Decimal]] = []
    running = ZERO
    before = [ZERO] * len(weights)
    for amount in amounts:
        running += amount
        now = allocate(money(running), list(weights))
        rows.append([after - prior for after, prior in zip(now, before, strict=True)])
        before = now
    return rows


def _weights(
    ids: Sequence[int], preferred: dict[int, Decimal], charges: dict[int, Decimal]
) -> list[Decimal]:
    weights = [abs(preferred.get(key, ZERO)) for key in ids]
    return weights if any(weights) else [charges[key] for key in ids]


def allocate_to_lines(claim: AnsweredClaim, charges: dict[int, Decimal]) -> list[LineAllocation]:
    """What each billed line gets. ``charges``: billed line id → its charge, in line order.

    1. A line's amounts go to the billed line that it answers.
    2. Lines that answer no single billed line, and what the payer's lines leave of the claim's
       payment, go over the billed lines that nobody answered (over all, when every line was
       answered), by charge.
    3. Claim-level adjustments go over the lines by what was paid for each (by charge, when
       nothing was paid), and lower what each was paid.

    Over all lines ``paid`` sums to CLP04 and each disposition to its adjustments.
    """
    allocations = {key: LineAllocation(key) for key in charges}
    unallocated = _Unallocated()
    answered: set[int] = set()
    for line in claim.lines:
        target = allocations.get(line.billed_id) if line.billed_id is not None else None
        if target is None:
            unallocated.paid += line.paid
            for reduction in line.reductions:
                unallocated.add(reduction.kind, reduction.amount)
            continue
        answered.add(target.billed_id)
        target.paid += line.paid
        for reduction in line.reductions:
            target.add(reduction.kind, reduction.amount)
    # Nothing but a claim without lines, and one whose SVC02 do not sum to its CLP03: no rule of
    # balancing forbids that, and the money came.
    unallocated.paid += (
        claim.paid
        + total(reduction.amount for reduction in claim.reductions)
        - total(line.paid for line in claim.lines)
    )
    _distribute(
        unallocated,
        [key for key in charges if key not in answered] or list(charges),
        allocations,
        charges,
    )
    _lower(claim.reductions, allocations, charges)
    return list(allocations.values())


def _distribute(
    unallocated: _Unallocated,
    ids: list[int],
    allocations: dict[int, LineAllocation],
    charges: dict[int, Decimal],
) -> None:
    """Spread what answers no single line over these lines by charge."""
    kinds = [(kind, amount) for kind, amount in unallocated.by_disposition.items() if amount]
    rows = spread(
        [*(amount for _, amount in kinds), unallocated.paid], [charges[key] for key in ids]
    )
    for (kind, _), row in zip(kinds, rows, strict=False):
        for key, part in zip(ids, row, strict=True):
            allocations[key].add(kind, part)
    for key, part in zip(ids, rows[-1], strict=True):
        allocations[key].paid += part


def _lower(
    reductions: Sequence[Reduction],
    allocations: dict[int, LineAllocation],
    charges: dict[int, Decimal],
) -> None:
    """Put claim-level adjustments over the lines; each lowers what its line was paid."""
    if not reductions:
        return
    ids = list(allocations)
    weights = _weights(
        ids, {key: allocation.paid for key, allocation in allocations.items()}, charges
    )
    rows = spread([reduction.amount for reduction in reductions], weights)
    for reduction, row in zip(reductions, rows, strict=True):
        for key, part in zip(ids, row, strict=True):
            allocations[key].add(reduction.kind, part)
            allocations[key].paid -= part


def check_allocations(claim: AnsweredClaim, allocations: Sequence[LineAllocation]) -> None:
    """The allocations hold exactly what the payer paid: a programming error otherwise."""
    if total(allocation.paid for allocation in allocations) != claim.paid:
        raise AssertionError("the lines' payments do not sum to CLP04")
