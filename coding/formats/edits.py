"""CMS's edit and fee files: NCCI pairs, MUE, RVUs, GPCI, conversion factors."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from coding.enums import ConversionFactorKind
from coding.formats.base import (
    FormatError,
    cell,
    day,
    decimal,
    open_text,
    procedure_code,
    read_table,
)

# A published row: the key cells, the value cells, and its own period when it has one.
Cells = tuple[str | Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class EditRow:
    """Values in the order of the model's columns, with the dates the file gives (if any)."""

    values: Cells
    valid_from: date | None = None
    valid_to: date | None = None
    line: int = 0


_PAIR = re.compile(r'"?([A-Z0-9]{5})"?[\t,]"?([A-Z0-9]{5})"?[\t,]')


def read_ptp(path: Path) -> Iterator[EditRow]:
    """NCCI procedure-to-procedure pairs: CMS's tab file with dates, or a list without dates.

    CMS: column 1, column 2, (pre-1996 mark), effective date, deletion date or *, modifier
    indicator, rationale. Without dates: column1, column2, indicator, rationale.
    """
    started = False
    for line, text in open_text(path):
        if not _PAIR.match(text):
            if started and text.strip():
                raise FormatError(line, "does not begin with a pair of codes")
            continue
        started = True
        cells = text.rstrip("\r\n").split("\t" if "\t" in text else ",", 6)
        if len(cells) >= 6 and "\t" in text:
            yield _dated_pair(line, cells)
        else:
            yield _plain_pair(line, text)
    if not started:
        raise FormatError(0, "no pair of codes found: this is not an NCCI PTP file")


def _dated_pair(line: int, cells: list[str]) -> EditRow:
    end = cells[4].strip()
    return EditRow(
        (
            cells[0].strip(),
            cells[1].strip(),
            _indicator(line, cells[5]),
            cells[6].strip()[:120] if len(cells) > 6 else "",
        ),
        valid_from=day(line, cells[3], "effective date"),
        valid_to=day(line, end, "deletion date") if end not in ("", "*") else None,
        line=line,
    )


def _plain_pair(line: int, text: str) -> EditRow:
    cells = [part.strip().strip('"') for part in text.rstrip("\r\n").split(",", 3)]
    if len(cells) < 3:
        raise FormatError(line, "the row ends before the modifier indicator")
    rationale = cells[3][:120] if len(cells) > 3 else ""
    return EditRow((cells[0], cells[1], _indicator(line, cells[2]), rationale), line=line)


def _indicator(line: int, text: str) -> str:
    value = text.strip()
    if value not in ("0", "1", "9"):
        raise FormatError(line, f"modifier indicator: {value!r} is not 0, 1 or 9")
    return value


def read_mue(path: Path) -> Iterator[EditRow]:
    """Medically unlikely edits for practitioners: code, units, MAI, rationale."""
    table = read_table(
        path,
        [
            ["hcpcs code", "hcpcs/cpt code", "hcpcs/ cpt code", "code"],
            ["mue units", "practitioner services mue values", "mue value", "units"],
            ["mue mai", "mue adjudication indicator", "mai"],
        ],
    )
    at = table.columns
    reason = at.get("mue rationale")
    for line, cells in table.rows:
        units = cell(line, cells, at["mue units"], "MUE value")
        mai = cell(line, cells, at["mue mai"], "MUE adjudication indicator")[:1]
        if not units.isdigit():
            raise FormatError(line, f"MUE value: {units!r} is not a whole number")
        if mai not in ("1", "2", "3"):
            raise FormatError(line, f"MUE adjudication indicator: {mai!r} is not 1, 2 or 3")
        yield EditRow(
            (
                procedure_code(line, cells[at["hcpcs code"]]),
                units,
                mai,
                cells[reason].strip()[:120] if reason is not None and reason < len(cells) else "",
            ),
            line=line,
        )


