"""CPT, HCPCS Level II, modifiers, places of service: code lists without ICD's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from coding.formats.base import (
    CodeRow,
    FormatError,
    cell,
    day,
    decimal,
    header_word,
    open_text,
    procedure_code,
    read_table,
)

# The header of the carried list, which holds codes of both systems in our own words.
_OWN_HEADER = "system,code,category,words,everyday,qw,laterality,addon_of,ages,lab_rate,charge"
_TITLES = ("words", "description", "long description", "short description", "short_desc")


def read_own_procedures(path: Path, system: str) -> Iterator[CodeRow]:
    """The rows of one code system in the carried list of the demo's codes."""
    table = read_table(path, [["system"], ["code"], ["category"], ["words"], ["everyday"]])
    at = table.columns
    for line, cells in table.rows:
        if cell(line, cells, at["system"], "system") != system:
            continue
        attributes = {
            name: value
            for name in ("qw", "laterality", "addon_of", "ages")
            if (value := cell(line, cells, at[header_word(name)], name)) not in ("", "none")
        }
        yield CodeRow(
            procedure_code(line, cells[at["code"]]),
            cell(line, cells, at["words"], "words"),
            synonyms=cell(line, cells, at["everyday"], "everyday"),
            category=cell(line, cells, at["category"], "category"),
            attributes=attributes,
            line=line,
        )


def read_hcpcs(path: Path) -> Iterator[CodeRow]:
    """CMS's quarterly HCPCS file: the fixed-width text (ANWEB) or a table with a header."""
    _, first = next(open_text(path))
    if header_word(first) == header_word(_OWN_HEADER):
        yield from read_own_procedures(path, "hcpcs")
        return
    if re.match(r"[A-Z0-9 ]{5}\d{5}[3478]", first):
        yield from _fixed_hcpcs(path)
        return
    yield from read_code_table(path)


def _fixed_hcpcs(path: Path) -> Iterator[CodeRow]:
    # HCPCS record layout: 1-5 code, 6-10 sequence, 11 record (3 first line, 4 more text,
    # 7 and 8 the same for modifiers), 12-91 long text, 92-119 short text, 269-276 added,
    # 285-292 terminated.
    current: CodeRow | None = None
    for line, text in open_text(path):
        record = text[10:11]
        if record == "3":
            if current:
                yield current
            current = _first_line(line, text)
        elif record == "4" and current and text[:5].strip() == current.code:
            current = CodeRow(
                current.code,
                f"{current.description} {text[11:91].strip()}".strip(),
                valid_from=current.valid_from,
                valid_to=current.valid_to,
                line=current.line,
            )
        elif record not in ("4", "7", "8") and text.strip():
            raise FormatError(line, f"column 11: {record!r} is not a record type (3, 4, 7, 8)")
    if current:
        yield current


def _first_line(line: int, text: str) -> CodeRow:
    added, ended = text[268:276].strip(), text[284:292].strip()
    return CodeRow(
        procedure_code(line, text[:5]),
        text[11:91].strip() or text[91:119].strip(),
        valid_from=day(line, added, "added (269-276)") if added else None,
        valid_to=day(line, ended, "terminated (285-292)") if ended else None,
        line=line,
    )


def read_cpt(path: Path) -> Iterator[CodeRow]:
    """The AMA's descriptor files of a licensed user: tab or fixed-width text, or a table.

    `LONGULT.txt`, `MEDU.txt` and `SHORTU.txt` hold one code and its descriptor a line,
    after a copyright preamble.
    """
    _, first = next(open_text(path))
    if header_word(first) == header_word(_OWN_HEADER):
        yield from read_own_procedures(path, "cpt")
        return
    found = 0
    for line, text in open_text(path):
        if match := re.match(r"([0-9]{4}[0-9A-Z])(?:\t+| +)(\S.*)", text.rstrip("\r\n")):
            found += 1
            yield CodeRow(match[1], " ".join(match[2].split()), line=line)
        elif found and text.strip():
            raise FormatError(line, "neither a code with its descriptor nor an empty line")
    if not found:
        yield from read_code_table(path)


def read_code_table(path: Path) -> Iterator[CodeRow]:
    """A CSV or tab file with a header: the code, its words, and optionally its dates."""
    table = read_table(
        path,
        [["code", "hcpc", "hcpcs", "hcpcs code", "cpt code", "cpt", "hcpcs/cpt code"], _TITLES],
    )
    at = table.columns
    starts, ends = at.get("valid from"), at.get("valid to")
    extra = {name: at[name] for name in ("facility",) if name in at}
    for line, cells in table.rows:
        code = cell(line, cells, at["code"], "code").upper()
        words = cell(line, cells, at[header_word("words")], "words")
        if not re.fullmatch(r"[A-Z0-9]{1,5}", code):
            raise FormatError(line, f"{code!r} is not a code")
        if not words:
            raise FormatError(line, f"{code} has no words")
        yield CodeRow(
            code,
            words,
            valid_from=_optional_day(line, cells, starts, "valid from"),
            valid_to=_optional_day(line, cells, ends, "valid to"),
            attributes={
                name: cell(line, cells, index, name) == "1" for name, index in extra.items()
            },
            line=line,
        )


def read_carc(path: Path) -> Iterator[CodeRow]:
    """Claim adjustment reason code numbers."""
    return read_reason_codes(path, "CARC")


def read_rarc(path: Path) -> Iterator[CodeRow]:
    """Remittance advice remark code numbers."""
    return read_reason_codes(path, "RARC")


def read_reason_codes(path: Path, kind: str) -> Iterator[CodeRow]:
    """CARC or RARC numbers with their dates; the explanations are the denial playbook's."""
    table = read_table(path, [["code"], ["type"], ["start"], ["end"]])
    at = table.columns
    for line, cells in table.rows:
        if cell(line, cells, at["type"], "type").upper() != kind.upper():
            continue
        start = cell(line, cells, at["start"], "start")
        end = cell(line, cells, at["end"], "end")
        code = cell(line, cells, at["code"], "code").upper()
        if not re.fullmatch(r"[A-Z0-9]{1,5}", code):
            raise FormatError(line, f"{code!r} is not a {kind.upper()} number")
        yield CodeRow(
            code,
            "",
            valid_from=day(line, start, "start") if start else None,
            valid_to=day(line, end, "end") if end else None,
            line=line,
        )


def _optional_day(line: int, cells: list[str], index: int | None, name: str) -> date | None:
    if index is None or not (text := cell(line, cells, index, name)):
        return None
    return day(line, text, name)


def read_charges(path: Path, column: str) -> Iterator[tuple[str, str]]:
    """Code and price (US dollars) from one column of the carried list; empty cells are left out."""
    table = read_table(path, [["code"], [column]])
    for line, cells in table.rows:
        text = cell(line, cells, table.columns[header_word(column)], column)
        if not text:
            continue
        amount = decimal(line, text, column)
        if amount <= 0:
            raise FormatError(line, f"{column}: {text!r} is not a price")
        yield procedure_code(line, cells[table.columns["code"]]), str(amount)
