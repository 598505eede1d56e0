"""Files that are nearly right: whatever is changed in them, reading and printing stay inverse.

Random bytes seldom get past the envelope; these changes keep segments segments, so that they reach
loops, hierarchies, sums and what is kept as unrecognised.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from tests.x12.fuzz_read import check
from tests.x12_samples import build

FILES = {kind: build.data(make()).decode() for kind, make in build.EVERYTHING.items()}
SEGMENTS = sorted({s for text in FILES.values() for s in text.split("~") if s})

VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "0",
            "1",
            "-1",
            "00",
            "1E5",
            "NaN",
            " 12.50",
            "+5",
            ".5",
            "5.",
            "-.5",
            "-0",
            "9" * 18,
            "9" * 19,
            "0" * 30,
            "20260230",
            "20260102-20260101",
            "D8",
            "RD8",
            "A:B:C:D:E:F:G:H:I",
            "A^B^C",
            ":",
            "^",
            "^:",
            " ",
            "  X  ",
            "É",
            "²",
            "\x00",
            "A" * 300,
        ]
    ),
    st.text("ABC019 .-:^", max_size=12),
)
PLACE = st.floats(0, 1, exclude_max=True)

EDITS = st.one_of(
    st.tuples(st.just("drop"), PLACE),
    st.tuples(st.just("double"), PLACE),
    st.tuples(st.just("swap"), PLACE, PLACE),
    st.tuples(st.just("insert"), PLACE, st.sampled_from(SEGMENTS)),
    st.tuples(st.just("set"), PLACE, PLACE, VALUES),
    st.tuples(st.just("cut"), PLACE),
)


def edited(text: str, edits: list[tuple]) -> str:
    """The file with the changes, which know no positions but shares of its length."""
    segments = text.split("~")[:-1]
    for what, where, *rest in edits:
        if not segments:
            break
        at = int(where * len(segments))
        if what == "drop":
            del segments[at]
        elif what == "double":
            segments.insert(at, segments[at])
        elif what == "swap":
            other = int(rest[0] * len(segments))
            segments[at], segments[other] = segments[other], segments[at]
        elif what == "insert":
            segments.insert(at, rest[0])
        elif what == "cut":
            del segments[at:]
        else:
            elements = segments[at].split("*")
            elements[int(rest[0] * len(elements))] = rest[1]
            segments[at] = "*".join(elements)
    return "".join(f"{segment}~" for segment in segments)


@given(st.sampled_from(sorted(FILES)), st.lists(EDITS, min_size=1, max_size=6))
@settings(max_examples=400, deadline=None)
@pytest.mark.slow
def test_changed_file_is_survived_kept_and_read_the_same_as_a_stream(kind, edits):
    """``check``: no exception, every byte back, stream agrees, what is sound is written and equal."""
    check(edited(FILES[kind], edits).encode())


@given(st.sampled_from(sorted(FILES)), st.lists(EDITS, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_printed_file_is_read_the_same_again(kind, edits):
    """parse → print → parse: the same objects and the same errors at the same places."""
    first = x12.read(edited(FILES[kind], edits).encode())
    again = x12.read(bytes(first))
    assert [t.content for t in again.transactions] == [t.content for t in first.transactions]
    assert [str(e) for e in again.errors] == [str(e) for e in first.errors]


@given(st.lists(EDITS, min_size=1, max_size=3), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_damage_in_one_transaction_leaves_its_neighbours_alone(edits, which):
    """Three claims files in one group; what happens inside of one is told there only."""
    body = FILES["837P"][FILES["837P"].index("BHT*") : FILES["837P"].index("SE*")]
    bodies = [body] * 3
    inner = edited(body, edits)
    bodies[which] = "".join(
        f"{s}~"
        for s in inner.split("~")[:-1]
        if s[:3].rstrip("*") not in ("ISA", "IEA", "GS", "GE", "ST", "SE")
    )
    head = FILES["837P"][: FILES["837P"].index("ST*")]
    text = (
        head
        + "".join(
            f"ST*837*000{n}*005010X222A1~{b}SE*{b.count('~') + 2}*000{n}~"
            for n, b in enumerate(bodies, 1)
        )
        + "GE*3*17~IEA*1*000000017~"
    )
    document = x12.read(text.encode())
    assert len(document.transactions) == 3
    for at, transaction in enumerate(document.transactions):
        if at != which:
            assert transaction.errors == []
            assert transaction.content == build.claims_837p()
