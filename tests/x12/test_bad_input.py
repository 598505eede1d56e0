"""Whatever comes in: no exception, no hang, no wrong sum, and every byte kept."""

from __future__ import annotations

import io
import random
import time
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import x12
from tests.x12_samples import build

ERA = build.data(build.remittance_835())
CLAIMS = build.data(build.claims_837p())


def codes(document: x12.Document) -> set[str]:
    return {e.code for e in document.errors}


def check(data: bytes) -> x12.Document:
    """Read it whole and as a stream: both survive, both agree, the bytes come back."""
    document = x12.read(data, name="bad")
    assert bytes(document) == data
    claims = x12.stream(io.BytesIO(data))
    streamed = [item.errors for item in claims]
    told = [e.code for errors in streamed for e in errors] + [
        e.code for e in claims.document.errors
    ]
    assert sorted(told) == sorted(e.code for e in document.errors)
    assert all(e.message for e in document.errors)
    x12.acknowledge(document)
    return document


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"   \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"hello world", "not-x12"),
        (b"\x00\x01\x02\xff" * 100, "not-x12"),
        (b"ISA", "isa-malformed"),
        (b"ISA*", "isa-malformed"),
        (b"ISA" * 1000, "isa-malformed"),
        (ERA[:50], "isa-malformed"),
        (ERA[:106], "interchange-trailer"),
        (ERA[:300], "interchange-trailer"),
        (b"%PDF-1.4" + b"x" * 2000, "not-x12"),
    ],
)
def test_what_is_no_file_is_named(data, code):
    document = check(data)
    assert code in codes(document)
    assert not document.ok


@pytest.mark.parametrize("data", [ERA, CLAIMS], ids=["835", "837P"])
def test_file_cut_anywhere_is_never_ok(data):
    for end in range(0, len(data) - 1, 13):
        document = check(data[:end])
        assert not document.ok


def test_byte_order_mark_and_line_ends_are_harmless():
    data = b"\xef\xbb\xbf" + ERA.replace(b"~", b"~\r\n") + b"\r\n\x1a"
    document = check(data)
    assert document.errors == []
    assert document.transactions[0].content == build.remittance_835()
    assert document.interchanges[0].delimiters.newline == "\r\n"


def test_lines_of_eighty_characters_are_joined():
    text = ERA.decode()
    data = "\n".join(text[i : i + 80] for i in range(0, len(text), 80)).encode()
    document = check(data)
    assert document.errors == []
    assert document.transactions[0].content == build.remittance_835()


def test_several_interchanges_with_different_delimiters_are_one_document():
    other = build.data(
        build.claims_837p(), number=18, delimiters=x12.Delimiters("|", ">", "!", "~", "\n")
    )
    document = check(ERA + b"\n" + other + ERA.replace(b"000000017", b"000000019"))
    assert document.errors == []
    assert [t.kind for t in document.transactions] == ["835", "837P", "835"]
    assert document.transactions[1].content == build.claims_837p()


def test_ta1_before_the_group_is_read():
    ta1 = b"TA1*000000905*260105*0930*A*000~"
    document = check(ERA.replace(b"GS*HP", ta1 + b"GS*HP"))
    assert document.errors == []
    assert document.interchanges[0].ta1s[0].status == "A"
    assert document.transactions[0].kind == "835"


def test_bare_transaction_without_envelope_is_read():
    start, end = ERA.index(b"ST*"), ERA.index(b"GE*")
    document = check(ERA[start:end])
    assert codes(document) == {"no-envelope"}
    assert document.transactions[0].content == build.remittance_835()


def test_control_numbers_that_come_twice_are_told():
    group = CLAIMS[CLAIMS.index(b"GS*") : CLAIMS.index(b"IEA*")]
    doubled = CLAIMS.replace(group, group + group).replace(b"IEA*1", b"IEA*2")
    assert codes(check(doubled)) == {"group-duplicate"}
    assert "interchange-duplicate" in codes(check(ERA + ERA))
    sets = ERA[ERA.index(b"ST*") : ERA.index(b"GE*")]
    twice = ERA.replace(sets, sets + sets).replace(b"GE*1*", b"GE*2*")
    assert codes(check(twice)) == {"transaction-duplicate"}


def test_nested_envelopes_do_not_hide_what_follows():
    start = ERA.index(b"GS*")
    nested = ERA[:start] + ERA + ERA[start:]
    document = check(nested)
    assert not document.ok
    assert [t.kind for t in document.transactions] == ["835", "835"]
    inside = ERA.replace(b"LX*1~", b"LX*1~ST*835*0002~")
    assert "transaction-trailer" in codes(check(inside))


