"""Whatever a file holds: it is refused in words, or answered; nothing breaks, nothing is silent."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from core.gateway_types import GatewayRefused
from simulator.sandbox.clearinghouse import Clearinghouse
from tests.simulator.sandbox.building import NOW, claim, file_of, inquiry, line, row
from tests.simulator.sandbox.desk import check

WHOLE = file_of(
    [
        row("BEACN", claim("C1-1", line("99213"), line("87880", "QW"))),
        row(
            "UNMUT",
            claim(
                "C2-1",
                line("99213"),
                line("20610", "RT"),
                diagnoses=("M25561", "I10"),
                references=[x12.Reference("9F", "R1")],
            ),
        ),
    ]
)
VALUES = [
    "",
    "0",
    "-1",
    "9" * 30,
    "ZZZ",
    "20261399",
    "NaN",
    "1E5",
    "A:B:C:D",
    "^",
    "é",
    "20250101",
    "00010101",
    "99213",
    ":25",
    "1.005",
    "RD8",
    "20261013-20261001",
]


def broken(seed: int, whole: bytes = WHOLE) -> bytes:
    """The file with one to three random faults."""
    dice = random.Random(seed)
    segments = whole.decode().split("~")[:-1]
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(1, len(segments))
        match dice.randrange(10):
            case 0 | 1:
                del segments[at]
            case 2:
                segments.insert(at, segments[dice.randrange(1, len(segments))])
            case 3:
                other = dice.randrange(1, len(segments))
                segments[at], segments[other] = segments[other], segments[at]
            case _:
                elements = segments[at].split("*")
                elements[dice.randrange(len(elements))] = dice.choice(VALUES)
                segments[at] = "*".join(elements)
    return ("~".join(segments) + "~").encode()


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_broken_file_is_refused_or_answered(start):
    for seed in range(start, start + 250):
        house = Clearinghouse(None, now=lambda: NOW)
        try:
            house.submit("broken.837", broken(seed))
        except GatewayRefused:
            continue
        files = house.fetch()
        assert files, seed
        for name, content in files:
            check(name, content)


def test_broken_question_is_refused_or_answered():
    house = Clearinghouse(None, now=lambda: NOW)
    whole = inquiry("BEACN")
    for seed in range(400):
        try:
            answer, _ = house.inquire(broken(seed, whole))
        except GatewayRefused:
            continue
        check("answer", answer)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.integers(0, len(WHOLE)).map(lambda size: WHOLE[:size]))
def test_any_bytes_are_refused_or_answered(content):
    house = Clearinghouse(None, now=lambda: NOW)
    try:
        house.submit("any", content)
    except GatewayRefused:
        return
    assert house.fetch()
