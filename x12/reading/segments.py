"""From the declaration of a segment to a function that reads it.

``read(e, o, p)`` gets the elements (the first is the segment's name), the loop's object and the
segment's number.  It looks up each element's value (:mod:`x12.reading.elements`), checks the
conditions between elements, and stores the values (:mod:`x12.reading.store`).  When anything is
wrong it raises the flag; :mod:`x12.reading.diagnose` then says what, from the same declaration.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import getitem
from typing import Any

from x12.guides.schema import Element, Loop, SegmentUse
from x12.reading.diagnose import Separators
from x12.reading.elements import ElementTable, absent
from x12.reading.store import storing

Reader = Callable[[list[str], Any, int], Any]
"""Returns the object that the loop fills, when the segment opens a loop."""

Broken = Callable[[list[str]], object]
"""Whether a relational condition does not hold, of a segment of known length."""


class SegmentReaders:
    """Makes readers for one pair of separators; they share one flag and the tables of elements."""

    def __init__(self, separators: Separators) -> None:
        self.separators = separators
        self.flag: list[int] = []
        """Holds something when the segment that was read last breaks the guide."""
        self._tables: dict[Element, ElementTable] = {}

    def _table(self, element: Element) -> ElementTable:
        table = self._tables.get(element)
        if table is None:
            table = self._tables[element] = ElementTable(element, self.separators, self.flag)
        return table

    def reader(self, use: SegmentUse, present: int, opens: Loop | None) -> Reader:
        """The function that reads this use of a segment when ``present`` elements were sent.

        The function for one element more than are declared serves every longer segment. Its name
        says which segment it reads, for a debugger.
        """
        read = self._reader(use, present, opens)
        read.__qualname__ = f"read {use.id} {use.title}"
        return read

    def _reader(self, use: SegmentUse, present: int, opens: Loop | None) -> Reader:
        declared = len(use.elements)
        sent = min(present, declared)
        tables: list[Any] = [{use.id: ""}, *(self._table(e) for e in use.elements[:sent])]
        not_sent = [absent(e) for e in use.elements[sent:]]
        store, constants = storing(use, sent, opens, self.flag)
        rest = [*not_sent, *constants]
        broken = _relations(use, sent)
        flag = self.flag
        if broken is None or any(e.usage == "R" for e in use.elements[sent:]):

            def read_incomplete(e: list[str], o: Any, p: int) -> Any:
                flag.append(1)
                return store([*map(getitem, tables, e), *rest], e, o, p)

            return read_incomplete
        if present > declared:

            def beyond(e: list[str]) -> object:
                return any(e[declared + 1 :])

            broken.append(beyond)
        if not broken:

            def read(e: list[str], o: Any, p: int) -> Any:
                return store([*map(getitem, tables, e), *rest], e, o, p)

            return read

        def read_and_relate(e: list[str], o: Any, p: int) -> Any:
            for check in broken:
                if check(e):
                    flag.append(1)
            return store([*map(getitem, tables, e), *rest], e, o, p)

        return read_and_relate


def _relations(use: SegmentUse, sent: int) -> list[Broken] | None:
    """The conditions that can be broken when ``sent`` elements are there; ``None``: one is."""
    found: list[Broken] = []
    for rule in use.syntax:
        places = [int(rule[i : i + 2]) for i in range(1, len(rule), 2)]
        here = [place for place in places if place <= sent]
        required = [p <= len(use.elements) and use.elements[p - 1].usage == "R" for p in places]
        if rule[0] == "R" and not here:
            return None
        if not here or (rule[0] == "R" and any(required)) or (rule[0] == "P" and all(required)):
            continue
        if (rule[0] == "E" and len(here) < 2) or (rule[0] in "CL" and places[0] > sent):
            continue
        found.append(_relation(rule[0], places, here))
    return found


def _relation(rule: str, places: list[int], here: list[int]) -> Broken:
    """One condition; see :data:`x12.guides.standard.SYNTAX`."""
    first, rest = here[0], here[1:]
    if rule == "R":
        return lambda e: not any(e[p] for p in here)
    if rule == "E":
        return lambda e: all(e[p] for p in here)
    if rule == "P" and len(here) < len(places):
        return lambda e: any(e[p] for p in here)
    if rule == "P":
        second = rest[0]
        return lambda e: (not e[first]) != (not e[second])
    if rule == "C" and len(here) < len(places):
        return lambda e: e[first]
    if rule == "C":
        return lambda e: e[first] and not all(e[p] for p in rest)
    return lambda e: e[first] and not any(e[p] for p in rest)
