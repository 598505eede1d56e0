"""What the readers of code, edit and fee files share."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any


class FormatError(Exception):
    """A file that cannot be read: which line (from 1, 0 = the file as a whole) and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code as its file gives it. `valid_from` is None when the file carries no dates."""

    code: str
    description: str
    billable: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    synonyms: str = ""
    category: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    line: int = 0


def open_text(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a text file, gunzipped when needed, without their line ends.

    UTF-8 (with or without BOM); a file that is not UTF-8 is read as Windows-1252, which
    is what CMS still publishes.
    """
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError) as error:
            raise FormatError(0, f"the gzip file is damaged or cut short ({error})") from error
    if raw[:4] == b"PK\x03\x04":
        raise FormatError(
            0, "this is a ZIP or Excel file: unpack it, or save the sheet as CSV, and load that"
        )
    if not raw.strip():
        raise FormatError(0, "the file is empty")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    yield from enumerate(io.StringIO(text), start=1)


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file: where its columns are, and its numbered data rows."""

    columns: dict[str, int]
    rows: Iterable[tuple[int, list[str]]]


_HEADER_SEARCH_LINES = 40


def header_word(text: str) -> str:
    """A column title made comparable: lower case, single spaces, no line breaks."""
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


def read_table(path: Path, required: Iterable[Iterable[str]]) -> Table:
    """Find the header row (after a publisher's preamble) and give the rows below it.

    `required` lists, per column, the titles it may have; the first of them names it.
    The file shows whether comma or tab separates.
    """
    wanted = [[header_word(title) for title in titles] for titles in required]
    lines = list(open_text(path))
    sample = "".join(text for _, text in lines[:_HEADER_SEARCH_LINES])
    delimiter = "\t" if sample.count("\t") > sample.count(",") else ","
    reader = csv.reader((text for _, text in lines), delimiter=delimiter)
    seen = 0
    try:
        for cells in reader:
            seen += 1
            titles = [header_word(cell) for cell in cells]
            columns = {
                names[0]: next(titles.index(name) for name in names if name in titles)
                for names in wanted
                if any(name in titles for name in names)
            }
            if len(columns) == len(wanted):
                return Table(_with_titles(columns, titles), _rows(reader))
            if seen >= _HEADER_SEARCH_LINES:
                break
    except csv.Error as error:
        raise FormatError(reader.line_num, f"not a readable table: {error}") from error
    names = ", ".join(titles[0] for titles in wanted)
    raise FormatError(
        0, f"no header row with the columns {names} in the first {_HEADER_SEARCH_LINES} rows"
    )


def _with_titles(columns: dict[str, int], titles: list[str]) -> dict[str, int]:
    every = {title: index for index, title in enumerate(titles) if title}
    return {**every, **columns}


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise FormatError(reader.line_num, f"not a readable row: {error}") from error


def cell(line: int, cells: list[str], index: int, name: str) -> str:
    """The trimmed text of a cell; a row that is too short is an error."""
    try:
        return cells[index].strip()
    except IndexError:
        raise FormatError(line, f"the row ends before the column {name}") from None


def day(line: int, text: str, name: str) -> date:
    """A date as `20261001`, `2026-10-01` or `10/01/2026`."""
    value = text.strip()
    try:
        if re.fullmatch(r"\d{8}", value):
            return date(int(value[:4]), int(value[4:6]), int(value[6:]))
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", value):
            return date(int(match[3]), int(match[1]), int(match[2]))
        return date.fromisoformat(value)
    except ValueError:
        raise FormatError(line, f"{name}: {text!r} is not a date") from None


def decimal(line: int, text: str, name: str) -> Decimal:
    """A number; an empty cell is zero, as CMS leaves it."""
    value = text.strip().replace(",", "").removeprefix("$")
    try:
        number = Decimal(value or "0")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise FormatError(line, f"{name}: {text!r} is not a number")
    return number


def procedure_code(line: int, text: str) -> str:
    """A CPT or HCPCS code: five characters, letters and digits."""
    value = text.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{5}", value):
        raise FormatError(line, f"{text.strip()!r} is not a CPT or HCPCS code (five characters)")
    return value


def plain(text: str) -> str:
    """The text without accents, for searching: Ménière becomes Meniere."""
    if text.isascii():
        return text
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )


def json_line(line: int, text: str) -> dict[str, Any]:
    """One JSON object on a line."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise FormatError(line, f"not a JSON object: {error}") from None
    if not isinstance(value, dict):
        raise FormatError(line, "not a JSON object")
    return value
