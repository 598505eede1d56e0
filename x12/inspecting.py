"""What a file is, in one JSON object, and as a readable tree: ``manage.py x12 inspect``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from x12.errors import Snip, X12Error
from x12.exact import ZERO, add, subtract, total
from x12.model.claims import ClaimRow
from x12.model.document import Document, Transaction
from x12.model.remittance import ClaimPayment, Remittance835
from x12.model.status import StatusRow
from x12.reading.reader import stream
from x12.reading.tokens import Tokens, texts
from x12.reading.walk import CompleteClaim, Walk
from x12.rules.balance import stated_payment
from x12.rules.checks import Checks
from x12.scalars import number_text

MOST_ERRORS: Final = 500
"""Errors, and warnings, listed per file; ``errors_total`` counts all errors."""


class _Sums:
    """What passes by in one transaction."""

    def __init__(self) -> None:
        self.claims = 0
        self.lines = 0
        self.charged = ZERO
        self.paid = ZERO
        self.patient_responsibility = ZERO

    def add(self, row: Any) -> None:
        """One claim, person or status."""
        self.claims += 1
        if isinstance(row, ClaimRow):
            self.charged = add(self.charged, row.claim.charge)
            self.lines += len(row.claim.lines)
        elif isinstance(row, ClaimPayment):
            self.charged = add(self.charged, row.charge)
            self.paid = add(self.paid, row.paid)
            self.patient_responsibility = add(
                self.patient_responsibility, row.patient_responsibility or ZERO
            )
            self.lines += len(row.lines)
        elif isinstance(row, StatusRow):
            self.lines += len(row.claim.lines)

    def totals(self, kind: str) -> dict[str, str]:
        """Sums that mean something for this kind of transaction."""
        if kind.startswith("837"):
            return {"charged": number_text(self.charged)}
        if kind == "835":
            return {
                "charged": number_text(self.charged),
                "paid": number_text(self.paid),
                "patient_responsibility": number_text(self.patient_responsibility),
            }
        return {}


class _Errors:
    """Reasons to refuse, and what is only told; of each no more than anybody reads."""

    def __init__(self) -> None:
        self.errors: list[X12Error] = []
        self.warnings: list[X12Error] = []
        self.total = 0

    def add(self, error: X12Error) -> None:
        """One more."""
        self.total += error.fatal
        holder = self.errors if error.fatal else self.warnings
        if len(holder) < MOST_ERRORS:
            holder.append(error)


def _balance(transaction: Transaction, sums: _Sums, unbalanced: list[X12Error]) -> Any:
    """For an 835: the three sums of the payment."""
    content = transaction.content
    if not isinstance(content, Remittance835):
        return None
    adjustments = total(p.amount for p in content.provider_adjustments)
    difference = subtract(stated_payment(content), subtract(sums.paid, adjustments))
    return {
        "balanced": not unbalanced and transaction.supported,
        "payment": number_text(content.amount),
        "claims_paid": number_text(sums.paid),
        "provider_adjustments": number_text(adjustments),
        "difference": number_text(difference),
        "differences": [e.message for e in unbalanced[:50]],
    }


def inspect(
    source: bytes | Path, *, name: str = "", checks: Checks | None = None
) -> dict[str, Any]:
    """One file as a JSON object; memory does not grow with the file.

    ``errors`` are reasons to refuse the file, ``warnings`` are only told; both with their position.
    """
    claims = stream(source, name=name, checks=checks)
    sums: dict[int, _Sums] = {}
    unbalanced: dict[int, list[X12Error]] = {}
    found = _Errors()
    for item in claims:
        key = item.transaction.first_segment
        sums.setdefault(key, _Sums()).add(item.row)
        for error in item.errors:
            found.add(error)
            if error.level is Snip.BALANCE and len(unbalanced.setdefault(key, [])) < MOST_ERRORS:
                unbalanced[key].append(error)
    document = claims.document
    transactions = []
    for transaction in document.transactions:
        mine = sums.get(transaction.first_segment, _Sums())
        broken = unbalanced.get(transaction.first_segment, [])
        broken += [e for e in transaction.errors if e.level is Snip.BALANCE]
        transactions.append(_transaction(transaction, mine, broken))
    for error in document.errors:
        found.add(error)
    return {
        "file": name,
        "ok": document.ok and not found.errors,
        "interchanges": _interchanges(document),
        "transactions": transactions,
        "claims": sum(s.claims for s in sums.values()),
        "totals": {
            "charged": number_text(total(s.charged for s in sums.values())),
            "paid": number_text(total(s.paid for s in sums.values())),
        },
        "balance": _overall(transactions),
        "errors_total": found.total,
        "errors": [e.as_dict() for e in sorted(found.errors, key=lambda e: e.segment)],
        "warnings": [e.as_dict() for e in sorted(found.warnings, key=lambda e: e.segment)],
    }


def _overall(transactions: list[dict[str, Any]]) -> Any:
    balances = [t["balance"] for t in transactions if t["balance"] is not None]
    if not balances:
        return None
    return {
        "balanced": all(b["balanced"] for b in balances),
        "payments": len(balances),
        "differences": [d for b in balances for d in b["differences"]][:50],
    }


def _interchanges(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "control_number": i.control_number,
            "sender": i.sender,
            "receiver": i.receiver,
            "date": i.date.isoformat() if i.date else None,
            "usage": i.usage,
            "groups": [
                {
                    "functional_id": g.functional_id,
                    "control_number": g.control_number,
                    "version": g.version,
                    "transactions": len(g.transactions),
                }
                for g in i.groups
            ],
            "ta1": [
                {"control_number": t.control_number, "status": t.status, "note": t.note}
                for t in i.ta1s
            ],
        }
        for i in document.interchanges
    ]


def _transaction(
    transaction: Transaction, sums: _Sums, unbalanced: list[X12Error]
) -> dict[str, Any]:
    return {
        "kind": transaction.kind,
        "control_number": transaction.control_number,
        "version": transaction.version,
        "supported": transaction.supported,
        "first_segment": transaction.first_segment,
        "last_segment": transaction.last_segment,
        "claims": sums.claims,
        "lines": sums.lines,
        "totals": sums.totals(transaction.kind),
        "balance": _balance(transaction, sums, unbalanced),
    }


class _Tree(Walk):
    """Reads one segment at a time, and says where each one lies."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Checks(), streaming=True, keep_raw=False)
        self.lines: list[str] = []
        self.depth = 0

    def body(self, pieces: list[str]) -> Iterator[CompleteClaim]:
        """Each segment on a line of its own, indented by its loop."""
        for piece in pieces:
            before = set(self.stack)  # the frames, not their ids: an id is used again
            yield from super().body([piece])
            if not piece.strip():
                continue
            for at, frame in enumerate(self.stack):
                if frame not in before and frame.place.parent is not None:
                    loop = frame.place.loop
                    self.lines.append(f"{'  ' * (at + 2)}{loop.id} {loop.title}")
            depth = len(self.stack) + 2 if self.stack else 1
            if piece.startswith(("GS", "GE")):
                depth = 1
            elif piece.startswith(("ISA", "IEA")):
                depth = 0
            elif piece.startswith(("ST", "SE")):
                depth = 2
            self.lines.append(f"{self.number:>7} {'  ' * depth}{piece}")

    def head(self, token: Any) -> None:
        """ISA."""
        super().head(token)
        if token.elements:
            self.lines.append(f"{self.number:>7} {token.delimiters.element.join(token.elements)}")


def tree(source: bytes | Path, *, name: str = "") -> Iterator[str]:
    """The file as indented lines with segment numbers, and the errors of each claim below it."""
    walk = _Tree(name)
    shown = 0
    pending: list[X12Error] = []
    for found in walk.claims(Tokens(texts(source), keep_raw=False)):
        pending += found.errors
        yield from walk.lines[shown:]
        walk.lines.clear()
        shown = 0
        yield from (f"      ! {e}" for e in pending)
        pending.clear()
    yield from walk.lines
    yield from (f"      ! {e}" for e in walk.document.errors)
