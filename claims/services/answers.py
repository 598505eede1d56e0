"""What a TA1, a 999 or a 277CA says about each of our claims. Reads, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import x12
from claims.enums import ClaimState
from claims.models import Submission
from claims.rejections import (
    CATEGORIES,
    ELEMENT_ERRORS,
    SEGMENT_ERRORS,
    Advice,
    advice,
    place,
)
from core.clearinghouse.enums import Direction, FileKind
from core.clearinghouse.models import Transmission
from core.clearinghouse.rules import readable

_SEGMENTS_BEFORE_ST = 2
"""We write one transaction a file: ISA and GS stand before its ST."""

_INTERCHANGE_NOTES = {
    "001": "the control numbers at its beginning and end differ",
    "002": "the standard is not supported",
    "005": "the sender qualifier is not valid",
    "006": "the sender ID is not known: check our submitter ID",
    "008": "the receiver ID is not known: check the receiver ID",
    "014": "the interchange date is not valid",
    "021": "the number of groups is not right",
    "022": "the control structure is not right",
    "023": "the file ends too early",
    "025": "the receiver has an interchange with this control number already",
}


class NotOurs(Exception):
    """The file answers nothing that we sent. The text is for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one file says about one submission. `state` counts only when it is accepted."""

    submission: Submission
    message: str
    fix: str = ""
    accepted: bool = False
    state: ClaimState = ClaimState.ACCEPTED_BY_CLEARINGHOUSE
    category: str = ""
    status: str = ""
    entity: str = ""
    segment: str = ""
    payer_claim_number: str = ""


@dataclass(slots=True)
class Answers:
    """A whole file: the file of ours that it is about, and what it says about the claims."""

    about: Transmission | None
    answers: list[Answer] = field(default_factory=list)
    refusal: str = ""
    """Why the receiver does not take our file as a whole; empty when it does."""
    unknown: int = 0
    """Claims in it that are none of ours."""


def answers_of(file: Transmission) -> Answers:
    """Everything the file says. Raises `NotOurs` when it answers no file and no claim of ours."""
    document = x12.read(readable(bytes(file.content)), name=file.name)
    if file.kind == FileKind.INTERCHANGE_ACK:
        return _from_ta1(file, document)
    if file.kind == FileKind.FUNCTIONAL_ACK:
        return _from_999(file, document)
    return _from_277ca(file, document)


def _in_file(transmission: Transmission | None) -> list[Submission]:
    if transmission is None:
        return []
    return list(
        Submission.objects.filter(transmission=transmission)
        .select_related("claim")
        .order_by("segment_first")
    )


def _from_ta1(file: Transmission, document: x12.Document) -> Answers:
    ta1s = [ta1 for interchange in document.interchanges for ta1 in interchange.ta1s]
    if not ta1s:
        raise NotOurs("It holds no TA1 segment. Ask the sender for the acknowledgement again.")
    about = file.in_reply_to or _outbound(file, ta1s[0].control_number)
    if about is None:
        raise NotOurs(
            f"It acknowledges interchange {ta1s[0].control_number}, which we did not send."
        )
    said = Answers(about)
    if ta1s[0].status != "R":
        return said
    why = _INTERCHANGE_NOTES.get(ta1s[0].note, f"error {ta1s[0].note} (TA105)")
    said.refusal = f"The receiver refused the whole file: {why}."
    said.answers = [
        Answer(
            submission,
            said.refusal,
            "Administrator: correct what is named, then send the claim again; nothing is wrong "
            "with the claim itself.",
            segment=f"TA1 {ta1s[0].note}",
        )
        for submission in _in_file(about)
    ]
    return said


def _outbound(file: Transmission, control_number: str) -> Transmission | None:
    return Transmission.objects.filter(
        direction=Direction.OUTBOUND,
        kind=FileKind.CLAIMS,
        partner=file.partner,
        control_number=control_number.rjust(9, "0"),
    ).first()


def _from_999(file: Transmission, document: x12.Document) -> Answers:
    acks = [
        one.content
        for one in document.transactions
        if isinstance(one.content, x12.Acknowledgement999)
    ]
    about = file.in_reply_to
    if not acks or about is None or about.kind != FileKind.CLAIMS:
        raise NotOurs("It acknowledges a group of claims that we did not send.")
    said = Answers(about)
    submissions = _in_file(about)
    for ack in acks:
        if not ack.transactions and ack.status in {"R", "M", "W", "X"}:
            said.refusal = "The receiver refused the whole group: its envelope is not valid."
            said.answers += [_alongside(one, said.refusal) for one in submissions]
        for answered in ack.transactions:
            said.answers += _of_transaction(answered, submissions)
    if said.answers and not any(one.accepted for one in said.answers):
        said.refusal = said.refusal or (
            "The receiver refused the file (999); the reason is on the claims in it."
        )
    return said


def _of_transaction(
    answered: x12.AcknowledgedTransaction, submissions: Sequence[Submission]
) -> Iterator[Answer]:
    errors: dict[int, list[x12.SegmentError]] = {}
    common: list[x12.SegmentError] = []
    for error in answered.errors:
        owners = _owners(error, submissions)
        if len(owners) == len(submissions) > 1:
            common.append(error)
        for owner in owners:
            errors.setdefault(owner.pk, []).append(error)
    for submission in submissions:
        found = errors.get(submission.pk, [])
        if answered.accepted:
            note = f" With a remark: {_words(found)[0]}" if found else ""
            yield Answer(
                submission,
                f"The file arrived and can be read (999 {answered.status}).{note}",
                accepted=True,
                segment=_segment(found),
            )
        elif found:
            message, fix = _words(found)
            yield Answer(submission, message, fix, segment=_segment(found), status=_code(found))
        else:
            yield _alongside(
                submission,
                "The receiver refused the file because of another claim in it; nothing is wrong "
                "with this one.",
            )


def _alongside(submission: Submission, message: str) -> Answer:
    return Answer(submission, message, "Send it again: it goes into a new file.")


def _owners(error: x12.SegmentError, submissions: Sequence[Submission]) -> list[Submission]:
    """The claims that an error (its segment counted from ST) belongs to.

    Above the claims stand the submitter and the billing provider (everybody's), and before each
    claim its subscriber, which belongs to the next claims of the same coverage.
    """
    if error.loop.startswith("1") or error.loop[:5] in {"2000A", "2010A"}:
        return list(submissions)
    number = error.position + _SEGMENTS_BEFORE_ST
    for index, submission in enumerate(submissions):
        if submission.segment_last is None or submission.segment_first is None:
            continue
        if number <= submission.segment_last:
            if number >= submission.segment_first:
                return [submission]
            return [one for one in submissions[index:] if one.coverage_id == submission.coverage_id]
    return list(submissions)


def _words(errors: Sequence[x12.SegmentError]) -> tuple[str, str]:
    messages, fixes = [], []
    for error in errors:
        holds, _ = place(error.segment)
        what = f"{holds[0].upper()}{holds[1:]} ({error.segment}"
        for element in error.elements:
            told = ELEMENT_ERRORS.get(element.code, _unknown("element", element.code))
            messages.append(f"{what}{element.position:02d}): {told.message}")
            fixes.append(told.fix)
        if not error.elements:
            told = SEGMENT_ERRORS.get(error.code, _unknown("segment", error.code))
            messages.append(f"{what}): {told.message}")
            fixes.append(told.fix)
    return " ".join(messages), " ".join(dict.fromkeys(fixes))


def _unknown(what: str, code: str) -> Advice:
    return Advice(f"Error {code} of the {what}.", "Look the code up in the guide and correct it.")


def _segment(errors: Sequence[x12.SegmentError]) -> str:
    if not errors:
        return ""
    first = errors[0]
    element = f"-{first.elements[0].position:02d}" if first.elements else ""
    return f"{first.segment}{element} (segment {first.position + _SEGMENTS_BEFORE_ST})"


def _code(errors: Sequence[x12.SegmentError]) -> str:
    first = errors[0]
    return first.elements[0].code if first.elements else first.code


def _from_277ca(file: Transmission, document: x12.Document) -> Answers:
    contents = [
        one.content
        for one in document.transactions
        if isinstance(one.content, x12.ClaimAcknowledgement277CA)
    ]
    rows = [row for content in contents for row in content.rows()]
    known = {
        one.control_number: one
        for one in Submission.objects.filter(
            control_number__in={row.claim.trace.number for row in rows},
            transmission__isnull=False,
        ).select_related("claim")
    }
    about = file.in_reply_to
    said = Answers(about if about and about.kind == FileKind.CLAIMS else None)
    for row in rows:
        submission = known.get(row.claim.trace.number)
        if submission is None:
            said.unknown += 1
        else:
            said.answers.append(_of_claim(submission, row.claim))
    if not rows:
        said.answers += _of_batch(contents, _in_file(said.about))
    if not said.answers:
        raise NotOurs("It acknowledges claims that are none of ours.")
    return said


def _of_claim(submission: Submission, claim: x12.ClaimStatus) -> Answer:
    codes = [code for status in claim.statuses for code in status.codes]
    codes += [c for line in claim.lines for status in line.statuses for c in status.codes]
    number = claim.ref("1K")
    if not any(code.rejected for code in codes):
        return _accepted(submission, codes, number)
    refused = [code for code in codes if code.rejected]
    advices = [advice(code.code, code.entity) for code in _telling(refused)]
    own_words = _own_words(claim)
    first = refused[0]
    return Answer(
        submission,
        " ".join(dict.fromkeys(one.message for one in advices)) + own_words,
        " ".join(dict.fromkeys(one.fix for one in advices)),
        category=first.category,
        status=_telling(refused)[0].code,
        entity=_telling(refused)[0].entity,
        payer_claim_number=number,
    )


def _telling(codes: Sequence[x12.StatusCode]) -> Sequence[x12.StatusCode]:
    """Without "21, something is missing" when another code says what."""
    return [code for code in codes if code.code != "21"] or list(codes)


def _own_words(claim: x12.ClaimStatus) -> str:
    """STC12: what the payer wrote. It is shown, never logged."""
    said = [status.message for status in claim.statuses if status.message]
    said += [s.message for line in claim.lines for s in line.statuses if s.message]
    return f' The payer wrote: "{"; ".join(dict.fromkeys(said))}"' if said else ""


def _accepted(submission: Submission, codes: Sequence[x12.StatusCode], number: str) -> Answer:
    first = codes[0] if codes else x12.StatusCode("A1", "")
    by_payer = any(code.category in {"A2", "A5"} for code in codes)
    return Answer(
        submission,
        CATEGORIES.get("A2" if by_payer else first.category, "Accepted."),
        accepted=True,
        state=ClaimState.ACCEPTED_BY_PAYER if by_payer else ClaimState.ACCEPTED_BY_CLEARINGHOUSE,
        category="A2" if by_payer and first.category == "A1" else first.category,
        status=first.code,
        entity=first.entity,
        payer_claim_number=number,
    )


def _of_batch(
    contents: Iterable[x12.ClaimAcknowledgement277CA], submissions: Sequence[Submission]
) -> list[Answer]:
    """A 277CA without claims: the batch or the billing provider was refused as a whole."""
    for content in contents:
        for source in content.sources:
            for receiver in source.receivers:
                statuses = [
                    *receiver.statuses,
                    *(s for p in receiver.providers for s in p.statuses),
                ]
                refused = [c for s in statuses for c in s.codes if c.rejected]
                if refused:
                    told = advice(refused[0].code, refused[0].entity)
                    return [
                        Answer(
                            one,
                            f"The whole batch was refused. {told.message}",
                            told.fix,
                            category=refused[0].category,
                            status=refused[0].code,
                            entity=refused[0].entity,
                        )
                        for one in submissions
                    ]
    return []
