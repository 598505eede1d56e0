"""From the declaration of a loop to a Python function that writes it.

``write(o, out, hl, parent, marks)`` appends the segments of the loop's object and of everything
below it; ``hl`` counts HL segments, ``marks`` takes where each claim stands.

The only generated source of the codec: closures took twice the time (docs/x12.md).  The door is
:func:`guide_writer`; :func:`source` shows the text that is compiled for a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from x12.guides.schema import Element, Guide, Loop, SegmentUse
from x12.guides.standard import ELEMENTS
from x12.scalars import DAY_TEXT
from x12.writing import render

Writer = Callable[[Any, list[str], list[int], str, list[tuple[str, int, int]]], None]


_NAMES: Final[dict[str, Any]] = {
    "num": render.num,
    "kept": render.kept,
    "joined": render.joined,
    "procedure": render.procedure,
    "texts": render.texts,
    "raw": render.raw,
    "dated": render.dated,
    "adjustments": render.adjustments,
    "contacts": render.contacts,
    "statuses": render.statuses,
    "provider_adjustments": render.provider_adjustments,
    "diagnoses": render.diagnoses,
    "DAY_TEXT": DAY_TEXT,
    "S": render.SEP,
    "C": render.COMPONENT,
    "REPEAT": render.REPEAT,
}


_INLINE: Final = "inline:"
"""Marks a text that goes into the surrounding f-string as it is."""


def _segment_id(child: SegmentUse | Loop) -> str:
    return child.id if isinstance(child, SegmentUse) else ""


def _placed(part: str) -> str:
    if part.startswith(_INLINE):
        return part.removeprefix(_INLINE)
    if len(part) > 2 and part[0] == part[-1] == "'" and part.count("'") == 2:
        return part[1:-1]
    return "{" + part + "}" if part else ""


class _LoopCode:
    """The function for one loop."""

    def __init__(self, loop: Loop, space: dict[str, Any]) -> None:
        self.loop = loop
        self.space = space
        self.lines: list[str] = []

    def build(self) -> Writer:
        """Generate and compile."""
        exec(compile(self.text(), f"<x12 write {self.loop.id}>", "exec"), self.space)  # noqa: S102
        writer: Writer = self.space["write"]
        return writer

    def text(self) -> str:
        """The generated function."""
        children = self.loop.children
        runs = self.runs()
        index = 0
        while index < len(children):
            child = children[index]
            length = runs[index]
            group = children[index : index + length]
            if isinstance(child, Loop):
                self.loops([c for c in group if isinstance(c, Loop)])
            else:
                self.segments([c for c in group if isinstance(c, SegmentUse)], opening=index == 0)
            index += length
        body = "".join(f"    {line}\n" for line in self.lines)
        if self.loop.make is not None:
            body += "    if o.unrecognised: out += [kept(u) for u in o.unrecognised]\n"
        body = body.replace("{S}", "\\ud800").replace("{C}", "\\ud801")
        return f"def write(o, out, hl, parent, marks):\n{body or '    pass'}"

    def runs(self) -> dict[int, int]:
        """How many children from here on write the same field."""
        found: dict[int, int] = {}
        children = self.loop.children
        index = 0
        while index < len(children):
            child = children[index]
            end = index + 1
            while child.into and child.many and end < len(children):
                other = children[end]
                if type(other) is not type(child) or other.into != child.into:
                    break
                if _segment_id(other) != _segment_id(child):
                    break
                end += 1
            found[index] = end - index
            index = end
        return found

    def name(self, hint: str, value: Any) -> str:
        """A name for a constant."""
        key = f"{hint}_{len(self.space)}"
        self.space[key] = value
        return key

    # -- loops ------------------------------------------------------------------------------

    def loops(self, group: list[Loop]) -> None:
        """One loop, or several that share a list (2310A, the providers of 2330, ...)."""
        first = group[0]
        writers = [self.name("write", _writer(child)) for child in group]
        parent = "number" if self.loop.opener.id == "HL" else "parent"
        if first.make is None:
            condition = first.when or first.into
            if first.many:
                self.lines.append(f"{writers[0]}(o, out, hl, {parent}, marks)")
            else:
                self.lines.append(f"if o.{condition}: {writers[0]}(o, out, hl, {parent}, marks)")
            return
        if not first.many:
            self.lines.append(f"c = o.{first.into}")
            self.lines.append(f"if c is not None: {writers[0]}(c, out, hl, {parent}, marks)")
            return
        if len(group) == 1:
            self.lines.append(f"for c in o.{first.into}:")
            if first.claim and first.opener.id in ("CLM", "CLP", "TRN"):
                number = (
                    "c.trace.number" if first.opener.id == "TRN" else "c.patient_control_number"
                )
                self.lines.append("    start = len(out)")
                self.lines.append(f"    {writers[0]}(c, out, hl, {parent}, marks)")
                self.lines.append(f"    marks.append(({number}, start, len(out) - 1))")
            else:
                self.lines.append(f"    {writers[0]}(c, out, hl, {parent}, marks)")
            return
        table = {
            code: _writer(child) for child in reversed(group) for code in child.opener.qualifiers
        }
        chosen = self.name("by_entity", table)
        self.lines.append(f"for c in o.{first.into}:")
        self.lines.append(f"    {chosen}.get(c.entity, {writers[0]})(c, out, hl, {parent}, marks)")

    # -- segments ---------------------------------------------------------------------------

    def segments(self, group: list[SegmentUse], *, opening: bool) -> None:
        """One segment, or several uses that share a list."""
        use = max(group, key=lambda u: sum(1 for e in u.elements if e.usage != "N"))
        if use.when == "-":
            return
        shape: Callable[[SegmentUse, list[SegmentUse], bool], None] = getattr(
            self, f"shape_{use.shape}"
        )
        shape(use, group, opening)

    def filtered(self, use: SegmentUse, group: list[SegmentUse]) -> str:
        """The list, narrowed to the qualifiers of this run when another run has the rest."""
        others = [
            c
            for c in self.loop.children
            if isinstance(c, SegmentUse) and c.into == use.into and c not in group
        ]
        if not others:
            return f"o.{use.into}"
        is_last = self.loop.children.index(group[0]) > max(
            self.loop.children.index(c) for c in others
        )
        if is_last:
            known = frozenset(q for c in others for q in c.qualifiers)
            codes = self.name("codes", known)
            return f"[v for v in o.{use.into} if v[0] not in {codes}]"
        codes = self.name("codes", frozenset(q for c in group for q in c.qualifiers))
        return f"[v for v in o.{use.into} if v[0] in {codes}]"

    def shape_hl(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        code = use.elements[2].codes[0]
        below = [c for c in self.loop.children if isinstance(c, Loop) and c.opener.id == "HL"]
        self.lines.append("hl[0] += 1; number = str(hl[0])")
        child = ""
        if use.elements[3].usage != "N":
            if "0" not in use.elements[3].codes:
                child = "{S}1"
            elif not below:
                child = "{S}0"
            else:
                some = " or ".join(f"o.{c.into}" for c in below)
                child = f"{{S}}{{'1' if {some} else '0'}}"
        self.lines.append(f'out.append(f"HL{{S}}{{number}}{{S}}{{parent}}{{S}}{code}{child}")')

    def shape_none(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        constants = [e.codes[0] for e in use.elements if e.codes]
        self.lines.append(f'if o.{use.when}: out.append(f"{use.id}{{S}}{"{S}".join(constants)}")')

    def value(self, element: Element, source: str) -> str:
        """The expression that renders one value; ``source`` is where it is."""
        if element.parts:
            if element.kind == "procedure":
                return f"procedure({source})"
            if element.kind == "raw":
                return f"raw({source})"
            return f"texts({source})"
        if element.repeat > 1:
            return f"REPEAT.join({source})"
        kind = ELEMENTS[element.number].type
        if element.kind == "text":
            return source
        if kind in ("R", "N0"):
            return f"num({source})"
        if kind == "DT" or element.kind == "day":
            return f"(DAY_TEXT[{source}] if {source} else '')"
        return source

    def rendered(self, use: SegmentUse, holder: str) -> tuple[list[str], list[str]]:
        """Expressions of all elements, and the tests that say whether there is anything."""
        names = [e.name for e in use.elements]
        parts: list[str] = []
        tests: list[str] = []
        seen: dict[str, int] = {}
        for index, element in enumerate(use.elements):
            source = f"{holder}.{element.name}"
            if element.usage == "N":
                parts.append("")
            elif element.parts and element.kind == "":
                parts.append(self.composite(element, holder, tests))
            elif not element.name:
                parts.append(self.constant(use, index, holder))
            elif names.count(element.name) > 1:
                at = seen[element.name] = seen.get(element.name, -1) + 1
                item = f"({source}[{at}] if {source} and len({source}) > {at} else '')"
                parts.append(self.value(element, item))
                if at == 0:
                    tests.append(source)
            else:
                parts.append(self.value(element, source))
                tests.append(self.test(element, source))
        return parts, tests

    @staticmethod
    def test(element: Element, source: str) -> str:
        kind = ELEMENTS[element.number].type if element.number in ELEMENTS else ""
        return f"{source} is not None" if kind in ("R", "N0") and element.kind != "text" else source

    def composite(self, element: Element, holder: str, tests: list[str]) -> str:
        """A composite whose components are fields of the object."""
        names = [p.name for p in element.parts]
        parts: list[str] = []
        seen: dict[str, int] = {}
        for part in element.parts:
            source = f"{holder}.{part.name}"
            if part.usage == "N":
                parts.append("")
            elif not part.name:
                parts.append(f"{part.codes[0]!r}" if len(part.codes) == 1 else "")
            elif names.count(part.name) > 1:
                at = seen[part.name] = seen.get(part.name, -1) + 1
                parts.append(f"({source}[{at}] if len({source}) > {at} else '')")
                tests.append(source)
            else:
                parts.append(self.value(part, source))
                tests.append(self.test(part, source))
        if element.usage == "R" and element.parts[-1].usage == "R" and all(parts):
            return _INLINE + "{C}".join("{" + p + "}" for p in parts)
        joined = f"joined(({', '.join(p or repr('') for p in parts)},))"
        fields = [f"{holder}.{p.name}" for p in element.parts if p.name and p.usage != "N"]
        if (element.usage == "S" and len(fields) == len(set(fields))) or len(fields) > 3:
            return f"({joined} if {' or '.join(dict.fromkeys(fields))} else '')"
        return joined

    def constant(self, use: SegmentUse, index: int, holder: str) -> str:
        """An element without a name: its only code, when it is required or its partner is there."""
        element = use.elements[index]
        if not element.codes:
            return ""
        if element.usage == "R":
            return repr(element.codes[0])
        for rule in use.syntax:
            places = [int(rule[i : i + 2]) for i in range(1, len(rule), 2)]
            if rule[0] == "P" and index + 1 in places:
                partner = use.elements[next(p for p in places if p != index + 1) - 1]
                test = self.test(partner, f"{holder}.{partner.name}")
                return f"({element.codes[0]!r} if {test} else '')"
        return ""

    def line(self, use: SegmentUse, parts: list[str]) -> str:
        """``out.append(...)`` of the whole segment."""
        while parts and not parts[-1]:
            parts.pop()
        joined = "".join("{S}" + _placed(p) for p in parts)
        last = use.elements[len(parts) - 1] if parts else None
        strip = "" if last is not None and last.usage == "R" else ".rstrip(S)"
        return f"out.append(f'''{use.id}{joined}'''{strip})"

    def shape_fields(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        parts, tests = self.rendered(use, "o")
        line = self.line(use, parts)
        if opening or use.usage == "R":
            self.lines.append(line)
        elif tests:
            self.lines.append(f"if {' or '.join(dict.fromkeys(tests))}: {line}")

    def shape_value(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        parts, _ = self.rendered(use, "v" if use.into else "o")
        line = self.line(use, parts)
        if not use.into:
            self.lines.append(line)
        elif use.many:
            self.lines.append(f"for v in {self.filtered(use, group)}: {line}")
        else:
            self.lines.append(f"v = o.{use.into}")
            self.lines.append(f"if v is not None: {line}")

    def shape_text(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(f"for v in o.{use.into}: out.append(f'{use.id}{{S}}{{v}}')")

    def shape_raw(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(
            f"if o.{use.into}: out.append('{use.id}' + S + S.join([raw(v) for v in o.{use.into}]))"
        )

    def shape_tuple(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        named = [e for e in use.elements if e.name]
        parts, at = [], 0
        for element in use.elements:
            if element in named and element.usage != "N":
                parts.append(self.value(element, f"v[{at}]"))
                at += 1
            else:
                parts.append("")
        line = self.line(use, parts)
        if use.many:
            self.lines.append(f"for v in o.{use.into}: {line}")
        else:
            self.lines.append(f"v = o.{use.into}")
            self.lines.append(f"if v is not None: {line}")

    def shape_dtp(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        source = self.filtered(use, group)
        self.lines.append(f"for v in {source}: out.append(f'DTP{{S}}{{dated(v)}}')")

    def shape_dtm(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        source = self.filtered(use, group)
        self.lines.append(
            f"for v in {source}: "
            "out.append(f'DTM{S}{v[0]}{S}{DAY_TEXT[v[1]] if v[1] else v[4]}')"
        )

    def shape_cas(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(f"if o.{use.into}: adjustments(o.{use.into}, out)")

    def shape_per(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(f"if o.{use.into}: contacts(o.{use.into}, out)")

    def shape_plb(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(f"provider_adjustments(o.{use.into}, out)")

    def shape_stc(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        self.lines.append(f"if o.{use.into}: statuses(o.{use.into}, out)")

    def shape_hi(self, use: SegmentUse, group: list[SegmentUse], opening: bool) -> None:
        kinds = tuple(
            (frozenset(u.qualifiers), sum(1 for e in u.elements if e.usage != "N")) for u in group
        )
        table = self.name("kinds", kinds)
        self.lines.append(f"if o.{use.into}: diagnoses(o.{use.into}, {table}, out)")


@lru_cache(maxsize=4096)
def _by_identity(key: int, holder: _Holder) -> Writer:
    return _LoopCode(holder.loop, dict(_NAMES)).build()


class _Holder:
    """Lets a loop be a cache key by identity (its fields are too large to hash each time)."""

    __slots__ = ("loop",)

    def __init__(self, loop: Loop) -> None:
        self.loop = loop

    def __hash__(self) -> int:
        return id(self.loop)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.loop is self.loop


def _writer(loop: Loop) -> Writer:
    return _by_identity(id(loop), _Holder(loop))


def source(loop: Loop) -> str:
    """The text that is compiled for a loop, to be looked at."""
    return _LoopCode(loop, dict(_NAMES)).text()


@lru_cache(maxsize=64)
def guide_writer(kind: str) -> tuple[Guide, Writer]:
    """The function that writes a transaction of this kind, without ST and SE."""
    from x12.guides import BY_KIND

    guide = BY_KIND[kind]
    return guide, _writer(guide.root)
