"""Real files that nobody here wrote: each reads as its verdict says, and comes back byte for byte."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

import x12
from tests.shared import SHARED, requires_shared
from tests.x12_samples import build

FOLDER = SHARED / "samples" / "x12"
MANIFEST = FOLDER / "MANIFEST.tsv"
ROWS = (
    list(csv.DictReader(MANIFEST.read_text().splitlines(), delimiter="\t"))
    if MANIFEST.is_file()
    else []
)

pytestmark = requires_shared

# Files that another validator let pass although they break X12 itself: the envelope rules that hold
# for every transaction set, or data elements of fixed length. Each was counted and measured by hand.
PLAINLY_WRONG = {
    # segment 28 is SVC*HC:59426******742*742**1: empty SVC02 and SVC03 (required), stars stand for
    # the colons of the modifiers; TRN03 (data element 509, 10/10) is 560894904; SE*33, 32 segments
    "835/keironstoddart+edi-835-parser__test_edi_835_files_blue_cross_nc_sample.txt": {
        "segment-count",
        "element-missing",
        "too-short",
        "line-balance",
    },
    # ISA02, 04, 06 and 08 (10, 10, 15, 15 characters, never less) are "ISA*00* *00* *01*0544..."
    "envelope/kputnam+stupidedi__fail_1_3.edi": {"isa-length"},
    # the same, and SE*28 where ST to SE are 27 segments
    "envelope/kputnam+stupidedi__fail_1_4.edi": {"isa-length", "segment-count"},
    # the same; a line end stands in its ISA08
    "envelope/kputnam+stupidedi__fail_1_7.edi": {"isa-length"},
    # SE*25 where ST to SE are 22: three segments end with ~, while the ISA declares $
    "envelope/kputnam+stupidedi__fail_2_3.edi": {"segment-count"},
    # its name says it: ST*0001 SE*0002, GS*3314 GE*3315, ISA*..3438 IEA*..3439
    "envelope/olmelabs+EdiEngine__TestData_ControlNumbersMismatch.edi": {
        "transaction-control",
        "group-control",
        "interchange-control",
    },
    # id,name,qty / 1,Hex Bolt,228: a table, no X12
    "envelope/pypi_x12_doctor__edge_not_x12.edi": {"not-x12"},
}

# Where the defect of a file that its source calls malformed lies: (segment number, error code).
DEFECTS = {
    "837P/Query-farm+vgi-x12__data_truncated.edi": (5, "interchange-trailer"),
    "837P/imsweb+x12-parser__837_5010_x12_bad_first_line.txt": (1, "isa-length"),
    "837P/imsweb+x12-parser__837_5010_x12_bad_valid_code.txt": (9, "segment-unexpected"),
    "837P/imsweb+x12-parser__837_5010_x12_segments_out_of_order.txt": (12, "segment-order"),
    "envelope/kputnam+stupidedi__fail_2.edi": (0, "isa-malformed"),
    "envelope/olmelabs+EdiEngine__TestData_940_Failed_SE01.edi": (None, "segment-count"),
    "envelope/pypi_x12_doctor__faults_810_seed42_A03_controlNumberMismatch.edi": (
        None,
        "transaction-control",
    ),
    "envelope/pypi_x12_doctor__faults_850_seed42_A01_isaTruncated.edi": (1, "isa-length"),
    "envelope/pypi_x12_doctor__faults_850_seed42_A02_seCountWrong.edi": (None, "segment-count"),
    "envelope/pypi_x12_doctor__faults_850_seed42_A03_controlNumberMismatch.edi": (
        None,
        "transaction-control",
    ),
    "envelope/pypi_x12_doctor__faults_855_seed42_A02_seCountWrong.edi": (None, "segment-count"),
    "envelope/pypi_x12_doctor__faults_856_seed42_A02_seCountWrong.edi": (None, "segment-count"),
    "envelope/pypi_x12_doctor__faults_856_seed42_A03_controlNumberMismatch.edi": (
        None,
        "transaction-control",
    ),
    "envelope/pypi_x12_doctor__faults_856_seed42_A05_nonstandardSeparators.edi": (
        1,
        "isa-separators",
    ),
    "envelope/walmartlabs+gozer__resources_x12.base.no.line.breaks.odd.char.txt": (
        1,
        "isa-separators",
    ),
    "envelope/walmartlabs+gozer__resources_x12.no.line.break.no.delim.txt": (0, "isa-malformed"),
}


def rows(verdict: str, types: tuple[str, ...] = ()) -> list[dict[str, str]]:
    found = [r for r in ROWS if r["verdict"] == verdict and (not types or r["type"] in types)]
    return [pytest.param(r, id=r["file"]) for r in found]


@pytest.mark.parametrize("row", [pytest.param(r, id=r["file"]) for r in ROWS])
def test_sample_comes_back_byte_for_byte(row):
    data = (FOLDER / row["file"]).read_bytes()
    assert bytes(x12.read(data)) == data


@pytest.mark.parametrize("row", rows("accepted"))
def test_accepted_sample_has_no_error(row):
    document = x12.read((FOLDER / row["file"]).read_bytes())
    codes = {e.code for e in document.errors if e.fatal}
    assert codes == PLAINLY_WRONG.get(row["file"], set())


@pytest.mark.skipif(not ROWS, reason="the shared samples are not there")
def test_only_seven_accepted_samples_are_wrong_and_one_of_them_is_read_into_claims():
    accepted = {r["file"] for r in ROWS if r["verdict"] == "accepted"}
    assert set(PLAINLY_WRONG) <= accepted
    assert [name for name in PLAINLY_WRONG if not name.startswith("envelope/")] == [
        "835/keironstoddart+edi-835-parser__test_edi_835_files_blue_cross_nc_sample.txt"
    ]


@pytest.mark.parametrize("row", rows("malformed"))
def test_malformed_sample_is_told_at_its_place(row):
    document = x12.read((FOLDER / row["file"]).read_bytes())
    segment, code = DEFECTS[row["file"]]
    found = [(e.segment, e.code) for e in document.errors]
    if segment is None:
        assert code in {c for _, c in found}
        trailers = {e.element for e in document.errors if e.code == code}
        assert trailers <= {"SE01", "SE02", "GE02", "IEA02"}
    else:
        assert (segment, code) in found


@pytest.mark.parametrize("row", [pytest.param(r, id=r["file"]) for r in ROWS if r["claims"] != "0"])
def test_claims_are_counted_as_in_the_manifest(row):
    document = x12.read((FOLDER / row["file"]).read_bytes())
    claims = sum(
        len(list(t.claims837.rows()))
        for t in document.transactions
        if isinstance(t.content, x12.Claims837)
    )
    assert claims == int(row["claims"])


@pytest.mark.parametrize("row", [pytest.param(r, id=r["file"]) for r in ROWS])
def test_what_is_read_without_error_can_be_written_and_read_again(row):
    document = x12.read((FOLDER / row["file"]).read_bytes())
    for transaction in document.transactions:
        if transaction.content is None:
            continue
        if any(e.fatal and e.level <= x12.Snip.GUIDE for e in transaction.errors):
            continue
        again = x12.read(build.data(transaction.content)).transactions[0]
        assert again.content == transaction.content
        assert again.kind == transaction.kind


REVIEWED = Path(__file__).with_name("unverified.tsv")


def reviewed() -> list[tuple[str, str, str]]:
    """File, counts of its errors, and why they are right: what stands at which segment."""
    lines = [line.split("\t") for line in REVIEWED.read_text().splitlines()]
    return [(name, counts, why) for name, counts, why in lines]


NUMBERS = r"(\d+(?:(?:, | and | to )\d+)*)"
PLACES = re.compile(rf"(?:(?:^|; ){NUMBERS}\b)|(?:{NUMBERS} (?=[A-Z]{{2}}))")


def spans(why: str) -> set[int]:
    """Segment numbers of a reason: those that begin a clause or stand before a segment's name."""
    found: set[int] = set()
    for match in PLACES.finditer(why):
        for part in re.split(", | and ", match[1] or match[2]):
            first, _, last = part.partition(" to ")
            found |= set(range(int(first), int(last or first) + 1))
    return found