# Position of each column in CMS's PPRRVU file and in the list without descriptions.
_RVU_CMS = {
    "mod": 1,
    "status": 3,
    "work": 5,
    "nonfac_pe": 6,
    "fac_pe": 8,
    "mp": 10,
    "pctc": 13,
    "global": 14,
    "mult": 18,
    "bilat": 19,
    "asst": 20,
}
_RVU_PLAIN = {
    "mod": 1,
    "status": 2,
    "work": 3,
    "nonfac_pe": 4,
    "fac_pe": 5,
    "mp": 6,
    "pctc": 9,
    "global": 10,
    "mult": 14,
    "bilat": 15,
    "asst": 16,
}


def read_rvu(path: Path) -> Iterator[EditRow]:
    """Physician fee schedule RVUs: CMS's PPRRVU file, or the list without descriptions."""
    lines = open_text(path)
    at: dict[str, int] | None = None
    reader = csv.reader(text for _, text in lines)
    try:
        for cells in reader:
            if at is None:
                head = [part.strip().upper() for part in cells[:3]]
                if head[:2] == ["HCPCS", "MOD"]:
                    at = _RVU_CMS if head[2:] == ["DESCRIPTION"] else _RVU_PLAIN
                continue
            if any(part.strip() for part in cells):
                yield _rvu_row(reader.line_num, cells, at)
    except csv.Error as error:
        raise FormatError(reader.line_num, f"not a readable row: {error}") from error
    if at is None:
        raise FormatError(0, "no header row that begins with HCPCS, MOD: not an RVU file")


def _rvu_row(line: int, cells: list[str], at: dict[str, int]) -> EditRow:
    def text(name: str, length: int) -> str:
        return cell(line, cells, at[name], name)[:length]

    def number(name: str) -> Decimal:
        return decimal(line, cell(line, cells, at[name], name), name)

    return EditRow(
        (
            procedure_code(line, cells[0]),
            text("mod", 2),
            text("status", 1),
            number("work"),
            number("nonfac_pe"),
            number("fac_pe"),
            number("mp"),
            text("pctc", 1),
            text("global", 3),
            text("mult", 1),
            text("bilat", 1),
            text("asst", 1),
        ),
        line=line,
    )


def read_gpci(path: Path) -> Iterator[EditRow]:
    """Addendum E: contractor, state, locality number and name, work, PE and MP index."""
    started = False
    reader = csv.reader(text for _, text in open_text(path))
    for cells in reader:
        line, first = reader.line_num, (cells[0].strip() if cells else "")
        if not re.fullmatch(r"\d{5}", first):
            if started and sum(1 for part in cells if part.strip()) > 3:
                raise FormatError(line, f"contractor: {first!r} is not five digits")
            continue
        started = True
        numbers = [decimal(line, cell(line, cells, i, "GPCI"), "GPCI") for i in (4, 5, 6)]
        if min(numbers) <= 0:
            raise FormatError(line, "an index is not above zero")
        locality = f"{first}{cell(line, cells, 2, 'locality').zfill(2)}"
        yield EditRow(
            (locality, cells[1].strip(), cells[3].strip().rstrip("*")[:100], *numbers), line=line
        )
    if not started:
        raise FormatError(0, "no row that begins with a five-digit contractor: not a GPCI file")


def read_conversion_factors(path: Path) -> Iterator[EditRow]:
    """Conversion factors by kind and period."""
    table = read_table(path, [["kind"], ["amount"], ["effective_from"], ["effective_to"]])
    at = table.columns
    for line, cells in table.rows:
        kind = cell(line, cells, at["kind"], "kind")
        if kind not in ConversionFactorKind.values:
            raise FormatError(line, f"kind: {kind!r} is not {' or '.join(ConversionFactorKind)}")
        end = cell(line, cells, at["effective to"], "effective_to")
        yield EditRow(
            (kind, decimal(line, cells[at["amount"]], "amount")),
            valid_from=day(line, cells[at["effective from"]], "effective_from"),
            valid_to=day(line, end, "effective_to") if end else None,
            line=line,
        )
