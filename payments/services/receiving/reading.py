"""Reading an 835 file into what will be recorded; nothing is written here.

Refused is the file whose values cannot be trusted: not X12, cut off, a wrong count, an amount or
an identifier that cannot be read. A breach of the guide that changes no value (a five-digit ZIP,
an unknown segment) is kept as a warning beside the remittance: a payer's untidy file is money
all the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import x12
from core.clearinghouse.rules import readable
from core.errors import Refused
from core.money import ZERO
from payments.rules import identity

MAX_WARNINGS = 50

#: SE01 counts segments, and some senders count wrongly. That nothing of the money is lost, the
#: three sums prove (a lost claim breaks BPR02); a wrong number of transactions (GE01) or of
#: groups (IEA01) is proved by nothing and refused.
TOLERATED = frozenset({"segment-count"})


@dataclass(slots=True)
class ReadRemittance:
    """One ST to SE, read and weighed."""

    position: int
    transaction_number: str
    content: x12.Remittance835
    payer_identifier: str
    content_sha256: str
    imbalances: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """BPR02 with its sign: negative when BPR03 says debit."""
        if self.content.credit_debit == "D":
            return -self.content.amount
        return self.content.amount

    @property
    def payment_date(self) -> dt.date:
        """BPR16; `check` has refused its absence."""
        assert self.content.payment_date is not None
        return self.content.payment_date


def read_file(content: bytes, *, name: str) -> list[ReadRemittance]:
    """Every remittance of the file, in order.

    Raises `Refused` (code ``unreadable``, with file, segment and reason) when the file is not
    X12, is cut off, holds no 835, or a value that posting needs is missing or unreadable.
    """
    if not content:
        raise _unreadable(name, 0, "the file is empty")
    if not content.strip(_BLANK):
        raise _unreadable(name, 0, "this is not an X12 file: it holds only zeros or blanks")
    document = x12.read(readable(content), name=name, checks=x12.UP_TO_BALANCE)
    _refuse_broken(document, name)
    found = list(document.find("835"))
    if not found:
        kinds = ", ".join(sorted({t.kind for t in document.transactions})) or "no transaction"
        raise _unreadable(name, 0, f"the file holds {kinds} and no 835 remittance")
    hasher = _Hasher(document)
    return [
        _read_one(position, transaction, hasher.of(transaction), name)
        for position, transaction in enumerate(found, start=1)
    ]


_BLANK = b"\0 \t\r\n\v\f"


def _unreadable(name: str, segment: int, reason: str) -> Refused:
    reason = reason[:1].upper() + reason[1:]
    where = f"{name}, segment {segment}" if segment else name
    return Refused(
        f"{where}: {reason}. Nothing was recorded; ask the sender for the file again.",
        code="unreadable",
        file=name,
        segment=segment,
        reason=reason,
    )


def _refuse_broken(document: x12.Document, name: str) -> None:
    for error in document.errors:
        if error.code in TOLERATED:
            continue
        if error.fatal and error.level is x12.Snip.INTEGRITY:
            raise _unreadable(name, error.segment, error.message.rstrip("."))


def _read_one(
    position: int, transaction: x12.Transaction, sha256: str, name: str
) -> ReadRemittance:
    content = transaction.remittance
    said = [*_lines_without_amounts(content), *_leave_out_odd_quantities(content)]
    _check(content, transaction, name)
    imbalances = [
        {
            "level": found.level,
            "claim": found.claim,
            "segment": found.segment,
            "stated": str(found.stated),
            "computed": str(found.computed),
            "difference": str(found.difference),
            "message": found.message,
        }
        for found in x12.balance_835(content)
    ]
    notable = [e for e in transaction.errors if e.level is not x12.Snip.BALANCE]
    return ReadRemittance(
        position=position,
        transaction_number=transaction.control_number,
        content=content,
        payer_identifier=identity.payer_identifier(content),
        content_sha256=sha256,
        imbalances=imbalances,
        warnings=[*said[:MAX_WARNINGS], *(str(error) for error in notable[:MAX_WARNINGS])],
    )


def _lines_without_amounts(content: x12.Remittance835) -> list[str]:
    """A line that states neither charge nor payment carries no money: it counts as zero.

    A warning names it, and the claim's and the payment's sums must hold
    without it. A line with only one of the two amounts is refused.
    """
    said: list[str] = []
    for claim in content.claims:
        for line in claim.lines:
            if line.charge.is_nan() and line.paid.is_nan():
                line.charge = line.paid = ZERO
                said.append(
                    f"segment {line.position}: the line {line.procedure.code} states neither a "
                    "charge nor a payment (SVC02, SVC03); it counts as zero."
                )
    return said


def _fits(value: Decimal | None, digits: int, places: int) -> bool:
    """Whether a number is one, and has at most so many digits and decimals."""
    return value is None or (
        value.is_finite()
        and abs(value) < Decimal(10) ** (digits - places)
        and value == round(value, places)
    )


def _leave_out_odd_quantities(content: x12.Remittance835) -> list[str]:
    """Units, CAS quantities and allowed amounts move no money: one that cannot be is left out."""
    said: list[str] = []

    def left_out(segment: int, what: str, value: Decimal | None) -> None:
        said.append(f"segment {segment}: {what} cannot be {value}; it is left out.")

    def without_odd(adjustments: list[x12.Adjustment], segment: int) -> None:
        for index, one in enumerate(adjustments):
            if not _fits(one.quantity, 15, 3):
                left_out(segment, "a CAS quantity", one.quantity)
                adjustments[index] = one._replace(quantity=None)

    for claim in content.claims:
        without_odd(claim.adjustments, claim.position)
        for line in claim.lines:
            without_odd(line.adjustments, line.position)
            if not _fits(line.units, 9, 3):
                left_out(line.position, "the units (SVC05)", line.units)
                line.units = None
            if not _fits(line.allowed, 12, 2):
                left_out(line.position, "the allowed amount (AMT*B6)", line.allowed)
                line.amounts = [a for a in line.amounts if a.qualifier != "B6"]
    return said


def _check(content: x12.Remittance835, transaction: x12.Transaction, name: str) -> None:
    """Refuse what identity, amounts or dates cannot be taken from."""
    head = content.position or transaction.first_segment
    if not content.trace_number:
        raise _unreadable(name, head + 1, "TRN02, the check or EFT number, is missing")
    if not identity.payer_identifier(content):
        raise _unreadable(
            name,
            head + 1,
            "nothing names the payer: TRN03, N104 of the payer and REF*2U are all missing",
        )
    if content.payment_date is None:
        raise _unreadable(name, head, "BPR16, the payment date, is missing or no date")
    for segment, label, amount in _amounts(content):
        if not amount.is_finite():
            raise _unreadable(name, segment, f"{label} is missing or not a number")
        if amount != amount.quantize(Decimal("0.01")):
            raise _unreadable(name, segment, f"{label} {amount} has fractions of a cent")
        if abs(amount) >= Decimal(10) ** 10:
            raise _unreadable(name, segment, f"{label} {amount} is larger than any payment")
    for segment, label, value, longest in _codes(content):
        if len(value) > longest:
            raise _unreadable(
                name, segment, f"{label} has {len(value)} characters, {longest} are the most"
            )
    for claim in content.claims:
        if not claim.status:
            raise _unreadable(name, claim.position, "CLP02, the claim's status, is missing")


def _codes(content: x12.Remittance835) -> Iterator[tuple[int, str, str, int]]:
    """What identifies the payment or decides what happens: cut to its length it says another."""
    yield content.position + 1, "TRN02, the check or EFT number,", content.trace_number, 50
    for plb in content.provider_adjustments:
        yield content.position, "a PLB reason", plb.reason, 5
    for claim in content.claims:
        yield claim.position, "CLP02, the claim's status,", claim.status, 2
        of_lines = [(line.position, line.adjustments) for line in claim.lines]
        for position, adjustments in [(claim.position, claim.adjustments), *of_lines]:
            for adjustment in adjustments:
                yield position, "a CAS group", adjustment.group, 2
                yield position, "a CAS reason", adjustment.reason, 5


def _amounts(content: x12.Remittance835) -> Iterator[tuple[int, str, Decimal]]:
    yield content.position, "BPR02", content.amount
    for plb in content.provider_adjustments:
        yield content.position, "a PLB amount", plb.amount
    for claim in content.claims:
        yield claim.position, "CLP03", claim.charge
        yield claim.position, "CLP04", claim.paid
        if claim.patient_responsibility is not None:
            yield claim.position, "CLP05", claim.patient_responsibility
        for adjustment in claim.adjustments:
            yield claim.position, "a claim level CAS amount", adjustment.amount
        for line in claim.lines:
            yield line.position, "SVC02", line.charge
            yield line.position, "SVC03", line.paid
            for adjustment in line.adjustments:
                yield line.position, "a CAS amount", adjustment.amount


class _Hasher:
    """SHA-256 of what stands between ST and SE, whatever delimiters and line ends it came with."""

    def __init__(self, document: x12.Document) -> None:
        self._pieces = document.pieces
        self._spans = [
            (i.first_segment, i.last_segment, i.delimiters) for i in document.interchanges
        ]

    def of(self, transaction: x12.Transaction) -> str:
        delimiters = next(
            (d for first, last, d in self._spans if first <= transaction.first_segment <= last),
            x12.Delimiters(),
        )
        start = transaction.first_segment
        if not self._pieces[start - 1].lstrip().startswith("ST"):
            start += 1  # what stands before the first segment is a piece of its own
        length = transaction.last_segment - transaction.first_segment
        digest = hashlib.sha256()
        for piece in self._pieces[start : start + length - 1]:
            text = piece.strip("\r\n\t ").removesuffix(delimiters.segment)
            plain = text.replace(delimiters.element, "\x1d")
            plain = plain.replace(delimiters.component, "\x1e")
            digest.update(plain.encode("utf-8", "surrogateescape") + b"\x1c")
        return digest.hexdigest()
