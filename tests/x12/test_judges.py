"""Independent validators agree with what we write; and they do see a planted defect."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

import x12
from simulator.bench import x12_files
from tests.shared import requires_shared
from tests.x12 import judges
from tests.x12.test_roundtrip import batches, remittances
from tests.x12.test_samples import FOLDER, rows
from tests.x12_samples import build

pytestmark = pytest.mark.slow

JUDGED = ("837P", "837I", "835")


@pytest.mark.parametrize("kind", ["837P", "837I", "835", "999"])
def test_pyx12_accepts_what_we_write(kind):
    assert judges.pyx12_errors(build.data(build.EVERYTHING[kind]())) == []


@pytest.mark.parametrize("make", [x12_files.claims_837, x12_files.remittance_835])
def test_pyx12_accepts_large_files(make):
    assert judges.pyx12_errors(make(150)) == []


@given(batches())
@settings(max_examples=8, deadline=None, phases=[Phase.generate])
def test_pyx12_accepts_generated_claims(content):
    assert judges.pyx12_errors(build.data(content)) == []


@given(remittances())
@settings(max_examples=8, deadline=None, phases=[Phase.generate])
def test_judges_accept_generated_remittances(content):
    data = build.data(content)
    assert judges.pyx12_errors(data) == []
    assert judges.oxedi_findings(data) == []


@requires_shared
@pytest.mark.parametrize("row", rows("accepted", JUDGED))
def test_pyx12_finds_no_more_in_a_real_file_that_we_wrote_again(row):
    """A ZIP or a date that it refuses is the file's own, and refused in the original as well."""
    original = (FOLDER / row["file"]).read_bytes()
    document = x12.read(original)
    if not document.ok:
        pytest.skip("breaks the guide: tests/x12/test_samples.py says how")
    found = set()
    for transaction in document.transactions:
        found |= judged(build.data(transaction.content))
    # Looked at only then: pyx12 does not know each label that these files have.
    assert found == set() or found <= judged(original)


def judged(data):
    return {(error["err_cde"], error["err_val"]) for error in judges.pyx12_report(data)}


def test_pyx12_accepts_the_999_that_answers_a_bad_file():
    bad = build.data(build.claims_837p()).replace(b"CLM*ACCT1*125*", b"CLM*ACCT1**")
    (answer,) = x12.acknowledge(x12.read(bad))
    assert judges.pyx12_errors(build.data(answer.groups[0])) == []


def test_oxedi_finds_our_remittances_balanced():
    assert judges.oxedi_findings(build.data(build.remittance_835())) == []
    assert judges.oxedi_findings(x12_files.remittance_835(300)) == []


def test_judges_see_planted_defects():
    claims = build.data(build.claims_837p()).replace(b"CLM*ACCT1*125*", b"CLM*ACCT1**")
    assert any("CLM02" in e for e in judges.pyx12_errors(claims))
    era = build.data(build.remittance_835()).replace(b"CAS*CO*45*45", b"CAS*CO*45*44")
    assert any("balanc" in e for e in judges.oxedi_findings(era))
