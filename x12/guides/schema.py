"""How a guide is declared: loops of segments of elements, as plain tables.

One declaration drives reading, writing, checking and the generated tables of the documentation.
``R``, ``S`` and ``N`` make elements that are required, situational and not used; :func:`seg` and
:func:`loop` put them together.  The first argument of ``R`` and ``S`` names where the value goes:
a field of the loop's class or of the value that the segment makes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from x12.guides.standard import COMPOSITES, ELEMENTS, QUALIFIER, SEGMENTS, SYNTAX


@dataclass(frozen=True, slots=True)
class Element:
    """The use of one element or component."""

    usage: str
    """R required, S situational, N not used."""
    name: str = ""
    codes: tuple[str, ...] = ()
    parts: tuple[Element, ...] = ()
    """Components, for a composite."""
    kind: str = ""
    """How the value is made when the data type does not say it: day, procedure, pointers, ..."""
    repeat: int = 1
    max: int = 0
    """A shorter maximum length than the dictionary's."""
    number: str = ""
    """Data element or composite number, filled in from the dictionary."""

    @property
    def type(self) -> str:
        """Data type of the dictionary, or ``composite``."""
        return ELEMENTS[self.number].type if self.number in ELEMENTS else "composite"

    @property
    def label(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")


def _use(
    usage: str,
    name: str,
    codes: str,
    parts: tuple[Element, ...],
    kind: str,
    repeat: int,
    max_length: int,
) -> Element:
    return Element(usage, name, tuple(codes.split()), parts, kind, repeat, max_length)


def R(  # noqa: N802 - the guides' own letters
    name: str = "",
    codes: str = "",
    *,
    of: tuple[Element, ...] = (),
    kind: str = "",
    repeat: int = 1,
    max: int = 0,  # noqa: A002
) -> Element:
    """A required element."""
    return _use("R", name, codes, of, kind, repeat, max)


def S(  # noqa: N802
    name: str = "",
    codes: str = "",
    *,
    of: tuple[Element, ...] = (),
    kind: str = "",
    repeat: int = 1,
    max: int = 0,  # noqa: A002
) -> Element:
    """A situational element."""
    return _use("S", name, codes, of, kind, repeat, max)


N: Final = Element("N")
"""An element that the guide does not use."""


@dataclass(frozen=True)
class SegmentUse:
    """The use of a segment at one place of a guide."""

    id: str
    title: str
    usage: str
    max: int
    """0 means any number."""
    elements: tuple[Element, ...]
    shape: str = "fields"
    """``fields`` sets fields of the loop's object, ``value`` makes one value; the rest are the
    segments with a form of their own (see :mod:`x12.reading.store`)."""
    into: str = ""
    """Field of the loop's object that takes the value."""
    many: bool = False
    make: Callable[..., Any] | None = None
    """Class of the value."""
    when: str = ""
    """Written only when this field of the object holds something."""

    @cached_property
    def qualifier(self) -> int:
        """Position of the element that tells uses of this segment apart, or 0."""
        return QUALIFIER.get(self.id, 0)

    @cached_property
    def qualifiers(self) -> tuple[str, ...]:
        """Codes of that element; empty when any value goes."""
        if not self.qualifier or len(self.elements) < self.qualifier:
            return ()
        if self.id == "HI":
            return tuple(
                dict.fromkeys(c for e in self.elements if e.parts for c in e.parts[0].codes)
            )
        return self.first_qualifiers

    @property
    def first_qualifiers(self) -> tuple[str, ...]:
        """The codes with which this use begins: of an HI, those of its first code alone."""
        element = self.elements[self.qualifier - 1]
        return element.parts[0].codes if self.id == "HI" else element.codes

    @cached_property
    def syntax(self) -> tuple[str, ...]:
        """Relational conditions of the dictionary."""
        return SYNTAX.get(self.id, ())


@dataclass(frozen=True)
class Loop:
    """A loop: its first segment opens it."""

    id: str
    title: str
    usage: str
    max: int
    children: tuple[SegmentUse | Loop, ...]
    make: Callable[..., Any] | None = None
    """Class of the loop's object; ``None``: it fills its parent's object."""
    into: str = ""
    many: bool = False
    when: str = ""
    claim: bool = False
    """The unit that streaming yields and that claim rules look at."""

    @cached_property
    def opener(self) -> SegmentUse:
        """The segment that opens the loop."""
        first = self.children[0]
        return first if isinstance(first, SegmentUse) else first.opener


@dataclass(frozen=True)
class Guide:
    """One implementation guide."""

    kind: str
    transaction: str
    """ST01."""
    functional_id: str
    """GS01."""
    version: str
    """What is written into GS08 and ST03."""
    versions: tuple[str, ...]
    """What is understood."""
    title: str
    blank: Callable[[], Any]
    """Makes the empty content that reading fills."""
    root: Loop
    third_element: bool = field(default=True)
    """Whether ST03 is sent."""
    vital: frozenset[str] | None = None
    """For what we only receive: segments whose guide errors are a reason to refuse the transaction;
    elsewhere they are told and no more.  ``None``: every one is."""


def _number(element: Element, number: str) -> Element:
    if number in COMPOSITES:
        parts = tuple(
            _number(part, inner)
            for part, inner in zip(element.parts, COMPOSITES[number], strict=False)
        )
        return replace(element, number=number, parts=parts)
    return replace(element, number=number)


def seg(
    id: str,  # noqa: A002
    title: str,
    usage: str,
    max: int,  # noqa: A002
    *elements: Element,
    shape: str = "fields",
    into: str = "",
    many: bool = False,
    make: Callable[..., Any] | None = None,
    when: str = "",
) -> SegmentUse:
    """Declare the use of a segment; numbers and types of its elements come from the dictionary."""
    numbers = SEGMENTS[id]
    if len(elements) > len(numbers):
        raise ValueError(f"{id} has {len(numbers)} elements, {len(elements)} were declared")
    numbered = tuple(_number(e, n) for e, n in zip(elements, numbers, strict=False))
    if make is not None and shape == "fields":
        shape = "value"
    return SegmentUse(id, title, usage, max, numbered, shape, into, many, make, when)


def loop(
    id: str,  # noqa: A002
    title: str,
    usage: str,
    max: int,  # noqa: A002
    *children: SegmentUse | Loop,
    make: Callable[..., Any] | None = None,
    into: str = "",
    many: bool = False,
    when: str = "",
    claim: bool = False,
) -> Loop:
    """Declare a loop."""
    return Loop(id, title, usage, max, children, make, into, many, when, claim)
