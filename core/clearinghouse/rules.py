"""What a file that arrived is. Pure functions on bytes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

import x12
from core.clearinghouse.enums import FileKind

LARGEST_UNPACKED = 256 * 1024 * 1024
"""All files of a ZIP together: a small one can unpack to more than any machine holds."""
MOST_MEMBERS = 1000

_KINDS = {
    "837P": FileKind.CLAIMS,
    "999": FileKind.FUNCTIONAL_ACK,
    "277CA": FileKind.CLAIM_ACK,
    "835": FileKind.REMITTANCE,
    "270": FileKind.ELIGIBILITY_INQUIRY,
    "271": FileKind.ELIGIBILITY_ANSWER,
}
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_CONTROL = re.compile(r"[^\x20-\x7e\u00a0-\uffff]")
_INTEGRITY = x12.Checks(levels=frozenset({x12.Snip.INTEGRITY}))


@dataclass(frozen=True, slots=True)
class Described:
    """What a file says of itself in its envelopes."""

    kind: FileKind
    sender: str = ""
    """ISA06."""
    control_number: str = ""
    """ISA13 of its first interchange."""
    group_control_number: str = ""
    answers_interchange: str = ""
    """TA101: ISA13 of ours that it acknowledges."""
    answers_group: str = ""
    """AK102: GS06 of ours that it acknowledges."""
    answers_batch: str = ""
    """TRN02 of a 277CA: BHT03 of ours that it acknowledges."""
    problem: str = ""
    """Why it cannot be processed, naming the segment; empty when nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of an archive, and what could not be taken out of it."""

    members: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def readable(content: bytes) -> bytes:
    """The file as text that can be stored: UTF-8 without NUL.

    The guides allow ASCII; payers write names and messages in Latin-1 as well, and some
    mainframes pad with NUL. Neither may keep a payment or an acknowledgement from being read.
    The file itself is kept byte for byte.
    """
    content = content.replace(b"\0", b" ")
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1").encode()
    return content


def is_archive(content: bytes) -> bool:
    """Whether these bytes are a ZIP."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(content: bytes) -> Unpacked:
    """Every file of a ZIP. A member that cannot be read is named; the others still count."""
    found = Unpacked()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        found.problems.append(f"The ZIP cannot be opened ({error}). Ask the sender for it again.")
        return found
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_MEMBERS:
        found.problems.append(f"The ZIP holds {len(entries)} files; {MOST_MEMBERS} are the most.")
        return found
    left = LARGEST_UNPACKED
    for entry in entries:
        if entry.file_size > left:
            found.problems.append(_too_large(entry))
            continue
        try:
            with archive.open(entry) as member:
                # One byte more than it may have: the size in the directory can lie.
                data = member.read(left + 1)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            OSError,
            EOFError,
            zlib.error,
        ) as error:
            found.problems.append(f"{entry.filename}: cannot be read ({error}).")
            continue
        if len(data) > left:
            found.problems.append(_too_large(entry))
            continue
        left -= len(data)
        if is_archive(data):
            found.problems.append(f"{entry.filename}: a ZIP inside a ZIP is not opened.")
        else:
            found.members.append((entry.filename, data))
    if not entries:
        found.problems.append("The ZIP is empty.")
    return found


def _too_large(entry: zipfile.ZipInfo) -> str:
    return f"{entry.filename}: the ZIP holds more than {LARGEST_UNPACKED >> 20} MB unpacked."


def describe(content: bytes, name: str = "") -> Described:
    """What the file is, whom it answers, and whether its envelopes are whole (SNIP level 1)."""
    document = x12.read(readable(content), name=name, checks=_INTEGRITY)
    if not document.interchanges:
        return Described(FileKind.UNKNOWN, problem=_not_x12(content, document))
    first = document.interchanges[0]
    kinds, names = _kinds(document)
    problem = _broken(document)
    if not problem and len(kinds) > 1:
        problem = (
            f"The file mixes {', '.join(sorted(names))}: which of them counts cannot be told. "
            "Ask the sender for one kind of transaction in a file."
        )
    if not problem and FileKind.UNKNOWN in kinds:
        problem = f"Firstpass does not process {', '.join(sorted(names)) or 'an empty envelope'}."
    return Described(
        kind=kinds.pop() if len(kinds) == 1 else FileKind.UNKNOWN,
        sender=first.sender,
        control_number=first.control_number,
        group_control_number=first.groups[0].control_number if first.groups else "",
        answers_interchange=first.ta1s[0].control_number if first.ta1s else "",
        problem=problem,
        **_answers(document),
    )


def _kinds(document: x12.Document) -> tuple[set[FileKind], set[str]]:
    """A TA1 beside transactions says nothing about the file's kind; alone, it is the kind."""
    names = {transaction.kind for transaction in document.transactions}
    kinds = {_KINDS.get(kind, FileKind.UNKNOWN) for kind in names}
    if not kinds:
        if any(interchange.ta1s for interchange in document.interchanges):
            return {FileKind.INTERCHANGE_ACK}, {"TA1"}
        return {FileKind.UNKNOWN}, names
    return kinds, names


def _answers(document: x12.Document) -> dict[str, str]:
    found: dict[str, str] = {}
    for transaction in document.transactions:
        content = transaction.content
        if isinstance(content, x12.Acknowledgement999):
            found.setdefault("answers_group", content.group_control_number)
        elif isinstance(content, x12.ClaimAcknowledgement277CA):
            traces = (r.trace for s in content.sources for r in s.receivers if r.trace)
            found.setdefault("answers_batch", next((t.number for t in traces), ""))
    return found


def _broken(document: x12.Document) -> str:
    """What is wrong with the envelopes, in words; empty when they are whole."""
    if document.interchanges and not document.interchanges[-1].closed:
        last = document.pieces[-1] if document.pieces else ""
        name = _TAG.match(last.strip())
        return (
            f"The file ends at segment {len(document.pieces)}"
            f"{f' ({name.group()})' if name else ''}, before its trailers (SE, GE, IEA): it was "
            "cut off on the way. Ask the sender for it again."
        )
    error = next((error for error in document.errors if error.fatal), None)
    return _words(error) if error else ""


def _not_x12(content: bytes, document: x12.Document) -> str:
    """The bytes themselves are not quoted: they may name a patient, or be no text at all."""
    if not content.strip():
        return "The file is empty. Ask the sender for it again."
    header = next((e for e in document.file_errors if e.code == "isa-malformed"), None)
    if header is not None:
        return f"This is not an X12 file that can be read. {header.message}"
    return "This is not an X12 file: it does not begin with an interchange header (ISA)."


def _words(error: x12.X12Error) -> str:
    """The finding with its place."""
    where = f"Segment {error.segment}" if error.segment else "The file"
    if error.segment_id:
        where += f" ({error.segment_id})"
    return _CONTROL.sub("?", f"{where}: {error.message}")[:500]