def test_older_version_is_named_and_kept():
    data = CLAIMS.replace(b"005010X222A1", b"004010X098A1")
    document = check(data)
    (transaction,) = document.transactions
    assert not transaction.supported
    assert transaction.version == "004010X098A1"
    assert codes(document) == {"not-supported"}
    assert x12.acknowledge(document)[0].groups[0].status == "R"


def test_other_transaction_sets_are_named_and_kept():
    data = (
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260105*0930*^*"
        b"00501*000000001*0*T*:~GS*BE*AA*BB*20260105*0930*1*X*005010X220A1~"
        b"ST*834*0001*005010X220A1~BGN*00*1*20260105~INS*Y*18~SE*4*0001~GE*1*1~IEA*1*000000001~"
    )
    document = check(data)
    assert codes(document) == {"not-supported"}
    assert document.transactions[0].kind == "834"
    assert document.transactions[0].content is None


def test_one_bad_claim_does_not_hide_the_good_ones():
    bad = CLAIMS.replace(b"CLM*ACCT2*125***11:B:1", b"CLM*ACCT2*1X5***11:B")
    document = check(bad)
    rows = list(document.transactions[0].claims837.rows())
    assert [r.claim.patient_control_number for r in rows] == ["ACCT1", "ACCT2", "ACCT3", "RICH1"]
    expected = list(build.claims_837p().rows())
    for index in (0, 2, 3):
        assert rows[index].claim == expected[index].claim
    assert rows[1].claim.charge.is_nan()
    assert {e.claim for e in document.errors} == {"ACCT2"}


def test_unknown_segments_are_kept_in_the_object_and_written_back():
    data = ERA.replace(b"SVC*HC:99213*125*80", b"ZZ9*ONE*TWO~SVC*HC:99213*125*80", 1)
    data = data.replace(b"SE*58", b"SE*59")
    document = check(data)
    claim = next(document.transactions[0].remittance.claims)
    assert [u.text for u in claim.unrecognised] == ["ZZ9*ONE*TWO"]
    assert (
        b"ZZ9"
        in x12.write(
            build.envelope(),
            [x12.Outgoing("0001", document.transactions[0].remittance)],
            verify=False,
        ).data
    )


def test_very_long_segment_does_not_fill_the_memory():
    class Endless(io.BytesIO):
        left = 40

        def read(self, size=-1):
            self.left -= 1
            return b"A" * 500_000 if self.left > 0 else b""

    class Joined(io.BytesIO):
        parts: ClassVar[list[Any]] = [io.BytesIO(ERA[:400]), Endless()]

        def read(self, size=-1):
            for part in self.parts:
                block = part.read(size)
                if block:
                    return block
            return b""

    import tracemalloc

    tracemalloc.start()
    claims = x12.stream(Joined())
    list(claims)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "segment-too-long" in codes(claims.document)
    assert peak < 12_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"ISA*" * 60_000,
        b"~" * 300_000,
        (ERA[:106] + b"IEA*0*000000017~") * 2000,
        ERA[:106] + b"A~" * 150_000,
        ERA[:300] + b"*" * 400_000 + b"~",
        ERA[:300] + b":" * 400_000,
        ERA[:220] + b"CAS*CO*1*1~" * 50_000,
        b"ST*835*0001~" * 20_000,
    ],
    ids=[
        "isas",
        "terminators",
        "interchanges",
        "segments",
        "elements",
        "components",
        "casses",
        "sts",
    ],
)
def test_hostile_repetition_is_read_in_linear_time(data):
    start = time.process_time()  # our own work, whatever else the machine does
    document = x12.read(data)
    assert time.process_time() - start < 8
    assert bytes(document) == data
    assert not document.ok


@given(st.binary(max_size=400))
@example(b"ISA*00*          *00*")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_survived(data):
    check(data)


@given(
    st.integers(0, 2**32),
    st.sampled_from(
        [
            ERA,
            CLAIMS,
            *(
                build.data(make())
                for kind, make in build.EVERYTHING.items()
                if kind not in ("835", "837P")
            ),
        ]
    ),
)
@settings(max_examples=400, deadline=None)
@pytest.mark.slow
def test_any_damage_is_survived(seed, data):
    rng = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(damaged))
        choice = rng.randrange(4)
        if choice == 0:
            damaged[at] = rng.randrange(256)
        elif choice == 1:
            del damaged[at : at + rng.randrange(1, 40)]
        elif choice == 2:
            damaged[at:at] = bytes(rng.choices(b"*:^~\r\n9AZ", k=rng.randrange(1, 6)))
        else:
            other = rng.randrange(len(damaged))
            damaged[at:at] = damaged[other : other + rng.randrange(1, 60)]
        if not damaged:
            break
    check(bytes(damaged))


