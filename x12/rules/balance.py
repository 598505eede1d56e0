"""Balancing of the 835: three sums that must hold, and the difference named where one does not."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from x12.exact import ZERO, add, subtract, total
from x12.model.remittance import ClaimPayment, Remittance835, ServicePayment
from x12.model.values import Adjustment


class Imbalance(NamedTuple):
    """One sum that does not hold."""

    level: str
    """``line``, ``claim`` or ``transaction``."""
    claim: str
    """CLP01, or TRN02 for the transaction."""
    segment: int
    """Number of the SVC, CLP or BPR segment in the file."""
    stated: Decimal
    """What the file says was paid."""
    computed: Decimal
    """What the charges and adjustments leave."""
    message: str

    @property
    def difference(self) -> Decimal:
        """``stated`` - ``computed``."""
        return subtract(self.stated, self.computed)


def _told(subject: str, computed: Decimal, stated: Decimal, message: str) -> str:
    """The message with its figures, or that there are none."""
    if computed.is_nan() or stated.is_nan():
        return f"{subject} cannot be balanced: an amount is missing or unreadable."
    return f"{subject}: {message} (difference {subtract(stated, computed)})."


def adjusted(adjustments: Iterable[Adjustment]) -> Decimal:
    """The sum of the CAS amounts; a plain loop, since every line of every claim passes here."""
    found = ZERO
    for adjustment in adjustments:
        found = add(found, adjustment.amount)
    return found


def balance_line(
    line: ServicePayment, claim: ClaimPayment, adjustments: Decimal
) -> Imbalance | None:
    """SVC02 minus the line's CAS must be SVC03 (TR3 005010X221A1, 1.10.2.1.1)."""
    computed = subtract(line.charge, adjustments)
    if computed == line.paid:
        return None
    line_name = f"line {line.procedure.code}" if line.procedure.code else "a line without procedure"
    subject = f"Claim {claim.patient_control_number}, {line_name}"
    return Imbalance(
        "line",
        claim.patient_control_number,
        line.position,
        line.paid,
        computed,
        _told(
            subject,
            computed,
            line.paid,
            f"charge {line.charge} minus adjustments {adjustments} "
            f"is {computed}, but SVC03 says {line.paid} was paid",
        ),
    )


def balance_claim(claim: ClaimPayment, of_lines: Decimal) -> Imbalance | None:
    """CLP03 minus all CAS of the claim and its lines must be CLP04 (1.10.2.1.2)."""
    adjustments = add(of_lines, adjusted(claim.adjustments)) if claim.adjustments else of_lines
    computed = subtract(claim.charge, adjustments)
    if computed == claim.paid:
        return None
    return Imbalance(
        "claim",
        claim.patient_control_number,
        claim.position,
        claim.paid,
        computed,
        _told(
            f"Claim {claim.patient_control_number}",
            computed,
            claim.paid,
            f"charge {claim.charge} minus adjustments {adjustments} is {computed}, but CLP04 "
            f"says {claim.paid} was paid",
        ),
    )


def balance_claim_and_lines(claim: ClaimPayment) -> list[Imbalance]:
    """The sums of one claim that do not hold, its lines first."""
    found: list[Imbalance] = []
    of_lines = ZERO
    for line in claim.lines:
        adjustments = adjusted(line.adjustments)
        of_lines = add(of_lines, adjustments)
        imbalance = balance_line(line, claim, adjustments)
        if imbalance is not None:
            found.append(imbalance)
    imbalance = balance_claim(claim, of_lines)
    if imbalance is not None:
        found.append(imbalance)
    return found


def stated_payment(remittance: Remittance835) -> Decimal:
    """BPR02, negative when BPR03 says that the payer is owed (D)."""
    amount = remittance.amount
    return amount.copy_negate() if remittance.credit_debit == "D" else amount


def balance_transaction(remittance: Remittance835, paid: Decimal) -> Imbalance | None:
    """The sum of CLP04 minus the PLB amounts must be BPR02 (1.10.2.1.3)."""
    plb = total(a.amount for a in remittance.provider_adjustments)
    computed = subtract(paid, plb)
    stated = stated_payment(remittance)
    if computed == stated:
        return None
    return Imbalance(
        "transaction",
        remittance.trace_number,
        remittance.position,
        stated,
        computed,
        _told(
            f"Payment {remittance.trace_number or 'without a trace number'}",
            computed,
            stated,
            f"claims paid {paid} minus provider adjustments {plb} is {computed}, but BPR02 says "
            f"{stated}",
        ),
    )


def balance_835(remittance: Remittance835) -> list[Imbalance]:
    """Every sum of this remittance that does not hold, in file order; empty when it balances.

    An unreadable amount (``NaN``) never balances.  Nothing is rounded and nothing is repaired.
    """
    found: list[Imbalance] = []
    paid = ZERO
    for claim in remittance.claims:
        paid = add(paid, claim.paid)
        found += balance_claim_and_lines(claim)
    if (imbalance := balance_transaction(remittance, paid)) is not None:
        found.append(imbalance)
    return found
