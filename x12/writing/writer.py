"""Typed objects to bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from x12.errors import WriteError
from x12.guides.schema import Guide
from x12.model.acknowledgements import TA1, Acknowledgement999
from x12.model.claims import Claims837I, Claims837P
from x12.model.document import ClaimRange, Content, Envelope, Outgoing, Written
from x12.model.eligibility import Eligibility270, Eligibility271
from x12.model.remittance import Remittance835
from x12.model.status import (
    ClaimAcknowledgement277CA,
    StatusRequest276,
    StatusResponse277,
)
from x12.rules.checks import SYNTAX_ONLY
from x12.writing.compile_write import guide_writer
from x12.writing.render import COMPONENT, END, REPEAT, SEP

_KINDS: Final[dict[type, str]] = {
    Claims837P: "837P",
    Claims837I: "837I",
    Remittance835: "835",
    Eligibility270: "270",
    Eligibility271: "271",
    StatusRequest276: "276",
    StatusResponse277: "277",
    ClaimAcknowledgement277CA: "277CA",
    Acknowledgement999: "999",
}

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1b\x7f]")
_ODD: Final = re.compile(r"[^ -~\ud800-\ud803]")


def kind_of(content: Content) -> str:
    """``"837P"`` for a :class:`Claims837P`, and so on."""
    return _KINDS[type(content)]


class _File:
    """The segments of one interchange while they are written."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.segments: list[str] = []
        self.claims: list[ClaimRange] = []

    def add(self, *elements: str) -> None:
        self.segments.append(SEP.join(elements))

    def header(self) -> None:
        """ISA, padded to its fixed lengths."""
        envelope = self.envelope
        if not 0 < envelope.control_number <= 999_999_999:
            raise WriteError(
                f"interchange control number {envelope.control_number} has no 9 digits"
            )
        for what, value, length in (
            ("sender", envelope.sender, 15),
            ("receiver", envelope.receiver, 15),
            ("authorization", envelope.authorization, 10),
            ("security", envelope.security, 10),
        ):
            if len(value) > length:
                raise WriteError(f"{what} '{value}' is longer than {length} characters")
        delimiters = envelope.delimiters
        self.add(
            "ISA",
            envelope.authorization_qualifier,
            envelope.authorization.ljust(10),
            envelope.security_qualifier,
            envelope.security.ljust(10),
            envelope.sender_qualifier,
            envelope.sender.ljust(15),
            envelope.receiver_qualifier,
            envelope.receiver.ljust(15),
            envelope.created.strftime("%y%m%d"),
            envelope.created.strftime("%H%M"),
            REPEAT,
            "00501",
            f"{envelope.control_number:09}",
            "1" if envelope.acknowledgement_requested else "0",
            envelope.usage,
            COMPONENT,
        )
        if len(set(delimiters[:4])) != 4 or any(len(d) != 1 or d.isalnum() for d in delimiters[:4]):
            raise WriteError(f"delimiters {delimiters[:4]} must be four different signs")

    def group(self, guide: Guide, number: int, transactions: Sequence[Outgoing]) -> None:
        """GS to GE."""
        envelope = self.envelope
        self.add(
            "GS",
            guide.functional_id,
            envelope.group_sender or envelope.sender,
            envelope.group_receiver or envelope.receiver,
            envelope.created.strftime("%Y%m%d"),
            envelope.created.strftime("%H%M"),
            str(number),
            "X",
            guide.version,
        )
        for outgoing in transactions:
            self.transaction(guide, outgoing)
        self.add("GE", str(len(transactions)), str(number))

    def transaction(self, guide: Guide, outgoing: Outgoing) -> None:
        """ST to SE."""
        start = len(self.segments)
        third = (guide.version,) if guide.third_element else ()
        self.add("ST", guide.transaction, outgoing.control_number, *third)
        marks: list[tuple[str, int, int]] = []
        guide_writer(guide.kind)[1](outgoing.content, self.segments, [0], "", marks)
        self.add("SE", str(len(self.segments) - start + 1), outgoing.control_number)
        control = outgoing.control_number
        self.claims += [
            ClaimRange(control, name, first + 1, last + 1) for name, first, last in marks
        ]

    def text(self) -> str:
        """Everything with the real delimiters, after a look for values that hold one."""
        delimiters = self.envelope.delimiters
        text = END.join(self.segments)
        held = [d for d in (*delimiters[:4], "\n", "\r") if d in text]
        text = (
            text.replace(SEP, delimiters.element)
            .replace(COMPONENT, delimiters.component)
            .replace(REPEAT, delimiters.repetition)
            .replace(END, delimiters.segment + delimiters.newline)
        )
        if held or not text.isascii() or _CONTROL.search(text, 106):
            self.refuse(held)
        return text + delimiters.segment + delimiters.newline

    def refuse(self, held: list[str]) -> None:
        """Find the value that cannot be sent."""
        for number, segment in enumerate(self.segments, 1):
            for index, value in enumerate(segment.split(SEP)):
                bad = next((d for d in held if d in value), None)
                odd = _ODD.search(value)
                if bad is None and odd is None:
                    continue
                sign = f"the delimiter {bad!r}" if bad else f"the character {odd.group()!r}"  # type: ignore[union-attr]
                raise WriteError(
                    f"segment {number}, {segment[:3].split(SEP)[0]}{index:02}: the value holds "
                    f"{sign}, which cannot be sent"
                )


def write(
    envelope: Envelope,
    transactions: Sequence[Outgoing] = (),
    *,
    ta1s: Sequence[TA1] = (),
    verify: bool = True,
) -> Written:
    """Write one interchange, and say where each claim stands in it.

    Transactions that follow each other and are of one kind share a functional group.  What was
    written is read back (``verify``): a missing, too long or wrong value (SNIP 1 and 2) raises
    :class:`WriteError` with all errors, as does a value that holds a delimiter.
    """
    file = _File(envelope)
    file.header()
    for ta1 in ta1s:
        day = ta1.date.strftime("%y%m%d") if ta1.date else ""
        file.add("TA1", ta1.control_number, day, ta1.time, ta1.status, ta1.note)
    number = envelope.group_control_number
    number = envelope.control_number if number is None else number
    groups = 0
    index = 0
    while index < len(transactions):
        guide = guide_writer(kind_of(transactions[index].content))[0]
        end = index + 1
        while end < len(transactions) and kind_of(transactions[end].content) == guide.kind:
            end += 1
        file.group(guide, number + groups, transactions[index:end])
        groups += 1
        index = end
    file.add("IEA", str(groups), f"{envelope.control_number:09}")
    data = file.text().encode("ascii")
    if verify:
        _verify(data)
    return Written(data, file.claims)


def _verify(data: bytes) -> None:
    from x12.reading.reader import stream

    found = stream(data, checks=SYNTAX_ONLY)
    errors = [error for item in found for error in item.errors]
    errors = [e for e in errors + found.document.errors if e.fatal]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise WriteError(f"{errors[0]}{more}", errors=errors)


def write_interchange(
    envelope: Envelope,
    transactions: Sequence[Outgoing] = (),
    *,
    ta1s: Sequence[TA1] = (),
    verify: bool = True,
) -> bytes:
    """The bytes of :func:`write`."""
    return write(envelope, transactions, ta1s=ta1s, verify=verify).data
