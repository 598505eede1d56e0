"""The tables: sound in themselves, agreeing with an independent map, and compiled faithfully."""

from __future__ import annotations

import functools
import inspect
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x12 import maps
from x12.guides import BY_KIND, GUIDES
from x12.guides.schema import Element, SegmentUse
from x12.guides.standard import ELEMENTS, SEGMENTS
from x12.reading.diagnose import Separators, diagnose
from x12.reading.plan import Place, plan_for
from x12.reading.segments import SegmentReaders

SEPARATORS = Separators(":", "^")
READERS = SegmentReaders(SEPARATORS)

MAPS = {
    "837P": "837.5010.X222.A1.xml",
    "837I": "837Q3.I.5010.X223.A1.xml",
    "835": "835.5010.X221.A1.xml",
    "999": "999.5010X231.A1.xml",
    "277": "277.5010.X212.xml",
    "277CA": "277.5010.X214.xml",
}

# Where we say something else on purpose.
ON_PURPOSE = {
    "837P": {
        # 31 (subrogation demand) is in the A1 addenda
        "codes ST/BHT/ BHT06: we add ['31'], they add []",
        # one declaration holds the qualifiers of the first and of the following codes
        "extra 2300/HI/ABF",
        "extra 2300/HI/BF",
        "extra 2300/HI/BO",
        # a certificate (CT) may also be an attachment with a control number
        "codes 2400/PWK/CT PWK02: we add ['AA', 'BM', 'EL', 'EM', 'FT', 'FX'], they add []",
        "usage 2400/PWK/CT PWK05: S, they say N",
        "usage 2400/PWK/CT PWK06: S, they say N",
    },
    "837I": {
        # required since the A2 addenda
        "usage 2300/CL1/ CL101: R, they say S",
    },
    "835": set(),
    "277": set(),
    "277CA": {
        # X12's own example has providers without patients, lines without a date, texts
        "codes 2000C/HL/19 HL04: we add ['0'], they add []",
        "codes 2220D/STC/ STC03: we add ['WQ'], they add []",
        "codes 2220D/SVC/ SVC01-1: we add ['N4'], they add []",
        "usage 2100D/NM1/QC NM108: S, they say R",
        "usage 2100D/NM1/QC NM109: S, they say R",
        "usage 2200B/STC/ STC04: S, they say R",
        "usage 2200C/STC/ STC02: S, they say N",
        "usage 2200C/STC/ STC04: S, they say R",
        "usage 2200D/STC/ STC04: S, they say R",
        "usage 2220D/STC/ STC02: S, they say R",
        "usage 2220D/STC/ STC12: S, they say N",
    },
}


@pytest.mark.parametrize("kind", ON_PURPOSE)
def test_table_agrees_with_an_independent_map(kind):
    import pyx12

    file = Path(inspect.getfile(pyx12)).parent / "map" / MAPS[kind]
    assert set(maps.differences(BY_KIND[kind], file)) == ON_PURPOSE[kind]


def test_999_table_differs_in_contexts_only():
    """Two kinds of CTX share one declaration: what we read is laid onto our own file anyway."""
    import pyx12

    file = Path(inspect.getfile(pyx12)).parent / "map" / MAPS["999"]
    found = maps.differences(BY_KIND["999"], file)
    assert [d for d in found if "/CTX/" not in d] == [
        "usage 2110/IK4/ : R, they say S",
        "usage ST/AK1/ AK103: S, they say R",
    ]


def places(kind: str) -> list[Place]:
    found = []

    def walk(place: Place) -> None:
        found.append(place)
        for child in place.children.values():
            walk(child)

    walk(plan_for(BY_KIND[kind], SEPARATORS).root)
    return found


@pytest.mark.parametrize("kind", BY_KIND)
@pytest.mark.slow
def test_every_segment_has_a_reader_at_every_length(kind):
    for place in places(kind):
        for index, child in enumerate(place.bits):
            if isinstance(child, SegmentUse):
                opens = place.loop if index == 0 and place.parent is not None else None
                for present in range(len(child.elements) + 2):
                    assert callable(READERS.reader(child, present, opens))


@pytest.mark.parametrize("kind", BY_KIND)
def test_declared_elements_fit_the_dictionary(kind):
    for place in places(kind):
        for child in place.bits:
            if not isinstance(child, SegmentUse):
                continue
            assert child.usage in "RS"
            assert len(child.elements) <= len(SEGMENTS[child.id])
            for element in child.elements:
                if element.number in ELEMENTS:
                    low, high = ELEMENTS[element.number][2:]
                    assert all(low <= len(code) <= high for code in element.codes), child
                elif element.usage != "N":
                    assert element.parts, (child.id, element)


class Sink:
    """Takes whatever a reader stores."""

    def __getattr__(self, name: str) -> Any:
        return []


POOL = [
    "",
    "A",
    "AB",
    "12",
    "1.5",
    "-3",
    "1x",
    " ",
    "20260102",
    "20261301",
    "0930",
    "9999",
    "D8",
    "RD8",
    "DT",
    "TM",
    "202601020830",
    "20260101-20260102",
    "X" * 200,
    "1" * 19,
    "1" * 17 + ".5",
    "-" + "1" * 18,
    "20260102-20260101",
    "-",
    ".",
    " A",
    "1.",
    ".5",
    "00",
    "1" * 10,
    "A" * 51,
    "20260102^98",
    "A^B",
]


def value(element: Element, rng: random.Random) -> str:
    """A value for this element, right or wrong."""
    chance = rng.random()
    if element.parts and element.usage != "N" and chance < 0.7:
        text = ":".join(value(part, rng) for part in element.parts).rstrip(":")
        return text + (":" * 9 + "A" if rng.random() < 0.05 else "")
    if element.repeat > 1 and chance < 0.5:
        return "^".join(rng.choices(POOL, k=rng.randrange(1, 4)))
    if element.codes and chance < 0.75:
        return rng.choice(element.codes)
    return rng.choice(POOL)


USES = [
    (place, index)
    for kind in BY_KIND
    for place in places(kind)
    for index, child in enumerate(place.bits)
    if isinstance(child, SegmentUse)
]


@functools.cache
def reader(at: int, present: int) -> Any:
    place, index = USES[at]
    opens = place.loop if index == 0 and place.parent is not None else None
    use = place.bits[index]
    assert isinstance(use, SegmentUse)
    return READERS.reader(use, present, opens)


@given(st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
@pytest.mark.slow
def test_reader_flags_exactly_what_the_slow_look_finds(seed):
    """The fast path notices a defect if and only if the exact path can say which."""
    rng = random.Random(seed)
    for _ in range(1000):
        at = rng.randrange(len(USES))
        place, index = USES[at]
        use = place.bits[index]
        assert isinstance(use, SegmentUse)
        drawn = [value(e, rng) if rng.random() < 0.6 else "" for e in use.elements]
        elements = [use.id, *drawn, "X"][: rng.randrange(1, len(drawn) + 3)]
        READERS.flag.clear()
        reader(at, len(elements) - 1)(elements, Sink(), 7)
        defects = diagnose(use, elements, SEPARATORS)
        assert bool(READERS.flag) == bool(defects), (use.title, elements, defects)


def test_guides_name_each_transaction_once():
    assert sorted(BY_KIND) == sorted(
        ["837P", "837I", "835", "270", "271", "276", "277", "277CA", "999"]
    )
    assert len({(g.transaction, g.version) for g in GUIDES}) == len(GUIDES)
