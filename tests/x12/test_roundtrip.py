"""Typed → bytes → typed, for every transaction, and with any delimiters."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from tests.x12_samples import build
from x12.guides import BY_KIND
from x12.writing.compile_write import guide_writer, source


@pytest.mark.parametrize("kind", build.EVERYTHING)
def test_typed_object_comes_back_equal(kind):
    content = build.EVERYTHING[kind]()
    document = x12.read(build.data(content))
    assert document.errors == []
    (transaction,) = document.transactions
    assert transaction.kind == kind
    assert transaction.content == content


@pytest.mark.parametrize("kind", build.EVERYTHING)
def test_written_file_is_written_the_same_again(kind):
    first = build.data(build.EVERYTHING[kind]())
    content = x12.read(first).transactions[0].content
    assert build.data(content) == first


@given(
    signs=st.lists(
        st.sampled_from([c for c in string.punctuation + "\x1c\x1d\x1e\x1f" if c not in ".,-/()"]),
        min_size=4,
        max_size=4,
        unique=True,
    ),
    newline=st.sampled_from(["", "\n", "\r\n"]),
    kind=st.sampled_from(sorted(build.EVERYTHING)),
)
@settings(max_examples=150, deadline=None)
@pytest.mark.slow
def test_any_delimiters_are_read_back(signs, newline, kind):
    content = build.EVERYTHING[kind]()
    data = build.data(content, delimiters=x12.Delimiters(*[*signs, newline]))
    document = x12.read(data)
    assert bytes(document) == data
    assert [e for e in document.errors if e.code != "isa-separators"] == []
    assert document.transactions[0].content == content
    assert document.interchanges[0].delimiters == x12.Delimiters(*[*signs, newline])


NAMES = st.text(string.ascii_uppercase + string.digits + " '-.&", min_size=1, max_size=30).map(
    lambda text: text.strip() or "X"
)
MONEY = st.decimals(min_value=0, max_value=99999, places=2)


@st.composite
def batches(draw):
    rows = []
    for index in range(draw(st.integers(1, 6))):
        lines = []
        for number in range(1, draw(st.integers(1, 5)) + 1):
            lines.append(
                build.line(
                    number,
                    str(draw(MONEY)),
                    quantity=draw(st.decimals(1, 99, places=1)),
                    procedure=x12.Procedure(
                        "HC",
                        draw(st.from_regex(r"[A-Z0-9]{5}", fullmatch=True)),
                        tuple(
                            draw(st.lists(st.sampled_from(["25", "59", "RT", "QW"]), max_size=4))
                        ),
                    ),
                )
            )
        total = sum(line.charge for line in lines)
        member = build.subscriber(group_number=draw(NAMES), relationship="18")
        member.subscriber.name, member.subscriber.first = draw(NAMES), draw(NAMES)
        member.subscriber.birth_date = draw(st.dates(dt.date(1900, 1, 1), dt.date(2025, 1, 1)))
        patient = None
        if draw(st.booleans()):
            member.relationship = ""
            patient = x12.PatientLevel("19", build.person("QC", id="", id_qualifier=""))
        rows.append((build.claim(f"C{index}", charge=total, lines=lines), member, patient))
    return build.batch(*rows)


@given(batches())
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_generated_claims_come_back_equal(content):
    document = x12.read(build.data(content))
    assert document.errors == []
    assert document.transactions[0].content == content


@st.composite
def remittances(draw):
    amounts = draw(st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=8))
    claims = []
    for index, (paid, adjusted) in enumerate(amounts):
        charge = paid + adjusted
        service = build.service(charge=str(charge), paid=str(paid))
        claims.append(build.payment(f"C{index}", charge=charge, paid=paid, lines=[service]))
    return build.remittance(*claims)


@given(remittances())
@settings(max_examples=60, deadline=None)
def test_generated_remittances_balance_and_come_back_equal(content):
    assert x12.balance_835(content) == []
    document = x12.read(build.data(content))
    assert document.errors == []
    assert document.transactions[0].content == content


def test_several_groups_and_transactions_share_an_interchange():
    outgoing = [
        x12.Outgoing("0001", build.claims_837p()),
        x12.Outgoing("0002", build.claims_837p()),
        x12.Outgoing("0003", build.eligibility_270()),
    ]
    document = x12.read(x12.write_interchange(build.envelope(), outgoing))
    assert document.errors == []
    (interchange,) = document.interchanges
    assert [
        (g.functional_id, g.control_number, len(g.transactions)) for g in interchange.groups
    ] == [("HC", "17", 2), ("HS", "18", 1)]


def test_claim_ranges_are_the_segments_of_the_claims():
    written = x12.write(build.envelope(), [x12.Outgoing("0001", build.claims_837p())])
    segments = written.data.decode().split("~")
    assert [c.claim for c in written.claims] == ["ACCT1", "ACCT2", "ACCT3", "RICH1"]
    rows = list(x12.read(written.data).transactions[0].claims837.rows())
    for place, row in zip(written.claims, rows, strict=True):
        assert segments[place.first - 1].startswith(f"CLM*{place.claim}*")
        assert (place.first, place.last) == (row.claim.position, row.claim.last_position)
        assert segments[place.last].startswith(("HL*", "SE*", "CLM*"))


def test_ta1_goes_out_and_comes_back():
    ta1 = x12.TA1("000000905", dt.date(2026, 1, 5), "0930", "R", "025")
    document = x12.read(x12.write_interchange(build.envelope(), ta1s=[ta1]))
    assert [e for e in document.errors if e.fatal] == []
    assert document.interchanges[0].ta1s == [ta1]


@pytest.mark.parametrize("sign", ["*", ":", "^", "~", "é", "\n", "\x07"])
def test_value_that_cannot_be_sent_is_refused_with_its_place(sign):
    content = build.batch(
        (build.claim(notes=[x12.Note("ADD", f"A{sign}B")]), build.subscriber(), None)
    )
    with pytest.raises(x12.WriteError, match=r"NTE02"):
        build.data(content)


def test_missing_value_is_refused_when_written():
    content = build.claims_837p()
    content.submitter = None
    with pytest.raises(x12.WriteError, match="1000A") as refusal:
        build.data(content)
    assert refusal.value.errors[0].code == "loop-missing"


def test_unreadable_amount_is_never_written():
    content = build.batch((build.claim(charge=x12.UNREADABLE), build.subscriber(), None))
    with pytest.raises(x12.WriteError, match="not a number"):
        build.data(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"control_number": 0},
        {"control_number": 10**9},
        {"sender": "MUCH TOO LONG A NAME"},
        {"delimiters": x12.Delimiters("*", "*", "^", "~")},
        {"delimiters": x12.Delimiters("A")},
    ],
)
def test_impossible_envelope_is_refused(changes):
    with pytest.raises(x12.WriteError):
        build.data(build.eligibility_270(), **changes)


def test_large_numbers_are_written_without_exponent():
    from decimal import Decimal

    content = build.batch(
        (
            build.claim(charge=Decimal("1E+3"), lines=[build.line(1, "1E+3")]),
            build.subscriber(),
            None,
        )
    )
    assert b"CLM*ACCT1*1000*" in build.data(content)


def test_every_guide_has_a_rich_example_and_a_writer():
    assert set(build.EVERYTHING) == set(BY_KIND)
    assert [guide_writer(kind)[0].kind for kind in build.EVERYTHING] == list(build.EVERYTHING)


def test_generated_text_of_a_loop_can_be_looked_at():
    text = source(guide_writer("835")[0].root)
    assert text.startswith("def write(o, out, hl, parent, marks):\n")
    assert "o.trace_number" in text