@given(st.text("0123456789.-+eE, ", max_size=12))
@settings(max_examples=300, deadline=None)
def test_amount_is_exact_or_unreadable(text):
    data = ERA.replace(b"CLP*ACCT1*1*125*", b"CLP*ACCT1*1*" + text.encode() + b"*", 1)
    claim = next(x12.read(data).transactions[0].remittance.claims)
    try:
        exact = Decimal(text) if not set(text) & set("eE+_ ") else None
    except ArithmeticError:
        exact = None
    if exact is None or not exact.is_finite():
        assert claim.charge.is_nan()
    else:
        assert claim.charge == exact


def test_what_is_told_cannot_crowd_out_what_is_fatal():
    from x12.reading import walk_errors

    era = ERA.replace(b"LX*1~", b"LX*1~" + b"ZZ*1~" * (walk_errors.MOST_ERRORS + 50))
    document = x12.read(era.replace(b"CLP*ACCT1*1*125*", b"CLP*ACCT1*1*1Z5*"))
    found = [e.code for e in document.errors]
    assert found.count("segment-unknown") == walk_errors.MOST_ERRORS
    assert "not-a-number" in found
    assert not document.transactions[0].ok


@pytest.mark.parametrize(
    ("place", "value", "code", "element"),
    [
        (b"IEA*1*", "IEA*²*", "interchange-count", "IEA01"),
        (b"GE*1*", "GE*²*", "group-count", "GE01"),
        (b"SE*59*", "SE*²*", "segment-count", "SE01"),
        (b"GS*HP", "TA1*00000001²*260105*0930*A*000~GS*HP", "ta1-value", "TA101"),
        (b"GS*HP", "TA1*000000018*260105*0930*A*0 1~GS*HP", "ta1-value", "TA105"),
        (b"*17*X*", "*1²*X*", "gs-value", "GS06"),
    ],
)
def test_digit_that_is_no_digit_is_told_at_its_element(place, value, code, element):
    """``"²".isdigit()`` is true and ``int("²")`` raises."""
    assert place in ERA
    document = check(ERA.replace(place, value.encode(), 1))
    assert (code, element) in {(e.code, e.element) for e in document.errors}


def test_segment_that_is_far_too_long_is_kept_told_and_counted():
    data = ERA.replace(b"LX*1~", b"LX*1~REF*ZZ*" + b"A" * 3_000_000 + b"~", 1)
    document = check(data)
    (transaction,) = document.transactions
    assert not transaction.ok
    by_code = {e.code: e.segment for e in document.errors}
    lx = ERA.split(b"~").index(b"LX*1") + 1
    assert by_code == {"segment-too-long": lx + 1, "segment-count": ERA.count(b"~") + 1 - 2}
    assert transaction.content == build.remittance_835()


@pytest.mark.parametrize("cut", ["after-a-segment", "inside-a-segment", "without-terminator"])
@pytest.mark.parametrize("terminator", ["~", "\n"])
def test_interchange_after_one_that_broke_off_is_read_with_its_own_separators(cut, terminator):
    end = {
        "after-a-segment": ERA.index(b"IEA*"),
        "inside-a-segment": 707,
        "without-terminator": len(ERA) - 1,
    }[cut]
    other = build.data(
        build.claims_837p(), number=18, delimiters=x12.Delimiters("|", ">", "!", terminator)
    )
    document = check(ERA[:end] + other)
    assert [t.kind for t in document.transactions] == ["835", "837P"]
    assert document.transactions[1].content == build.claims_837p()
    assert document.transactions[1].errors == []
    assert document.ok is (cut == "without-terminator")


def test_junk_of_many_blocks_is_told_once():
    document = check(b"\x00\xff\x17" * 1_000_000)
    assert [e.code for e in document.errors] == ["not-x12"]


@pytest.mark.parametrize(
    ("version", "date", "agency", "told"),
    [
        ("003010", "970501", "X", set()),
        ("004010", "970501", "X", {"GS04"}),
        ("004010", "19970501", "T", set()),
        ("004010", "19970501", "Q", {"GS07"}),
        ("005010X222A1", "260105", "X", {"GS04"}),
        ("005010X222A1", "20260105", "T", {"GS07"}),
    ],
)
def test_group_header_is_measured_by_the_rules_of_its_version(version, date, agency, told):
    """YYMMDD was right before 004010; agency T (transport) is none of a HIPAA guide's."""
    group = f"*{date}*0930*17*{agency}*{version}~".encode()
    data = CLAIMS.replace(b"*20260105*0930*17*X*005010X222A1~", group, 1)
    assert data != CLAIMS or told == set()
    assert {e.element for e in check(data).errors if e.code == "gs-value"} == told
