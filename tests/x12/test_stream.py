"""Streaming: the same claims as reading, one by one, with memory that does not grow."""

from __future__ import annotations

import io
import tracemalloc

import pytest

import x12
from simulator.bench import x12_files
from tests.x12_samples import build


@pytest.mark.parametrize("kind", ["837P", "837I", "835", "270", "271", "276", "277", "277CA"])
def test_stream_yields_the_claims_of_the_file(kind):
    data = build.data(build.EVERYTHING[kind]())
    content = x12.read(data).transactions[0].content
    rows = list(content.claims) if kind == "835" else list(content.rows())
    streamed = [item.row for item in x12.stream(data)]

    def last(row):
        return (
            row if kind == "835" else row.member if kind[:2] == "27" and kind < "276" else row.claim
        )

    assert [last(row) for row in streamed] == [last(row) for row in rows]


def test_each_claim_comes_with_what_stands_above_it():
    for item in x12.stream(build.data(build.claims_837p())):
        assert item.transaction.claims837.submitter.id == "FP001"
        assert item.row.billing.provider.npi == build.NPI
        assert item.row.subscriber.payer.id == "SHP001"
    for item in x12.stream(build.data(build.remittance_835())):
        assert item.transaction.remittance.trace_number == "EFT1"
        assert item.interchange.control_number == "000000017"


def test_errors_lie_in_their_claims():
    data = build.data(build.claims_837p()).replace(b"CLM*ACCT2*125*", b"CLM*ACCT2*1X5*")
    claims = x12.stream(data)
    errors = {
        item.row.claim.patient_control_number: [e.code for e in item.errors] for item in claims
    }
    assert errors == {
        "ACCT1": [],
        "ACCT2": ["not-a-number", "claim-total"],
        "ACCT3": [],
        "RICH1": [],
    }
    assert claims.document.errors == []


def test_sum_of_the_payment_is_checked_at_the_end():
    data = build.data(build.remittance_835()).replace(b"BPR*I*163.96", b"BPR*I*163.97")
    claims = x12.stream(data)
    assert [e for item in claims for e in item.errors] == []
    assert [e.code for e in claims.document.errors] == ["transaction-balance"]


@pytest.mark.parametrize("make", [x12_files.remittance_835, x12_files.claims_837])
@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(make):
    def peak(claims: int) -> int:
        data = make(claims)
        tracemalloc.start()
        count = sum(1 for _ in x12.stream(io.BytesIO(data)))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == claims
        return used

    peak(100)
    # Both are longer than the few blocks that are remembered while reading.
    assert peak(4000) < peak(2000) * 1.2 + 200_000
