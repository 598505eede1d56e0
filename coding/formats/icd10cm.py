"""ICD-10-CM: the order file of CDC/CMS, the list with dates, and the tabular notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coding.enums import NoteKind
from coding.formats.base import CodeRow, FormatError, day, json_line, open_text

_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?")
_REFERENCE = re.compile(r"\(([^()]*[A-Z][0-9A][^()]*)\)")
_PATTERN = re.compile(
    r"[A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?:\.?-(?![A-Z]))?"
    r"(?:-[A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{1,4})?)?"
)
_NOTE_KEYS = {
    "inc": NoteKind.INCLUSION,
    "incl": NoteKind.INCLUSION,
    "ex1": NoteKind.EXCLUDES1,
    "ex2": NoteKind.EXCLUDES2,
    "cf": NoteKind.CODE_FIRST,
    "ua": NoteKind.USE_ADDITIONAL,
    "ca": NoteKind.CODE_ALSO,
    "sv": NoteKind.SEVENTH,
}


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An instruction at a code or heading, with the code patterns that its text names."""

    code: str
    kind: NoteKind
    text: str
    references: tuple[str, ...]


def dotted(code: str) -> str:
    """The code with its dot: J029 becomes J02.9."""
    bare = code.replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare


def read_codes(path: Path) -> Iterator[CodeRow]:
    """Rows of the list with dates (tab-separated, with a header) or of the order file."""
    lines = open_text(path)
    number, first = next(lines)
    if first.startswith("code\t"):
        yield from _dated_rows(first, lines)
    elif re.match(r"\d{5} \S", first):
        yield _order_row(number, first)
        for number, text in lines:
            if text.strip():
                yield _order_row(number, text)
    elif re.match(r"[A-Z]\d[0-9A-Z]{1,5}\s+\S", first):
        raise FormatError(
            1,
            "this looks like the codes file without headings; load the order file "
            "(icd10cm-order-….txt) of the same release",
        )
    else:
        raise FormatError(
            1,
            "neither an ICD-10-CM order file (five digits, the code, 0 or 1, the titles) "
            "nor a list with a header row that begins with 'code'",
        )


def _order_row(line: int, text: str) -> CodeRow:
    # CDC order file: 1-5 order, 7-13 code, 15 billable, 17-76 short title, 78- long title.
    text = text.rstrip("\r\n")
    code, flag, title = text[6:13].strip(), text[14:15], text[77:].strip() or text[16:76].strip()
    if not _CODE.fullmatch(code):
        raise FormatError(line, f"columns 7-13: {code!r} is not an ICD-10-CM code")
    if flag not in ("0", "1"):
        raise FormatError(line, f"column 15: {flag!r} is neither 0 (heading) nor 1 (billable)")
    if not title:
        raise FormatError(line, f"{code} has no title in columns 17-76 or 78 and after")
    return CodeRow(dotted(code), title, billable=flag == "1", line=line)


def _dated_rows(header: str, lines: Iterator[tuple[int, str]]) -> Iterator[CodeRow]:
    titles = header.rstrip("\r\n").split("\t")
    missing = {"code", "valid_from", "valid_to", "description"} - set(titles)
    if missing:
        raise FormatError(1, f"the header lacks {', '.join(sorted(missing))}")
    at = {title: index for index, title in enumerate(titles)}
    billable = "fy2025" in at or "mce_edits_current" in at
    edits, sex = at.get("mce_edits_current"), at.get("sex_edit_before_fy2025")
    for line, text in lines:
        # The titles stand last, and some of CDC's hold a tab of their own.
        cells = text.rstrip("\r\n").split("\t", len(titles) - 1)
        if len(cells) != len(titles):
            raise FormatError(line, f"{len(cells)} columns where the header has {len(titles)}")
        code = cells[at["code"]]
        if not _CODE.fullmatch(code):
            raise FormatError(line, f"{code!r} is not an ICD-10-CM code")
        start, end = cells[at["valid_from"]], cells[at["valid_to"]]
        attributes: dict[str, str | list[str]] = {}
        if edits is not None and cells[edits]:
            attributes["edits"] = cells[edits].split(",")
        if sex is not None and cells[sex]:
            attributes["sex"] = cells[sex]
        yield CodeRow(
            dotted(code),
            " ".join(cells[at["description"]].split()),
            billable=billable,
            valid_from=day(line, start, "valid_from"),
            valid_to=day(line, end, "valid_to") if end else None,
            attributes=attributes,
            line=line,
        )


def read_notes(path: Path) -> Iterator[NoteRow]:
    """Inclusion terms, Excludes, code first … from one JSON object a line."""
    for line, text in open_text(path):
        if not text.strip():
            continue
        entry = json_line(line, text)
        code = entry.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise FormatError(line, f"{code!r} is not an ICD-10-CM code")
        for key, kind in _NOTE_KEYS.items():
            value = entry.get(key, [])
            for note in [value] if isinstance(value, str) else value:
                yield NoteRow(dotted(code), kind, note, references(note))


def references(text: str) -> tuple[str, ...]:
    """The code patterns in the brackets of a note: "(O10-O11, O13.-)" gives both."""
    found: list[str] = []
    for bracket in _REFERENCE.findall(text):
        found += [match.group() for match in _PATTERN.finditer(bracket)]
    return tuple(dict.fromkeys(pattern[:20] for pattern in found))
