"""What coding writes into the ledger: one receivable for each service line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from coding.models import ChargeLine
from core import clock
from core.access.models import User
from core.errors import Refused
from core.ledger.enums import Account, EntryKind, Responsibility
from core.ledger.models import Entry
from core.ledger.services import (
    NewEntry,
    NewPosting,
    NewReceivable,
    open_receivables,
    post,
    reverse,
)
from encounters.models import Encounter


def _responsibility_of(encounter: Encounter) -> Responsibility:
    """Who owes the charges first: the primary payer, or the patient without one."""
    if encounter.primary_coverage_id is None:
        return Responsibility.PATIENT
    return Responsibility.PAYER_1


def open_charges(charged: Sequence[tuple[Encounter, Sequence[ChargeLine]]], *, by: User) -> None:
    """Open a receivable for each line and set it on the line (lines are not saved here)."""
    lines = [(_responsibility_of(encounter), line) for encounter, own in charged for line in own]
    if not lines:
        return
    receivables = open_receivables(
        [
            NewReceivable(service_date=line.service_date, charge=line.charge, responsibility=owner)
            for owner, line in lines
        ],
        occurred_on=clock.today(),
        by=by,
    )
    for (_, line), receivable in zip(lines, receivables, strict=True):
        line.receivable = receivable


def carry_charges(
    encounter: Encounter,
    *,
    in_force: Sequence[ChargeLine],
    kept: Mapping[int, ChargeLine],
    to: Sequence[ChargeLine],
    reason: str,
    by: User,
) -> None:
    """Carry the receivables of the lines in force to the lines that continue them.

    `kept` is the index of a new line → its line in force. A changed charge is reversed and
    entered anew; the charge of a line that nothing continues is reversed.
    """
    memo = f"Coding corrected: {reason}"[:200]
    for index, old in kept.items():
        line = to[index]
        line.receivable_id = old.receivable_id
        if old.receivable_id is not None and old.charge != line.charge:
            _change_charge(
                encounter,
                receivable_id=old.receivable_id,
                charge=line.charge,
                memo=memo,
                by=by,
            )
    continued = {old.pk for old in kept.values()}
    for old in in_force:
        if old.pk not in continued and old.receivable_id is not None:
            _change_charge(
                encounter, receivable_id=old.receivable_id, charge=None, memo=memo, by=by
            )


def _change_charge(
    encounter: Encounter, *, receivable_id: int, charge: Decimal | None, memo: str, by: User
) -> None:
    """Reverse the charge in force on a receivable; enter the new one, if there is one."""
    entry = (
        Entry.objects.filter(
            kind=EntryKind.CHARGE, reversed_by=None, postings__receivable_id=receivable_id
        )
        .order_by("-id")
        .first()
    )
    if entry is None:
        raise Refused(
            "The charge of this line is not in the ledger.",
            fix="Ask the administrator to run verify_books.",
            code="no_charge_entry",
            conflict=True,
        )
    today = clock.today()
    reverse(entry_id=entry.pk, occurred_on=today, memo=memo, by=by)
    if charge is None:
        return
    post(
        [
            NewEntry(
                kind=EntryKind.CHARGE,
                occurred_on=today,
                memo=memo,
                postings=[
                    NewPosting(
                        account=Account.RECEIVABLE,
                        amount=charge,
                        receivable_id=receivable_id,
                        responsibility=_responsibility_of(encounter),
                    ),
                    NewPosting(account=Account.CHARGES, amount=-charge),
                ],
            )
        ],
        by=by,
    )
