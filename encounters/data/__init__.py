"""Tables of words and codes that the product carries, read once when their module is imported."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

_FOLDER = Path(__file__).parent


def toml_tables(name: str) -> dict[str, dict[str, str]]:
    """The tables of a TOML file: table → code → words."""
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def csv_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file by the names in its first line."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
