"""The page is true: its examples run, and every error code and level that it names exists."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import x12
from tests.x12_samples import build
from x12.guides import BY_KIND
from x12.guides.guidebook import page
from x12.guides.schema import SegmentUse
from x12.reading.diagnose import Separators
from x12.reading.segments import SegmentReaders

ROOT = Path(x12.__file__).parent.parent
PAGE = (ROOT / "docs" / "x12.md").read_text()
CODE = "\n".join(path.read_text() for path in (ROOT / "x12").rglob("*.py"))
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_reading_and_streaming_examples_run(tmp_path):
    era = build.data(build.remittance_835())
    path = tmp_path / "era.835"
    path.write_bytes(era)
    space: dict[str, Any] = {"data": era, "path": path, "x12": x12}
    exec(BLOCKS[0], space)
    assert space["document"].ok
    exec(BLOCKS[1], space)
    assert space["item"].row.patient_control_number == "ACCT4"


def test_writing_example_makes_a_file_without_error():
    space: dict[str, Any] = {"date": date, "datetime": datetime, "Decimal": Decimal, "x12": x12}
    exec(BLOCKS[2], space)
    document = x12.read(space["written"].data, checks=x12.Checks(strict=True))
    assert document.errors == []
    (row,) = document.transactions[0].claims837.rows()
    assert row.claim.patient_control_number == "ACCT1"
    assert [c.claim for c in space["written"].claims] == ["ACCT1"]


def test_every_error_code_of_the_page_exists():
    table = PAGE[PAGE.index("| SNIP |") : PAGE.index("An error with `fatal`")]
    named = re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", table)
    assert len(named) > 15
    for code in named:
        assert f'"{code}"' in CODE, code


def test_every_public_name_has_a_docstring():
    for name in x12.__all__:
        value = getattr(x12, name)
        if callable(value):
            assert value.__doc__, name
            assert not value.__doc__.startswith(f"{name}("), name


def test_reference_pages_are_what_the_tables_say():
    """Made again by ``python -m x12 reference docs/x12``."""
    pages = {path.stem: path.read_text() for path in (ROOT / "docs" / "x12").glob("*.md")}
    assert sorted(pages) == sorted(BY_KIND)
    wrong = [kind for kind, guide in BY_KIND.items() if pages[kind] != page(guide)]
    assert wrong == []


def test_readers_of_segments_are_named_for_a_debugger():
    declared = BY_KIND["837P"].root.children[0]
    assert isinstance(declared, SegmentUse)
    read = SegmentReaders(Separators(":", "^")).reader(declared, len(declared.elements), None)
    assert f"<function read {declared.id} {declared.title} at " in repr(read)
    stores = [cell.cell_contents for cell in read.__closure__ if callable(cell.cell_contents)]
    assert any(f"<function store {declared.id} {declared.title} at " in repr(s) for s in stores)


def test_line_where_the_readme_stops_the_debugger_is_there_once():
    readme = (ROOT / "x12" / "README.md").read_text()
    lines = re.findall(r"^\| `(reading/\w+\.py)` \| `([^`]+)` \|", readme, re.MULTILINE)
    assert lines
    for file, line in lines:
        code = (ROOT / "x12" / file).read_text().splitlines()
        assert [one.strip() for one in code].count(line) == 1
