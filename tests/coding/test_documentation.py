from __future__ import annotations

import ast
import re
from pathlib import Path

from coding.enums import ReleaseKind

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "coding.md").read_text(encoding="utf-8")
# Words of the rules with hyphens that are no findings: categories and kinds.
OTHER_WORDS = {"em-preventive", "em-wellness", "non-apm", "vaccine-admin"}


def finding_codes() -> set[str]:
    """Every hyphenated word that the rules write down."""
    words: set[str] = set()
    for path in (ROOT / "coding" / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", value):
                words.add(value)
    return words - OTHER_WORDS


def test_every_finding_is_documented_and_nothing_else():
    table = GUIDE.split("## Edits")[1].split("## What a visit should pay")[0]
    documented = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", table))
    assert documented == finding_codes()
    assert len(documented) > 50


def test_every_system_of_load_codes_is_documented():
    table = GUIDE.split("| SYSTEM | Reads |")[1].split("A file without dates")[0]
    assert set(re.findall(r"`([a-z0-9-]+)`", table)) >= set(ReleaseKind.values)
