"""What provokes which answer is documented: every ending, payer, rejection and denial."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from simulator.sandbox import screening, tables
from simulator.sandbox.adjudication import coverage, lines
from simulator.sandbox.members import Scenario

TEXT = Path("docs/sandbox.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("scenario", Scenario)
def test_every_ending_of_a_member_id_is_documented(scenario):
    assert f"| {scenario.value} |" in TEXT


@pytest.mark.parametrize("payer", tables.payers().values(), ids=lambda payer: payer.id)
def test_every_payer_is_documented_with_its_numbers(payer):
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{payer.id}`"))
    assert f"1{payer.tax_id}" in row
    assert f"| {payer.timely_days}" in row
    assert "–".join(map(str, payer.payment_days)) in row
    assert payer.group_number in TEXT


def test_every_rejection_is_documented():
    found = re.findall(r'Rejection\("(\w\d)", "?(\w+)"?, "(\w*)"', inspect.getsource(screening))
    assert len(found) > 20
    for category, code, entity in found:
        if code == "number":  # 254 for the first diagnosis, 255 for the others
            continue
        status = f"{category}:{code}" + (f":{entity}" if entity else "")
        assert status in TEXT, status


def test_every_denial_is_documented():
    source = inspect.getsource(coverage) + inspect.getsource(lines)
    found = set(re.findall(r'"(CO|PR|OA)", "(\w{1,3})"', source))
    found |= {policy.denial[:2] for many in tables.policies().values() for policy in many}
    found |= {payer.exclusion[:2] for payer in tables.payers().values()}
    assert len(found) > 20
    for group, reason in found:
        assert f"{group}-{reason}" in TEXT, f"{group}-{reason}"
