"""Bytes to segments: interchange headers, delimiters, line ends, junk; nothing is lost.

Works on one block of bytes or on a stream of any length with bounded memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from x12.model.document import Delimiters

BLOCK: Final = 1 << 18
HEAD_WINDOW: Final = 600
"""Characters within which an ISA must end."""
LONGEST: Final = 1 << 20
"""Characters after which a segment without terminator is cut (streams only)."""

_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_BETWEEN: Final = "\r\n \t\x00\x1a\ufeff"
"""What may stand between interchanges without harm."""


@dataclass(slots=True)
class Head:
    """An ISA with the delimiters that it declares."""

    elements: list[str]
    delimiters: Delimiters
    raw: str
    well_formed: bool


@dataclass(slots=True)
class Body:
    """Segments that follow a head."""

    pieces: list[str]
    """Without line ends; the terminator is cut off."""
    raw: list[str]
    """As they came, with terminator and line ends (empty when not asked for)."""
    clean: bool
    """Only printable ASCII."""


@dataclass(slots=True)
class Junk:
    """Bytes that belong to no interchange."""

    text: str
    reason: str


@dataclass(slots=True)
class End:
    """The file ended here; ``cut`` when what ended, ended inside a segment."""

    cut: str = ""
    """What came instead of the segment's end: ``file`` or ``interchange``."""


Token = Head | Body | Junk | End


