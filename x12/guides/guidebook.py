"""The tables of a guide as a page to read: the same declaration that reads, checks and writes."""

from __future__ import annotations

from collections.abc import Iterator

from x12.guides.schema import Element, Guide, Loop, SegmentUse
from x12.guides.standard import ELEMENTS

_USAGE = {"R": "required", "S": "situational", "N": "not used"}


def _times(most: int) -> str:
    return "any number" if most == 0 else "once" if most == 1 else f"up to {most}"


def _element(element: Element, place: str) -> str:
    if element.parts:
        parts = [
            _element(p, f"{place}-{n}") for n, p in enumerate(element.parts, 1) if p.usage != "N"
        ]
        named = f" {element.name}" if element.name else ""
        return f"{place} {element.usage}{named} ({'; '.join(parts)})"
    kind = ELEMENTS[element.number]
    length = f"{kind.min}" if kind.min == kind.max else f"{kind.min}-{element.max or kind.max}"
    text = f"{place} {element.usage} {element.name or '–'} {kind.type} {length}"
    if element.repeat > 1:
        text += f" ×{element.repeat}"
    if element.codes:
        text += f" `{' '.join(element.codes)}`"
    return text


def _segment(use: SegmentUse) -> str:
    elements = [_element(e, f"{n:02}") for n, e in enumerate(use.elements, 1) if e.usage != "N"]
    into = f" → `{use.into}`" if use.into else ""
    return (
        f"| `{use.id}` {use.title}{into} | {_USAGE[use.usage]}, {_times(use.max)} "
        f"| {'<br>'.join(elements)} |"
    )


def _loop(loop: Loop, path: str) -> Iterator[str]:
    here = f"{path}/{loop.id}" if path else loop.id
    made = f", `{getattr(loop.make, '__name__', '')}` in `{loop.into}`" if loop.make else ""
    yield f"### {here} {loop.title}"
    yield ""
    yield f"{_USAGE[loop.usage].capitalize()}, {_times(loop.max)}{made}."
    yield ""
    yield "| Segment | Use | Elements |"
    yield "|---|---|---|"
    below: list[Loop] = []
    for child in loop.children:
        if isinstance(child, Loop):
            below.append(child)
        else:
            yield _segment(child)
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
