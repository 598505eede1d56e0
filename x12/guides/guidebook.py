"""The tables of a guide as a page to read: the same declaration that reads, checks and writes.

``python -m x12 reference DIRECTORY`` writes a page per transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from x12.guides.names import element_name
from x12.guides.schema import Element, Guide, Loop, SegmentUse
from x12.guides.standard import ELEMENTS

_MADE = "<!-- Made by `python -m x12 reference docs/x12`: change the tables in x12/guides. -->"

_USAGE = {"R": "required", "S": "situational", "N": "not used"}

_TYPES = {"AN": "text", "ID": "code", "R": "decimal", "N0": "integer", "DT": "date", "TM": "time"}


def _times(most: int) -> str:
    return "any number" if most == 0 else "once" if most == 1 else f"up to {most}"


def _elements(element: Element, place: str) -> Iterator[str]:
    """The rows of an element and of its components."""
    if element.parts:
        form = "composite"
    else:
        kind = ELEMENTS[element.number]
        most = element.max or kind.max
        form = f"{_TYPES[kind.type]} {kind.min if kind.min == most else f'{kind.min}–{most}'}"
    if element.repeat > 1:
        form += f", up to {element.repeat} times"
    codes = f"`{' '.join(element.codes)}`" if element.codes else ""
    field = f"`{element.name}`" if element.name else ""
    name = element_name(place, element)
    yield f"| {place} | {name} | {_USAGE[element.usage]} | {form} | {codes} | {field} |"
    for number, part in enumerate(element.parts, 1):
        if part.usage != "N":
            yield from _elements(part, f"{place}-{number}")


def _segment(use: SegmentUse) -> Iterator[str]:
    into = f"`{use.into}`" if use.into else ""
    yield (
        f"| `{use.id}` {use.title} | | **{_USAGE[use.usage]}, {_times(use.max)}** | | | {into} |"
    )
    for number, element in enumerate(use.elements, 1):
        if element.usage != "N":
            yield from _elements(element, f"{use.id}{number:02}")


def _loop(loop: Loop, path: str) -> Iterator[str]:
    here = f"{path}/{loop.id}" if path else loop.id
    made = f", `{getattr(loop.make, '__name__', '')}` in `{loop.into}`" if loop.make else ""
    yield f"### {here} {loop.title}"
    yield ""
    yield f"{_USAGE[loop.usage].capitalize()}, {_times(loop.max)}{made}."
    yield ""
    yield "| Segment, element | Name | Use | Form, length | Codes | Field |"
    yield "|---|---|---|---|---|---|"
    below: list[Loop] = []
    for child in loop.children:
        if isinstance(child, Loop):
            below.append(child)
        else:
            yield from _segment(child)
    yield ""
    for child in below:
        yield from _loop(child, "" if path == "" and loop.id == "ST" else here)


def describe(guide: Guide) -> Iterator[str]:
    """Markdown, line by line."""
    yield f"## {guide.kind}: {guide.title} ({guide.version})"
    yield ""
    yield f"GS01 `{guide.functional_id}`, read for {', '.join(f'`{v}`' for v in guide.versions)}."
    yield ""
    yield from _loop(guide.root, "")


def page(guide: Guide) -> str:
    """The reference page of a transaction."""
    text = "\n".join(describe(guide)).rstrip("\n")
    return f"{_MADE}\n\n{text}\n"