def texts(source: bytes | Path | BinaryIO) -> Iterator[str]:
    """The source as text, block by block; undecodable bytes survive as surrogates."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    if isinstance(source, bytes | bytearray | memoryview):
        for start in range(0, len(source), BLOCK):
            yield decoder.decode(bytes(source[start : start + BLOCK]))
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            while block := stream.read(BLOCK):
                yield decoder.decode(block)
    else:
        while block := source.read(BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _separators_are_sound(delimiters: Delimiters) -> bool:
    """Four different characters, none a letter, a digit or a blank."""
    used = delimiters[:2] + delimiters[3:4]
    return len(set(used)) == 3 and not any((c.isascii() and c.isalnum()) or c == " " for c in used)


def _head_end(text: str, sep: str) -> int:
    """Position of the segment terminator of the ISA, or -1."""
    if len(text) >= 106 and text[103] == sep and text[:106].count(sep) == 16:
        return 105
    parts = text.split(sep, 16)
    if len(parts) < 17 or len(parts[16]) < 2:
        return -1
    end = sum(len(part) + 1 for part in parts[:16]) + 1
    return -1 if "\n" in text[:end] or "\r" in text[:end] else end


def is_whole_head(text: str, at: int) -> bool:
    """Whether an ISA of exactly the lengths that it must have stands here."""
    sep = text[at + 3 : at + 4]
    return (
        text[at + 103 : at + 104] == sep
        and not (sep.isalnum() or sep in " \r\n")
        and text.count(sep, at, at + 106) == 16
        and parse_head(text[at : at + HEAD_WINDOW]) is not None
    )


def _unwrapped(text: str) -> tuple[str, list[int]]:
    """Without line ends, and where each character stood (some files break the ISA itself)."""
    kept = [(char, at) for at, char in enumerate(text) if char not in "\r\n"]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def parse_head(text: str) -> tuple[Head, int] | None:
    """The ISA at the start of ``text`` and its length; ``None`` when it cannot be read."""
    if len(text) < 4 or text[3].isalnum() or text[3] in " \r\n":
        return None
    sep, plain = text[3], text
    end = cut = _head_end(text, sep)
    if end < 0:
        plain, places = _unwrapped(text)
        end = _head_end(plain, sep)
        if end < 0:
            return None
        cut = places[end]
    elements = plain[:end].split(sep)
    repetition = elements[11] if len(elements[11]) == 1 and not elements[11].isalnum() else ""
    rest = text[cut + 1 : cut + 3]
    newline = "" if plain[end] in "\r\n" else rest[: len(rest) - len(rest.lstrip("\r\n"))]
    newline = newline[:1] if newline in ("\n\n", "\r\r") else newline
    delimiters = Delimiters(sep, plain[end - 1], repetition, plain[end], newline)
    if not _separators_are_sound(delimiters):
        return None
    return Head(elements, delimiters, text[: cut + 1], end == 105), cut + 1


_BARE: Final = re.compile(
    r"(?:ST(?P<sep>[^\w\s])\d{3}(?P=sep)\w{1,9}(?:(?P=sep)\w*)?"
    r"|GS(?P<sep2>[^\w\s])[A-Z]{2}(?P=sep2)(?:[^~\n]{1,15}(?P=sep2)){5}X(?P=sep2)\w{1,12})"
    r"(?P<term>[^\w ])"
)


def parse_bare(text: str) -> Head | None:
    """Delimiters of a file that begins with GS or ST, without an interchange around it."""
    match = _BARE.match(text)
    if match is None:
        return None
    sep, terminator = match["sep"] or match["sep2"], match["term"]
    if sep == terminator:
        return None
    component = ":" if ":" not in (sep, terminator) else ">"
    return Head(
        [],
        Delimiters(sep, component, "^" if "^" not in (sep, terminator) else "", terminator, ""),
        "",
        well_formed=False,
    )


@dataclass(slots=True)
class Tokens:
    """The tokens of a source, in order."""

    blocks: Iterable[str]
    keep_raw: bool
    buffer: str = ""
    delimiters: Delimiters | None = None
    ended: bool = False
    told: str = ""
    """The reason that was given for the junk before this one: long junk comes in many blocks."""
    iterator: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.iterator = iter(self.blocks)

    def more(self) -> bool:
        """Add a block to the buffer."""
        for block in self.iterator:
            if block:
                self.buffer += block
                return True
        self.ended = True
        return False

    def __iter__(self) -> Iterator[Token]:
        while True:
            if self.delimiters is None:
                yield from self.between()
            else:
                yield from self.inside(self.delimiters)
            if self.ended and not self.buffer:
                yield End()
                return

    def between(self) -> Iterator[Token]:
        """Up to and including the next ISA."""
        while len(self.buffer) < HEAD_WINDOW and self.more():
            pass
        text = self.buffer
        skipped = len(text) - len(text.lstrip(_BETWEEN))
        if text.startswith("ISA", skipped):
            parsed = parse_head(text[skipped : skipped + HEAD_WINDOW])
            if parsed is not None:
                head, length = parsed
                head.raw = text[: skipped + length]
                self.delimiters = head.delimiters
                self.buffer = text[skipped + length :]
                self.told = ""
                yield head
                return
        bare = parse_bare(text[skipped : skipped + HEAD_WINDOW])
        if bare is not None:
            bare.raw = text[:skipped]
            self.delimiters = bare.delimiters
            self.buffer = text[skipped:]
            self.told = ""
            yield bare
            return
        reason = "isa-malformed" if text.startswith("ISA", skipped) else "not-x12"
        at = self.next_head(text, skipped + 3)
        if at < 0:
            keep = 0 if self.ended else HEAD_WINDOW
            at = max(0, len(text) - keep)
        junk, self.buffer = text[:at], text[at:]
        if junk:
            reason = reason if junk.strip(_BETWEEN) else ""
            yield Junk(junk, "" if reason == self.told else reason)
            self.told = reason or self.told
        if not self.ended and at >= len(text) - HEAD_WINDOW:
            self.more()

    def next_head(self, text: str, start: int) -> int:
        """Where the next ISA that can be read begins, or -1."""
        at = text.find("ISA", start)
        while at >= 0:
            if len(text) - at < HEAD_WINDOW and not self.ended:
                return at
            if parse_head(text[at : at + HEAD_WINDOW]) is not None:
                return at
            at = text.find("ISA", at + 3)
        return -1

    def inside(self, delimiters: Delimiters) -> Iterator[Token]:
        """Segments up to the end of the interchange or of the buffer."""
        terminator = delimiters.segment
        text = self.buffer
        head = self.head_inside(text)
        if head >= 0:
            if len(text) - head < HEAD_WINDOW and not self.ended and self.more():
                return
            if is_whole_head(text, head):
                yield from self.cut_off_by(head, delimiters)
                return
        last = text.rfind(terminator)
        if last < 0:
            if not self.ended and len(text) < LONGEST:
                self.more()
                return
            if not self.ended:
                yield from self.skip_segment(terminator)
                return
            self.buffer = ""
            yield from self.cut(text, delimiters, "file")
            return
        close = self.find_close(text, delimiters, last)
        if close >= 0:
            last = close
            self.delimiters = None
        self.buffer = text[last + 1 :]
        yield self.body(text[:last].split(terminator), delimiters, cut=False)
        if close < 0 and not self.ended:
            self.more()

    def cut_off_by(self, head: int, delimiters: Delimiters) -> Iterator[Token]:
        """An interchange that the next one's header cuts off, perhaps inside a segment.

        Files that were put together after one of them broke off look like this. The header counts
        even when its separators are others: else the second interchange would vanish in the first.
        """
        text, self.buffer = self.buffer[:head], self.buffer[head:]
        whole, terminator, rest = text.rpartition(delimiters.segment)
        if terminator:
            yield self.body(whole.split(terminator), delimiters, cut=False)
        yield from self.cut(rest, delimiters, "interchange")

    def cut(self, text: str, delimiters: Delimiters, by: str) -> Iterator[Token]:
        """What is left when an interchange ends without its trailer."""
        self.delimiters = None
        if text.strip(_BETWEEN):
            yield self.body([text], delimiters)
            yield End(cut=by)
        elif text:
            yield Junk(text, "")

    def head_inside(self, text: str) -> int:
        """Where, before any IEA, another whole header may begin, or -1."""
        at = text.find("ISA")
        while at >= 0:
            if len(text) - at < 106 or is_whole_head(text, at):
                trailer = self.find_close(text, self.delimiters, at) if self.delimiters else -1
                return -1 if 0 <= trailer < at else at
            at = text.find("ISA", at + 3)
        return -1

    def skip_segment(self, terminator: str) -> Iterator[Token]:
        """Set apart a segment that is far too long, with its terminator."""
        reason = "segment-too-long"
        while True:
            at = self.buffer.find(terminator)
            end = at + 1 if at >= 0 else len(self.buffer)
            junk, self.buffer = self.buffer[:end], self.buffer[end:]
            yield Junk(junk, reason)
            reason = ""
            if at >= 0 or not self.more():
                return

    @staticmethod
    def find_close(text: str, delimiters: Delimiters, last: int) -> int:
        """Where the IEA segment ends, or -1."""
        mark = "IEA" + delimiters.element
        at = text.find(mark)
        while 0 <= at < last:
            before = text[max(0, at - 8) : at].rstrip("\r\n ")
            if before.endswith(delimiters.segment) or not before:
                return text.find(delimiters.segment, at)
            at = text.find(mark, at + 3)
        return -1

    def body(self, raw: list[str], delimiters: Delimiters, *, cut: bool = True) -> Body:
        """Clean the pieces of line ends, and look for odd characters."""
        terminator = delimiters.segment
        joined = terminator.join(raw)
        pieces = raw
        if "\n" in joined or "\r" in joined:
            for end in "\r\n":
                if end != terminator:
                    joined = joined.replace(end, "")
            pieces = joined.split(terminator)
        clean = joined.isascii()
        if clean:
            odd = joined.encode("ascii").translate(None, _PRINTABLE)
            clean = not odd or not set(odd.decode("ascii")) - set("".join(delimiters))
        if not self.keep_raw:
            return Body(pieces, [], clean)
        if cut:
            return Body(pieces, raw, clean)
        return Body(pieces, [piece + terminator for piece in raw], clean)
