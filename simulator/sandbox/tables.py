"""The payers' own books: plans, rates, code pairs, unit limits, policies, valid diagnoses."""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from simulator.sandbox.model import Payer

DATA = Path(__file__).parent / "data"

_MONEY = (
    "percent_of_charge",
    "deductible",
    "coinsurance",
    "visit_copay",
    "out_of_pocket",
    "sequestration",
    "extender_percent",
)
_SETS = ("laterality", "authorization", "excluded", "documentation")


class Rate(NamedTuple):
    """A procedure in the rate book, at Medicare's national rate in dollars."""

    kind: str
    """em, preventive, wellness, lab, draw, imaging, test, procedure, drug, immunization, …"""
    office: Decimal
    facility: Decimal
    global_days: int
    add_on: bool
    reduced_when_second: bool
    bilateral: bool
    waived: bool
    """A CLIA-waived test: the claim needs QW where the payer asks for it."""


class Policy(NamedTuple):
    """A coverage rule: these procedures are paid for these diagnoses only."""

    payers: frozenset[str]
    denial: tuple[str, str, str]
    """Group, CARC, RARC of a line without such a diagnosis."""
    diagnoses: tuple[str, ...]
    """Beginnings of ICD-10-CM codes, without the dot."""


@cache
def payers() -> dict[str, Payer]:
    """Every payer by its ID."""
    found = tomllib.loads((DATA / "payers.toml").read_text(encoding="utf-8"))["payer"]
    made = []
    for entry in found:
        entry.update({name: Decimal(entry[name]) for name in _MONEY})
        entry.update({name: frozenset(entry[name]) for name in _SETS})
        entry["factor"] = {kind: Decimal(value) for kind, value in entry["factor"].items()}
        entry["payment_days"] = tuple(entry["payment_days"])
        entry["exclusion"] = tuple(entry["exclusion"])
        made.append(Payer(**entry))
    return {payer.id: payer for payer in made}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def rates() -> dict[str, Rate]:
    """The rate book by procedure code."""
    return {
        row["code"]: Rate(
            kind=row["kind"],
            office=Decimal(row["office"]),
            facility=Decimal(row["facility"]),
            global_days=int(row["global"]) if row["global"].isdigit() else 0,
            add_on=row["global"] == "ZZZ",
            reduced_when_second=row["multiple"] == "2",
            bilateral=row["bilateral"] == "1",
            waived=row["waived"] == "1",
        )
        for row in _rows("rates.csv")
    }


@cache
def pairs() -> dict[str, dict[str, bool]]:
    """NCCI pairs: column 1 → column 2 → whether a modifier may separate them."""
    found: dict[str, dict[str, bool]] = {}
    for row in _rows("pairs.csv"):
        found.setdefault(row["column1"], {})[row["column2"]] = row["indicator"] == "1"
    return found


@cache
def most_units() -> dict[str, int]:
    """Medically unlikely units of one code on one day; 0 (not for Medicare) is no limit here."""
    return {row["code"]: int(row["most"]) for row in _rows("units.csv") if row["most"] != "0"}


@cache
def policies() -> dict[str, list[Policy]]:
    """Coverage rules by procedure code."""
    found: dict[str, list[Policy]] = {}
    for row in _rows("policies.csv"):
        policy = Policy(
            frozenset(row["payers"].split()),
            (row["group"], row["carc"], row["rarc"]),
            tuple(row["diagnoses"].split()),
        )
        for code in row["procedures"].split():
            found.setdefault(code, []).append(policy)
    return found


@cache
def diagnoses() -> dict[str, tuple[str, str]]:
    """Billable ICD-10-CM codes without their dot → first and last day (YYYYMMDD, "" = open).

    Source: CDC/NCHS, FY2025 to FY2027.
    """
    found: dict[str, tuple[str, str]] = {}
    with gzip.open(DATA / "diagnoses.txt.gz", "rt", encoding="ascii") as file:
        for line in file:
            code, first, last = [*line.split(), "", ""][:3]
            found[code] = (first or "20151001", last)
    return found