def fatal(name: str) -> list[x12.X12Error]:
    return [e for e in x12.read((FOLDER / name).read_bytes()).errors if e.fatal]


def test_unverified_samples_have_exactly_the_errors_that_were_looked_at():
    """Each was read beside the guide: where a file is fine it has none, else these are its breaks."""
    expected = {name: counts for name, counts, _ in reviewed()}
    found = {}
    for row in ROWS:
        if row["verdict"] == "unverified":
            counts = Counter(e.code for e in fatal(row["file"]))
            found[row["file"]] = " ".join(f"{code}:{n}" for code, n in sorted(counts.items()))
    assert found == expected


@pytest.mark.parametrize(
    ("name", "why"), [pytest.param(name, why, id=name) for name, _, why in reviewed()]
)
def test_each_error_of_an_unverified_sample_has_its_reason(name, why):
    """The third column says for every kind of error at which segment which rule is broken."""
    where: dict[str, set[int]] = {}
    for error in fatal(name):
        where.setdefault(error.code, set()).add(error.segment)
    named = spans(why)
    assert [code for code, segments in where.items() if not segments & named] == []
    if not where:
        assert why == ""


def test_a_reason_names_numbers_and_spans():
    assert spans("3 ST03; 5 to 7 stand; 9, 13 and 17 HL04, and 19 SBR") == {
        3,
        5,
        6,
        7,
        9,
        13,
        17,
        19,
    }
    assert spans("13 SE01: 3 to 13 are 11 segments, not 12") == {13}
