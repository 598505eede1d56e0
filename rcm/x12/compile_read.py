"""From the declaration of a segment to a Python function that reads it.

One function per segment use and number of elements is generated and compiled the first time it is
needed: ``read(e, o, p)`` gets the elements, the loop's object and the segment's number, checks and
converts the values, and stores them.  When anything at all is wrong it appends to ``flag``; what
exactly is wrong is then found by :mod:`rcm.x12.diagnose`.  ``source(...)`` shows the code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, Final

from rcm.x12.composites import Bad, composite_table, repeated_table
from rcm.x12.diagnose import Separators, date_is_valid
from rcm.x12.model.values import (
    UNREADABLE,
    Adjustment,
    Contact,
    Dated,
    Procedure,
    ProviderAdjustment,
    Status,
)
from rcm.x12.scalars import DAY, INTEGER, NUMBER, is_time
from rcm.x12.schema import Element, Loop, SegmentUse
from rcm.x12.standard import ELEMENTS

Reader = Callable[[list[str], Any, int], Any]

_NEW: Final = tuple.__new__
_OPERATORS: Final = {"P": "pair", "R": "any", "E": "one", "C": "needs", "L": "needs one"}


def other_dated(qualifier: str, format_: str, text: str) -> Dated:
    """A DTP that is not a D8."""
    if format_ == "RD8" and DAY[text] is not None:
        return Dated(qualifier, DAY[text], format="RD8")
    if not date_is_valid(format_, text):
        return Dated(qualifier, text=text, format=format_)
    if format_ == "RD8":
        return Dated(qualifier, DAY[text[:8]], DAY[text[9:]])
    if format_ == "DT":
        return Dated(qualifier, DAY[text[:8]], None, text[8:])
    return Dated(qualifier, text=text, format=format_)


class Names:
    """The constants that generated code refers to."""

    def __init__(self, flag: list[int]) -> None:
        self.table: dict[str, Any] = {
            "NUMBER": NUMBER, "INTEGER": INTEGER, "DAY": DAY, "NAN": UNREADABLE, "Bad": Bad,
            "new": _NEW, "Dated": Dated, "Adjustment": Adjustment, "Contact": Contact,
            "ProviderAdjustment": ProviderAdjustment, "Status": Status, "flag": flag,
            "other_dated": other_dated, "date_is_valid": date_is_valid, "is_time": is_time,
            "NO_PROCEDURE": Procedure("", ""),
        }  # fmt: skip

    def add(self, hint: str, value: Any) -> str:
        """A name for this constant."""
        name = f"{hint}_{len(self.table)}"
        self.table[name] = value
        return name


class _Code:
    """The function for one use of a segment with ``present`` elements."""

    def __init__(
        self,
        use: SegmentUse,
        present: int,
        separators: Separators,
        names: Names,
        opens: Loop | None,
    ) -> None:
        self.use = use
        self.declared = len(use.elements)
        self.extra = max(0, present - self.declared)
        self.present = min(present, self.declared)
        self.separators = separators
        self.names = names
        self.opens = opens
        self.before: list[str] = []
        self.wrong: list[str] = []
        self.values: list[str] = [""]
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
            self.wrong.append(f"len({a}) > {high}")
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
            codes = frozenset(element.codes) if required else frozenset(element.codes) | {""}
            self.wrong.append(f"{a} not in {self.names.add('codes', codes)}")
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
        elif kind == "AN" and not element.codes:
            self.wrong.append(f"{a}.isspace()" if self.use.id in _SPACED else "")
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
        store = _Store(self).lines()
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


_SPACED: Final = frozenset({"CLM", "CLP", "NM1", "REF", "N3", "N4", "NTE"})


class _Store:
    """The lines that put the values where they belong."""

    def __init__(self, code: _Code) -> None:
        self.code = code
        self.use = code.use
        self.values = code.values

    def lines(self) -> list[str]:
        """Statements; an opening segment returns the object that the loop fills."""
        shape: Callable[[], list[str]] = getattr(self, f"shape_{self.use.shape}")
        opens = self.code.opens
        if opens is None:
            return shape()
        if opens.make is None:
            return [*shape(), "return o"]
        return self.opening(opens)

    def pairs(self, *, sent_only: bool) -> list[tuple[str, str]]:
        """(field, expression) for everything that has a name; a repeated name makes a tuple."""
        grouped: dict[str, list[str]] = {}
        single: dict[str, bool] = {}
        fixed = {element.name for element in self.use.elements if element.kind == "fixed"}
        for index, element in enumerate(self.use.elements, 1):
            if sent_only and index > self.code.present:
                if element.name in grouped and not element.parts:
                    grouped[element.name].append(self.values[index])
                continue
            if element.parts and element.kind == "":
                for number, part in enumerate(element.parts):
                    if part.name and part.usage != "N":
                        k = self.values[index]
                        value = f"({k}[{number}] if {k} and len({k}) > {number} else {_zero(part)})"
                        if k == "None":
                            value = _zero(part)
                        grouped.setdefault(part.name, []).append(value)
                        names = [p.name for p in element.parts]
                        single[part.name] = names.count(part.name) == 1
            elif element.name and element.usage != "N":
                grouped.setdefault(element.name, []).append(self.values[index])
                names = [e.name for e in self.use.elements]
                single[element.name] = names.count(element.name) == 1
        result: list[tuple[str, str]] = []
        for name, found in grouped.items():
            if single[name]:
                result.append((name, found[0]))
                continue
            group = f"({', '.join(found)},)"
            if name not in fixed:
                strip = self.code.names.add("stripped", _strip)
                result.append((name, f"{strip}({group})"))
            else:
                result.append((name, f"{group} if {' or '.join(found)} else None"))
        return result

    def construct(self, make: Any) -> str:
        """The expression that makes the value."""
        pairs = dict(self.pairs(sent_only=is_dataclass(make)))
        if is_dataclass(make):
            name = self.code.names.add(make.__name__, make)
            self.verify(pairs, {f.name for f in fields(make)}, make)
            pairs = {**self.blanks(make), **pairs}
            return f"{name}({', '.join(f'{field}={value}' for field, value in pairs.items())})"
        self.verify(pairs, set(make._fields), make)
        name = self.code.names.add(make.__name__, make)
        default = {
            field: self.code.names.add("default", value)
            for field, value in make._field_defaults.items()
            if field not in pairs
        }
        return f"new({name}, ({', '.join(pairs.get(f) or default[f] for f in make._fields)},))"

    def verify(self, pairs: dict[str, str], known: set[str], make: Any) -> None:
        """A table that names a field that does not exist is a mistake in the table."""
        unknown = set(pairs) - known
        if unknown:
            raise TypeError(f"{self.use.id} {self.use.title}: {make.__name__} has no {unknown}")

    def keep(self, value: str) -> list[str]:
        """Append to or set the field that takes the value."""
        if self.use.many:
            return [f"o.{self.use.into}.append({value})"]
        return [f"o.{self.use.into} = {value}"]

    def opening(self, opens: Loop) -> list[str]:
        """Make the loop's object and hang it below its parent."""
        make: Any = opens.make
        if self.use.shape in ("fields", "value") and not self.use.into:
            made = self.construct(make)
            lines = [f"c = {made}"]
        else:
            name = self.code.names.add(make.__name__, make)
            blanks = ", ".join(f"{field}={value}" for field, value in self.blanks(make).items())
            lines = [f"c = {name}({blanks})"]
            lines += [line.replace("o.", "c.", 1) for line in self.shape_value()]
        if "position" in getattr(make, "__slots__", ()) and "position=" not in lines[0]:
            lines.append("c.position = p")
        lines.append(f"o.{opens.into}.append(c)" if opens.many else f"o.{opens.into} = c")
        return [*lines, "return c"]

    def blanks(self, make: Any) -> dict[str, str]:
        """Values for the fields without default; the segments of the loop fill them."""
        sent = dict(self.pairs(sent_only=False)) if self.use.shape != "hl" else {}
        return {
            f.name: sent.get(f.name) or ("''" if f.type == "str" else "None")
            for f in fields(make)
            if f.default is MISSING and f.default_factory is MISSING
        }

    def shape_fields(self) -> list[str]:
        stored = [f"o.{name} = {value}" for name, value in self.pairs(sent_only=True)]
        return [*stored, "o.position = p"] if self.use.id == "BPR" else stored

    def shape_value(self) -> list[str]:
        if self.use.shape == "hl":
            return []
        made = self.construct(self.use.make)
        if is_dataclass(self.use.make):
            return [f"c = {made}", "c.position = p", *self.keep("c")]
        return self.keep(made)

    def shape_hl(self) -> list[str]:
        return []

    def shape_none(self) -> list[str]:
        return []

    def shape_text(self) -> list[str]:
        return self.keep(self.values[1])

    def shape_raw(self) -> list[str]:
        strip = self.code.names.add("stripped", _strip)
        sent = [f"a{i}" for i in range(1, self.code.present + 1)]
        return self.keep(f"{strip}(({', '.join(sent)},))" if sent else "()")

    def shape_tuple(self) -> list[str]:
        used = [
            value
            for value, element in zip(self.values[1:], self.use.elements, strict=True)
            if element.name
        ]
        return self.keep(f"({', '.join(used)},)")

    def shape_dtp(self) -> list[str]:
        if self.code.present < 3:
            value = "new(Dated, ({}, None, None, '', '', ''))".format(self.values[1] or "''")
            return self.keep(value)
        into = self.use.into
        self.code.wrong.append("a2 != 'D8' and not date_is_valid(a2, a3)")
        return [
            "if a2 == 'D8':",
            "    d = DAY[a3]",
            "    if d is None: flag.append(1)",
            f"    o.{into}.append(new(Dated, (a1, d, None, '', '' if d else a3, '' if d else 'D8')))",
            f"else: o.{into}.append(other_dated(a1, a2, a3))",
        ]

    def shape_dtm(self) -> list[str]:
        a = self.values
        text = f"'' if {a[2]} else a2" if self.code.present >= 2 else "''"
        return self.keep(f"new(Dated, ({a[1]}, {a[2]}, None, '', {text}, ''))")

    def shape_cas(self) -> list[str]:
        lines = self.keep(f"new(Adjustment, ({', '.join(self.values[1:5])}))")
        for start in range(5, self.code.present + 1, 3):
            reason, amount, quantity = self.values[start : start + 3]
            amount = "NAN" if amount == "None" else f"(NAN if {amount} is None else {amount})"
            lines.append(f"if {' or '.join(self.sent(start, start + 3))}: ")
            lines[-1] += self.keep(f"new(Adjustment, (a1, {reason}, {amount}, {quantity}))")[0]
        return lines

    def sent(self, start: int, end: int) -> list[str]:
        """Texts of the elements of this range that are there."""
        return [f"a{i}" for i in range(start, min(end, self.code.present + 1))]

    def shape_per(self) -> list[str]:
        a, numbers = self.values, []
        for start in (3, 5, 7):
            if start < len(a) and start <= self.code.present:
                numbers.append(f"({a[start]}, {a[start + 1]})")
        group = f"({', '.join(numbers)},)" if numbers else "()"
        if numbers:
            group = f"tuple([n for n in {group} if n[0] or n[1]])"
        return self.keep(f"new(Contact, ({a[1]}, {a[2]}, {group}))")

    def shape_hi(self) -> list[str]:
        return [
            f"if k{i}: {self.keep(f'k{i}')[0]}"
            for i in range(1, self.code.present + 1)
            if self.use.elements[i - 1].usage != "N"
        ]

    def shape_plb(self) -> list[str]:
        lines = []
        for start in range(3, self.code.present + 1, 2):
            k, amount = self.values[start], self.values[start + 1]
            amount = "NAN" if amount == "None" else f"(NAN if {amount} is None else {amount})"
            made = f"new(ProviderAdjustment, (a1, v2, *({k} or ('', ''))[:2], {amount}))"
            lines.append(f"if {' or '.join(self.sent(start, start + 2))}: {self.keep(made)[0]}")
        return lines or ["pass"]

    def shape_stc(self) -> list[str]:
        v = self.values
        codes = f"tuple([k for k in ({v[1]}, {v[10]}, {v[11]}) if k])"
        rest = ", ".join(v[i] for i in (2, 3, 4, 5, 6, 7, 8, 9, 12))
        return self.keep(f"new(Status, ({codes}, {rest}))")


def _strip(values: tuple[Any, ...]) -> tuple[Any, ...]:
    end = len(values)
    while end and values[end - 1] in ("", None):
        end -= 1
    return values[:end]


def _zero(part: Element) -> str:
    kind = ELEMENTS[part.number].type if part.number in ELEMENTS else "AN"
    return "None" if kind in ("R", "N0", "DT") else "''"


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
