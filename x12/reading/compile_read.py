"""From the declaration of a segment to a Python function that reads it.

One function per segment use and number of elements is generated and compiled the first time it is
needed: ``read(e, o, p)`` gets the elements, the loop's object and the segment's number, checks and
converts the values, and stores them.  When anything at all is wrong it appends to ``flag``; what
exactly is wrong is then found by :mod:`x12.reading.diagnose`.  ``source(...)`` shows the code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from x12.guides.schema import Element, Loop, SegmentUse
from x12.guides.standard import ELEMENTS
from x12.reading.compile_store import Names, SegmentCode, Store
from x12.reading.composites import composite_table, repeated_table
from x12.reading.diagnose import Separators

Reader = Callable[[list[str], Any, int], Any]


class _Code(SegmentCode):
    """The function for one use of a segment with ``present`` elements."""

    def __init__(
        self,
        use: SegmentUse,
        present: int,
        separators: Separators,
        names: Names,
        opens: Loop | None,
    ) -> None:
        super().__init__(use, present, names, opens)
        self.declared = len(use.elements)
        self.separators = separators
        self.before: list[str] = []
        self.always_wrong = False

    def element(self, index: int, element: Element) -> str:
        """Checks of one present element go to ``before`` and ``wrong``; returns its value."""
        a = f"a{index}"
        if element.usage == "N":
            self.wrong.append(a)
            return self.absent(element)
        if element.parts or element.repeat > 1:
            make = composite_table if element.parts else repeated_table
            table = self.names.add("table", make(element, self.separators))
            k = f"k{index}"
            if element.usage == "R":
                self.wrong.append(f"not {a}")
            absent = self.absent(replace(element, usage="S"))
            if element.kind == "procedure" and element.usage == "R":
                absent = "NO_PROCEDURE"
            self.before.append(f"{k} = {table}[{a}] if {a} else {absent}")
            self.before.append(f"if {k}.__class__ is Bad: {k} = {k}.value; flag.append(1)")
            return k
        return self.simple(index, element)

    def simple(self, index: int, element: Element) -> str:
        """A simple element."""
        a, v = f"a{index}", f"v{index}"
        _, kind, low, high = ELEMENTS[element.number]
        high = element.max or high
        required = element.usage == "R"
        if kind in ("R", "N0") and element.kind != "text":
            table, bad = ("NUMBER", "NAN") if kind == "R" else ("INTEGER", "None")
            if required:
                self.before.append(f"{v} = {table}[{a}]")
                self.wrong.append(f"{v} is {bad}")
            else:
                self.before.append(f"{v} = {table}[{a}] if {a} else None")
                self.wrong.append(f"{v} is NAN" if kind == "R" else f"{a} and {v} is None")
            digits = f"len({a}.lstrip('-').replace('.', '', 1))"
            self.wrong.append(f"len({a}) > {high} and {digits} > {high}")
            if element.codes:
                codes = self.names.add("codes", frozenset(element.codes) | {""})
                self.wrong.append(f"{a} not in {codes}")
            return v
        if kind == "DT" and element.kind == "text":
            self.wrong.append(f"{a} and DAY[{a}] is None")
            return a
        if kind == "DT" or element.kind == "day":
            self.before.append(
                f"{v} = DAY[{a}]" if required else f"{v} = DAY[{a}] if {a} else None"
            )
            self.wrong.append(f"{v} is None" if required else f"{a} and {v} is None")
            return v
        if element.codes:
            allowed = frozenset(element.codes) if required else frozenset(element.codes) | {""}
            self.wrong.append(f"{a} not in {self.names.add('codes', allowed)}")
        elif required:
            self.wrong.append(
                f"not {low} <= len({a}) <= {high}" if low > 1 else f"not 0 < len({a}) <= {high}"
            )
        elif low > 1:
            self.wrong.append(f"{a} and not {low} <= len({a}) <= {high}")
        else:
            self.wrong.append(f"len({a}) > {high}")
        if kind == "TM":
            self.wrong.append(f"{a} and not is_time({a})")
        elif kind in ("AN", "ID") and not element.codes:
            self.wrong.append(f"{a}.isspace()")
        elif kind == "R":
            self.wrong.append(f"{a} and NUMBER[{a}] is NAN")
        elif kind == "N0":
            self.wrong.append(f"{a} and INTEGER[{a}] is None")
        return a

    def absent(self, element: Element) -> str:
        """The value of an element that was not sent."""
        if element.usage == "R":
            self.always_wrong = True
        kind = "" if element.number not in ELEMENTS else ELEMENTS[element.number].type
        if element.repeat > 1 or element.kind in ("texts", "pointers"):
            return "()"
        if element.kind == "procedure" and element.usage == "R":
            return "NO_PROCEDURE"
        if element.kind in ("text", "raw"):
            return "''"
        if element.parts or kind == "DT" or element.kind == "day":
            return "None"
        if kind == "R" and element.usage == "R":
            return "NAN"
        return "None" if kind in ("R", "N0") and element.kind != "text" else "''"

    def relations(self) -> None:
        """Relational conditions between elements."""
        for rule in self.use.syntax:
            places = [int(rule[i : i + 2]) for i in range(1, len(rule), 2)]
            here = [f"a{p}" for p in places if p <= self.present]
            if rule[0] == "R":
                if not here:
                    self.always_wrong = True
                elif not any(
                    self.use.elements[p - 1].usage == "R" for p in places if p <= self.declared
                ):
                    self.wrong.append(f"not ({' or '.join(here)})")
            elif rule[0] == "E":
                if len(here) > 1:
                    self.wrong.append(" and ".join(here))
            elif rule[0] == "P" and here:
                if all(
                    p <= self.declared and self.use.elements[p - 1].usage == "R" for p in places
                ):
                    continue
                if len(here) < len(places):
                    self.wrong += here
                else:
                    self.wrong.append(f"(not {here[0]}) != (not {here[1]})")
            elif rule[0] in "CL" and places[0] <= self.present:
                rest = [f"a{p}" for p in places[1:] if p <= self.present]
                joiner = " and " if rule[0] == "C" else " or "
                if rule[0] == "C" and len(rest) < len(places) - 1:
                    rest = []
                self.wrong.append(f"{here[0]} and not ({joiner.join(rest)})" if rest else here[0])

    def source(self) -> str:
        """The whole function."""
        for index, element in enumerate(self.use.elements, 1):
            if index <= self.present:
                self.values.append(self.element(index, element))
            else:
                self.values.append(self.absent(element))
        self.relations()
        store = Store(self).lines()
        unpacked = ", ".join(["_", *(f"a{i}" for i in range(1, self.present + 1))])
        slice_ = f"e[:{self.present + 1}]" if self.extra else "e"
        body = [f"{unpacked}{',' if self.present == 0 else ''} = {slice_}", *self.before]
        if self.extra:
            self.wrong.append(f"any(e[{self.present + 1}:])")
        conditions = [w for w in self.wrong if w]
        if self.always_wrong:
            body.append("flag.append(1)")
        elif conditions:
            body.append(f"if {' or '.join(conditions)}: flag.append(1)")
        return "def read(e, o, p):\n" + "".join(f"    {line}\n" for line in [*body, *store])


def source(
    use: SegmentUse, present: int, separators: Separators, names: Names, opens: Loop | None
) -> str:
    """The generated code, to be looked at."""
    return _Code(use, present, separators, names, opens).source()


def compile_reader(
    use: SegmentUse, present: int, separators: Separators, flag: list[int], opens: Loop | None
) -> Reader:
    """The function that reads this use of a segment when ``present`` elements were sent."""
    names = Names(flag)
    text = source(use, present, separators, names, opens)
    space = names.table
    exec(compile(text, f"<x12 {use.id} {use.title}>", "exec"), space)  # noqa: S102
    reader: Reader = space["read"]
    return reader
