"""TA1 and 999: made for what was received, laid onto what was sent."""

from __future__ import annotations

import pytest

import x12
from tests.x12_samples import build

CLAIMS = build.data(build.claims_837p())


def answer(data: bytes) -> x12.InterchangeAcknowledgement:
    (found,) = x12.acknowledge(x12.read(data))
    return found


def test_good_file_is_accepted():
    found = answer(CLAIMS)
    assert (found.ta1.control_number, found.ta1.status, found.ta1.note) == ("000000017", "A", "000")
    assert (found.ta1.date, found.ta1.time) == (build.envelope().created.date(), "0930")
    (group,) = found.groups
    assert (group.functional_id, group.group_control_number, group.version) == (
        "HC",
        "17",
        "005010X222A1",
    )
    assert (group.status, group.included, group.received, group.accepted) == ("A", 1, 1, 1)
    assert [(t.kind, t.control_number, t.status, t.errors) for t in group.transactions] == [
        ("837", "0001", "A", [])
    ]


def test_element_error_is_told_with_claim_and_place():
    data = CLAIMS.replace(b"11:B:1*Y*A", b"11:B:1*X*A", 1)
    (transaction,) = answer(data).groups[0].transactions
    assert (transaction.status, transaction.codes) == ("R", ("5",))
    (segment,) = transaction.errors
    assert (segment.segment, segment.loop, segment.code) == ("CLM", "2300", "8")
    assert segment.contexts == [x12.ErrorContext("CLM01", "ACCT1")]
    assert segment.elements == [x12.ElementError(6, None, None, "1073", "7", "X")]
    sent = data.split(b"~")
    assert sent[2 + segment.position - 1].startswith(b"CLM*ACCT1")


def test_missing_and_unexpected_segments_are_told():
    missing = CLAIMS.replace(b"HI*ABK:J069~", b"", 1)
    codes = {(e.segment, e.code) for e in answer(missing).groups[0].transactions[0].errors}
    assert ("HI", "3") in codes
    unexpected = CLAIMS.replace(b"HI*ABK:J069~", b"HI*ABK:J069~ZZ*1~", 1)
    codes = {(e.segment, e.code) for e in answer(unexpected).groups[0].transactions[0].errors}
    assert ("ZZ", "6") in codes


def test_broken_group_and_interchange_are_rejected():
    group = answer(CLAIMS.replace(b"GE*1*17", b"GE*3*17")).groups[0]
    assert (group.status, group.codes, group.included, group.accepted) == ("R", ("5",), 3, 0)
    ta1 = answer(CLAIMS.replace(b"IEA*1*000000017", b"IEA*1*000000018")).ta1
    assert (ta1.status, ta1.note) == ("R", "001")


def test_one_bad_transaction_leaves_the_group_partially_accepted():
    outgoing = [x12.Outgoing(f"{n:04}", build.claims_837p()) for n in (1, 2)]
    data = x12.write_interchange(build.envelope(), outgoing)
    bad = data.replace(b"CLM*ACCT1*125*", b"CLM*ACCT1**", 1)
    group = answer(bad).groups[0]
    assert (group.status, group.received, group.accepted) == ("P", 2, 1)
    assert [t.status for t in group.transactions] == ["R", "A"]


def test_acknowledgements_are_not_acknowledged():
    assert answer(build.data(build.acknowledgement_999())).groups == []


def test_sums_and_code_sets_are_not_for_the_999():
    assert answer(CLAIMS.replace(b"CLM*ACCT1*125*", b"CLM*ACCT1*126*")).groups[0].status == "A"


@pytest.mark.parametrize("kind", ["837P", "837I", "835", "270", "276", "277CA"])
def test_answer_is_written_read_and_the_same(kind):
    (group,) = answer(build.data(build.EVERYTHING[kind]())).groups
    document = x12.read(build.data(group))
    assert document.errors == []
    assert document.transactions[0].content == group


def test_999_is_laid_onto_what_was_sent():
    data = CLAIMS.replace(b"HC:99213:25*125", b"HC:99213:2*125", 1)
    sent = x12.read(data)
    received = x12.read(build.data(answer(data).groups[0])).transactions[0].content
    assert isinstance(received, x12.Acknowledgement999)
    (located,) = x12.locate(received, sent)
    assert located.claim == "ACCT1"
    assert located.text.startswith("SV1*HC:99213:2*125")
    assert (located.element, located.code) == ("SV101-3", "4")
    assert located.message == "SV101-3: the value is too short ('2')."
    assert data.decode().split("~")[located.segment - 1] == located.text


def test_999_for_another_file_is_passed_over():
    other = x12.read(build.data(build.claims_837p(), number=99))
    bad = CLAIMS.replace(b"CLM*ACCT1*125*", b"CLM*ACCT1**", 1)
    assert x12.locate(answer(bad).groups[0], other) == []
