"""The glossary explains every word of the database; the documents name files that exist."""

from __future__ import annotations

import enum
import importlib
import re
from pathlib import Path

import pytest

from coding.models import CodingVersion
from core.findings import Severity
from payments.rules.reasons import GROUP_WORDS
from rcm.kpi.rules.definitions import DEFINITIONS, Unit

ROOT = Path(__file__).resolve().parents[3]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def enumerations() -> dict[str, set[str]]:
    """Name and stored values of each enumeration in an `enums.py`, and of three that are elsewhere."""
    found: dict[str, type[enum.Enum]] = {
        "Severity": Severity,
        "State": CodingVersion.State,
        "Unit": Unit,
    }
    for file in [*ROOT.glob("[a-z]*/enums.py"), *ROOT.glob("[a-z]*/[a-z]*/enums.py")]:
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for name, one in vars(module).items():
            if isinstance(one, type) and issubclass(one, enum.Enum) and one.__members__:
                assert found.setdefault(name, one) is one, f"two enumerations are called {name}"
    return {name: {str(member.value) for member in one} for name, one in found.items()}


def explained() -> dict[str, set[str]]:
    """Name and values of each enumeration in the glossary."""
    sections = re.split(r"^### `(\w+)`$", GLOSSARY, flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"^\| `([^`]+)` \| .+ \|$", text, re.MULTILINE))
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }


def test_glossary_explains_each_member_of_each_enumeration_and_no_other():
    assert explained() == enumerations()


def test_glossary_explains_each_kpi():
    table = GLOSSARY.split("## Key figures")[1].split("\n## ")[0]
    _, *names = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)
    assert names == [one.name for one in DEFINITIONS]


def test_glossary_explains_each_adjustment_group():
    table = GLOSSARY.split("## Adjustment groups")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w\w)` \|", table, re.MULTILINE)) == set(GROUP_WORDS)


def test_each_term_has_a_meaning_and_a_source():
    terms = GLOSSARY.split("## Key figures")[0]
    rows = [row for row in terms.splitlines() if row.startswith("| ")]
    assert len(rows) > 60
    assert [
        row for row in rows if len([cell for cell in row.split("|") if cell.strip()]) != 3
    ] == []


PAGES = [
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))),
    "x12/README.md",
    "SECURITY.md",
    "README.md",
]
# The manual of the codec and its README name files by their place in the package.
BESIDE = {"docs/x12.md": ROOT / "x12", "x12/README.md": ROOT / "x12"}
NO_FILES = {"America/New_York", "2000A/2000B/2300"}  # a time zone, the loops around a segment


@pytest.mark.parametrize("name", PAGES)
def test_each_file_that_is_named_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    places = {ROOT, BESIDE.get(name, ROOT)}
    missing = {path for path in named if not any((place / path).exists() for place in places)}
    assert {path for path in missing - NO_FILES if not path.startswith("var/")} == set()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    folder = (ROOT / name).parent
    assert [link for link in links if not (folder / link).exists()] == []
