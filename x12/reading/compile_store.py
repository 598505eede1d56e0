"""The half of a generated reader that puts the values where they belong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Final

from x12.guides.schema import Element, Loop, SegmentUse
from x12.guides.standard import ELEMENTS
from x12.model.values import (
    Adjustment,
    Contact,
    Dated,
    Procedure,
    ProviderAdjustment,
    Status,
)
from x12.reading.composites import Bad
from x12.reading.diagnose import date_is_valid
from x12.scalars import DAY, INTEGER, NUMBER, UNREADABLE, is_time

_NEW: Final = tuple.__new__


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
            "NUMBER": NUMBER,
            "INTEGER": INTEGER,
            "DAY": DAY,
            "NAN": UNREADABLE,
            "Bad": Bad,
            "new": _NEW,
            "Dated": Dated,
            "Adjustment": Adjustment,
            "Contact": Contact,
            "ProviderAdjustment": ProviderAdjustment,
            "Status": Status,
            "flag": flag,
            "other_dated": other_dated,
            "date_is_valid": date_is_valid,
            "is_time": is_time,
            "NO_PROCEDURE": Procedure("", ""),
        }

    def add(self, hint: str, value: Any) -> str:
        """A name for this constant."""
        name = f"{hint}_{len(self.table)}"
        self.table[name] = value
        return name


class SegmentCode:
    """What is known of the function for one use of a segment with ``present`` elements."""

    def __init__(self, use: SegmentUse, present: int, names: Names, opens: Loop | None) -> None:
        self.use = use
        self.present = min(present, len(use.elements))
        self.extra = max(0, present - len(use.elements))
        self.names = names
        self.opens = opens
        self.wrong: list[str] = []
        """Conditions that tell of a defect."""
        self.values: list[str] = [""]
        """The expression for the value of each element, from 1."""


class Store:
    """The lines that put the values where they belong."""

    def __init__(self, code: SegmentCode) -> None:
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
        name = self.code.names.add(make.__name__, make)
        if is_dataclass(make):
            self.verify(pairs, {f.name for f in fields(make)}, make)
            pairs = {**self.blanks(make), **pairs}
            return f"{name}({', '.join(f'{field}={value}' for field, value in pairs.items())})"
        self.verify(pairs, set(make._fields), make)
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
            "    v = new(Dated, (a1, d, None, '', '' if d else a3, '' if d else 'D8'))",
            f"    o.{into}.append(v)",
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
        a = self.values
        numbers = [
            f"({a[start]}, {a[start + 1]})"
            for start in (3, 5, 7)
            if start < len(a) and start <= self.code.present
        ]
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
