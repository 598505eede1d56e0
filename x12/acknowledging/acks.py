"""Make TA1 and 999 for what was received, and read them back onto what was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from x12.errors import Snip, X12Error
from x12.model.acknowledgements import (
    TA1,
    AcknowledgedTransaction,
    Acknowledgement999,
    ElementError,
    ErrorContext,
    SegmentError,
)
from x12.model.claims import Claims837
from x12.model.document import Document, Group, Interchange, Transaction

_SEGMENT_CODES: Final = frozenset(
    {"1", "2", "3", "4", "5", "6", "7", "8", "I4", "I6", "I7", "I8", "I9"}
)
_TRANSACTION_CODES: Final[dict[str, str]] = {
    "transaction-trailer": "2",
    "segment-count": "4",
    "transaction-duplicate": "23",
    "not-supported": "1",
}
_GROUP_CODES: Final[dict[str, str]] = {
    "group-trailer": "3",
    "group-control": "4",
    "group-count": "5",
    "group-duplicate": "19",
    "functional-id": "1",
    "version": "2",
    "gs-value": "6",
}

_MEANING: Final[dict[str, str]] = {
    "1": "the segment is not known",
    "2": "the segment is not expected here",
    "3": "a required segment is missing",
    "4": "the loop comes too often",
    "5": "the segment comes too often",
    "6": "the segment is not part of this transaction",
    "7": "the segment stands in the wrong order",
    "8": "elements of the segment are wrong",
    "I4": "the segment is not used by the guide",
    "I6": "a segment that this case needs is missing",
    "I7": "the loop comes too rarely",
    "I8": "the segment comes too rarely",
    "I9": "the segment is not allowed in this case",
}
_ELEMENT_MEANING: Final[dict[str, str]] = {
    "1": "a required value is missing",
    "2": "a value that this case needs is missing",
    "3": "there are too many elements",
    "4": "the value is too short",
    "5": "the value is too long",
    "6": "the value holds an invalid character",
    "7": "the code is not valid",
    "8": "the date is not valid",
    "9": "the time is not valid",
    "10": "values that exclude each other were sent",
    "12": "the value is repeated too often",
    "13": "there are too many components",
    "I6": "the guide does not use this code",
    "I9": "a value that this case needs is missing",
    "I10": "the guide does not use this element",
    "I11": "the value is repeated too rarely",
    "I12": "the value does not have the right form",
    "I13": "the value is not allowed in this case",
}


@dataclass(slots=True)
class InterchangeAcknowledgement:
    """The answer to one received interchange."""

    interchange: Interchange
    ta1: TA1
    groups: list[Acknowledgement999] = field(default_factory=list)


class LocatedError(NamedTuple):
    """One error of a 999, laid onto the file that it is about."""

    transaction: str
    """ST02."""
    claim: str
    """CLM01 of the claim it lies in, or an empty text."""
    segment: int
    """Number of the segment in the sent file."""
    text: str
    """The segment as it was sent."""
    element: str
    code: str
    """IK304 or IK403."""
    message: str


def acknowledge(document: Document) -> list[InterchangeAcknowledgement]:
    """What a receiver answers, one per interchange: TA1, and a 999 for each functional group.

    A 999 tells SNIP 1 and 2 (and 4 as situational) errors; sums and code sets are for the 277CA.
    Groups of acknowledgements (FA) are not acknowledged.
    """
    answers = []
    for interchange in document.interchanges:
        fatal = [e for e in interchange.errors if e.fatal]
        notes = [e.ack for e in fatal if len(e.ack) == 3] or ["024" if fatal else "000"]
        ta1 = TA1(
            interchange.control_number.rjust(9, "0")[:9],
            interchange.date,
            interchange.time,
            "R" if fatal else "A",
            notes[0],
        )
        answers.append(
            InterchangeAcknowledgement(
                interchange,
                ta1,
                [_group(g) for g in interchange.groups if g.functional_id not in ("FA", "")],
            )
        )
    return answers


def _group(group: Group) -> Acknowledgement999:
    answers = [_transaction(t, group) for t in group.transactions]
    fatal = [e for e in group.errors if e.fatal]
    codes = dict.fromkeys(_GROUP_CODES.get(e.code, "1") for e in fatal)
    accepted = sum(1 for a in answers if a.accepted)
    if fatal or (answers and not accepted):
        status, accepted = "R", 0
    elif accepted < len(answers):
        status = "P"
    elif any(a.status == "E" for a in answers):
        status = "E"
    else:
        status = "A"
    stated = group.stated_transactions
    included = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 7 else None
    return Acknowledgement999(
        group.functional_id,
        group.control_number,
        group.version,
        answers,
        status,
        len(answers) if included is None else included,
        len(answers),
        accepted,
        tuple(codes)[:5],
    )


def _transaction(transaction: Transaction, group: Group) -> AcknowledgedTransaction:
    told = [
        e for e in transaction.errors if e.level in (Snip.INTEGRITY, Snip.GUIDE, Snip.SITUATION)
    ]
    fatal = [e for e in told if e.fatal]
    codes: dict[str, None] = {}
    for error in told:
        if error.code == "transaction-control":
            codes["3" if error.element == "SE02" else "7"] = None
        elif error.code in _TRANSACTION_CODES and (error.fatal or error.code == "not-supported"):
            codes[_TRANSACTION_CODES[error.code]] = None
    segments = _segments([e for e in told if e.segment and _is_about_a_segment(e)])
    if any(_is_about_a_segment(e) for e in fatal):
        codes["5" if any(_standard(e) for e in fatal) else "I5"] = None
    if not transaction.supported or fatal:
        status = "R"
    else:
        status = "E" if segments else "A"
    kind = transaction.kind[:3]
    version = transaction.version if transaction.version.startswith("00") else ""
    return AcknowledgedTransaction(
        kind, transaction.control_number, version, status, tuple(codes)[:5], segments
    )


def _is_about_a_segment(error: X12Error) -> bool:
    return (
        error.code not in _TRANSACTION_CODES
        and error.code not in _GROUP_CODES
        and (error.code != "transaction-control")
    )


def _standard(error: X12Error) -> bool:
    return not error.ack.startswith("I")


def _segments(errors: list[X12Error]) -> list[SegmentError]:
    """Group errors by segment; elements below it."""
    found: dict[tuple[int, str, str], SegmentError] = {}
    for error in sorted(errors, key=lambda e: e.segment):
        code = error.ack if error.ack in _SEGMENT_CODES and not error.element else "8"
        segment_id = error.segment_id if 2 <= len(error.segment_id) <= 3 else "ZZZ"
        key = (error.transaction_segment, segment_id, code)
        segment = found.get(key)
        if segment is None:
            context = (
                [ErrorContext("CLM01", error.claim)]
                if error.claim and (error.kind.startswith("837"))
                else []
            )
            segment = found[key] = SegmentError(
                segment_id,
                max(error.transaction_segment, 1),
                error.loop.split("/")[-1][:4],
                code,
                context,
            )
            if segment.loop == "ST":
                segment.loop = ""
        if code == "8" and error.element:
            segment.elements.append(_element(error))
    return list(found.values())


_SENDABLE: Final = re.compile(r"[A-Za-z0-9 .,()/-]{1,99}")


def _element(error: X12Error) -> ElementError:
    match = re.search(r"(\d\d)(?:-(\d+))?$", error.element)
    position, component = (int(match[1]), match[2]) if match else (1, None)
    number = error.element_number
    value = error.value if _SENDABLE.fullmatch(error.value) else ""
    return ElementError(
        position,
        int(component) if component else None,
        error.repetition or None,
        number if number.isdigit() else "",
        error.ack or "7",
        value[:99],
    )


def locate(acknowledgement: Acknowledgement999, sent: Document) -> list[LocatedError]:
    """Lay the errors of a 999 onto the file that was sent: segment, claim, and what to fix.

    Transactions are found by group control number (AK102) and transaction control number (AK202);
    those that are not in ``sent`` are passed over.
    """
    found: list[LocatedError] = []
    groups = {g.control_number.lstrip("0"): g for i in sent.interchanges for g in i.groups}
    group = groups.get(acknowledgement.group_control_number.lstrip("0"))
    if group is None:
        return found
    transactions = {t.control_number: t for t in group.transactions}
    texts = sent.segment_texts()
    for answer in acknowledgement.transactions:
        transaction = transactions.get(answer.control_number)
        if transaction is None:
            continue
        for error in answer.errors:
            found += _located(error, transaction, texts)
    return found


def _located(error: SegmentError, sent: Transaction, texts: list[str]) -> list[LocatedError]:
    number = sent.first_segment + error.position - 1
    claim = _claim_at(sent, number)
    text = texts[number - 1] if 0 < number <= len(texts) else ""
    name = f"Segment {error.segment}"
    if not error.elements:
        meaning = _MEANING.get(error.code, f"error {error.code}")
        return [
            LocatedError(
                sent.control_number, claim, number, text, "", error.code, f"{name}: {meaning}."
            )
        ]
    result = []
    for element in error.elements:
        place = f"{error.segment}{element.position:02}"
        if element.component:
            place += f"-{element.component}"
        meaning = _ELEMENT_MEANING.get(element.code, f"error {element.code}")
        shown = f" ('{element.value}')" if element.value else ""
        result.append(
            LocatedError(
                sent.control_number,
                claim,
                number,
                text,
                place,
                element.code,
                f"{place}: {meaning}{shown}.",
            )
        )
    return result


def _claim_at(sent: Transaction, number: int) -> str:
    if not isinstance(sent.content, Claims837):
        return ""
    for row in sent.content.rows():
        if row.claim.position <= number <= row.claim.last_position:
            return row.claim.patient_control_number
    return ""
