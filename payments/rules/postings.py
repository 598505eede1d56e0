"""The postings of one claim's payment. Pure: allocations in, posting lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from core.ledger.enums import Account, Responsibility
from core.money import ZERO
from payments.rules.amounts import LineAllocation


class PostingLine(NamedTuple):
    """One posting to be: debit positive, US dollars."""

    account: Account
    amount: Decimal
    receivable_id: int | None = None
    responsibility: str = ""


def payer_responsibility(payer_sequence: int) -> Responsibility:
    """Whose balance a payer's answer works on: 1 primary, 2 secondary, 3 tertiary."""
    return (Responsibility.PAYER_1, Responsibility.PAYER_2, Responsibility.PAYER_3)[
        min(max(payer_sequence, 1), 3) - 1
    ]


def taken_over(allocation: LineAllocation, at_payer: Decimal, at_patient: Decimal) -> Decimal:
    """What a later payer settles of the balance that the primary left with the patient.

    Only what this payer's own balance does not cover, and never more than the patient
    owes; for a reversal (negative) the same amount does not go back by itself: the
    reversal of the original's entry carries it.
    """
    missing = allocation.leaves_payer - at_payer
    return max(ZERO, min(missing, at_patient))


def claim_postings(
    allocations: Iterable[LineAllocation],
    receivables: Mapping[int, int],
    responsibility: Responsibility,
    *,
    money_account: Account = Account.PAYER_PAID,
    from_patient: Mapping[int, Decimal] | None = None,
) -> list[PostingLine]:
    """The posting lines of one claim's entry; they sum to zero, and zero amounts are left out.

    Per line: money received, contractual reduction and the patient's part leave the payer's
    balance; the patient's part arrives in the patient's. A denied amount and an earlier
    payer's effect (OA-23) are not posted: the balance stays with the payer.
    ``money_account`` is UNAPPLIED when the money was received before its claim was known.
    """
    lines: list[PostingLine] = []
    for allocation in allocations:
        key = receivables[allocation.billed_id]
        moved = (from_patient or {}).get(allocation.billed_id, ZERO)
        at_payer = moved - allocation.leaves_payer
        at_patient = allocation.patient - moved
        lines += [
            PostingLine(money_account, allocation.paid, key),
            PostingLine(Account.CONTRACTUAL, allocation.contractual, key),
            PostingLine(Account.RECEIVABLE, at_payer, key, responsibility.value),
            PostingLine(Account.RECEIVABLE, at_patient, key, Responsibility.PATIENT.value),
        ]
    return [line for line in lines if line.amount]


def summed(lines: Iterable[PostingLine]) -> dict[tuple[str, int | None, str], Decimal]:
    """Amount per account, receivable and responsibility, without zeros: for comparing entries."""
    sums: dict[tuple[str, int | None, str], Decimal] = {}
    for line in lines:
        key = (str(line.account), line.receivable_id, line.responsibility)
        sums[key] = sums.get(key, ZERO) + line.amount
    return {key: amount for key, amount in sums.items() if amount}


def is_exact_reversal(lines: Iterable[PostingLine], original: Iterable[PostingLine]) -> bool:
    """Whether these lines take back exactly the original's, to the cent."""
    taken = summed(lines)
    return taken == {key: -amount for key, amount in summed(original).items()} and bool(taken)


#: PLB03-1 → the account beside PAYER_PAID. Everything else is a provider adjustment.
PLB_ACCOUNTS = {
    "WO": Account.RECOUPMENT,
    "FB": Account.RECOUPMENT,
    "CS": Account.RECOUPMENT,
    "L6": Account.INTEREST,
    "72": Account.REFUND,
}


def plb_postings(reason: str, amount: Decimal) -> list[PostingLine]:
    """A provider-level adjustment: positive lowers what the payer paid (PLB, 005010X221A1)."""
    if not amount:
        return []
    account = PLB_ACCOUNTS.get(reason, Account.PROVIDER_ADJUSTMENT)
    return [PostingLine(account, amount), PostingLine(Account.PAYER_PAID, -amount)]


def unapplied_postings(paid: Decimal) -> list[PostingLine]:
    """Money received for which no claim of ours could be named."""
    if not paid:
        return []
    return [PostingLine(Account.PAYER_PAID, paid), PostingLine(Account.UNAPPLIED, -paid)]
