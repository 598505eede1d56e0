"""Geometry of the charts: from numbers to percentages of a plot. Pure; the templates draw.

All positions are strings in per cent of the plot's width or height, so a chart keeps the size of
its text at every width, needs no script and passes the strict content policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from core.ui import formats

LABELS_AT_MOST = 8
BAR_SHARE = Decimal("0.62")
BAR_AT_MOST = Decimal(9)
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, one part of a stacked bar, or one point of a line."""

    x: str
    y: str
    width: str
    height: str
    title: str
    css: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One place on the x axis, with everything drawn there and what a table says of it."""

    x: str
    middle: str
    width: str
    label: str
    shown: bool
    title: str
    href: str
    cells: list[str]
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChartLine:
    name: str
    css: str
    path: str
    area: str
    points: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    ticks: list[Tick]
    slots: list[Slot]
    series: list[tuple[str, str]]
    lines: list[ChartLine] = field(default_factory=list)
    target: Tick | None = None
    linked: bool = False


def pick(row: Any, name: str, index: int, default: Any = "") -> Any:
    """A column of a row, which may be a mapping, an object or a tuple."""
    if isinstance(row, Mapping):
        return row.get(name, default)
    if isinstance(row, tuple | list):
        return row[index] if len(row) > index else default
    return getattr(row, name, default)


def _pc(value: Decimal) -> str:
    return f"{value:.2f}%"


def number(value: Any) -> Decimal:
    """`value` as an exact number; nothing is zero."""
    return Decimal(str(value)) if value is not None else Decimal(0)


def ceiling(largest: Decimal) -> tuple[Decimal, Decimal]:
    """A round top of the axis at or above `largest`, and the step between its lines."""
    if largest <= 0:
        return Decimal(4), Decimal(1)
    rough = largest / 4
    power = Decimal(10) ** rough.adjusted()
    whole = largest == largest.to_integral_value()  # whole values get whole labels
    steps = (step * power for step in STEPS if step * power >= rough)
    step = next((s for s in steps if not whole or s == s.to_integral_value()), Decimal(1))
    return step * (largest / step).to_integral_value(ROUND_CEILING), step


def _ticks(top: Decimal, step: Decimal, style: str) -> list[Tick]:
    ticks = []
    value = Decimal(0)
    while value <= top:
        ticks.append(Tick(_pc(100 - value / top * 100), formats.axis(value, style)))
        value += step
    return ticks


def _shown(index: int, many: int) -> bool:
    every = -(-many // LABELS_AT_MOST)
    return (many - 1 - index) % every == 0


def bars(rows: Iterable[Any], *, title: str, style: str) -> Plot:
    """One bar a row: (label, value, href, tone)."""
    listed = list(rows)
    labels = [str(pick(row, "label", 0)) for row in listed]
    values = [number(pick(row, "value", 1)) for row in listed]
    hrefs = [str(pick(row, "href", 2) or "") for row in listed]
    colours = [f"s-{tone}" if (tone := pick(row, "tone", 3)) else "s1" for row in listed]
    return _columns(labels, [(title, values)], [colours], hrefs, title=title, style=style)


def stacked(
    labels: Sequence[Any],
    series: Sequence[Any],
    *,
    title: str,
    style: str,
    hrefs: Sequence[str] = (),
) -> Plot:
    """Parts on each other: `series` is a row of (name, values, tone) for each colour."""
    parts = [(str(pick(one, "name", 0)), _numbers(pick(one, "values", 1))) for one in series]
    tones = [pick(one, "tone", 2) for one in series]
    colours = [
        [f"s-{tone}" if tone else f"s{index % 6 + 1}"] * len(labels)
        for index, tone in enumerate(tones)
    ]
    texts = [str(label) for label in labels]
    return _columns(texts, parts, colours, hrefs, title=title, style=style)


def _numbers(values: Iterable[Any]) -> list[Decimal]:
    return [number(value) for value in values]


def _columns(
    labels: Sequence[str],
    parts: Sequence[tuple[str, list[Decimal]]],
    colours: Sequence[Sequence[str]],
    hrefs: Sequence[str],
    *,
    title: str,
    style: str,
) -> Plot:
    """Columns of one or several parts; `colours` holds one class for each part and label."""
    many = len(labels)
    sums = [sum((values[index] for _, values in parts), Decimal(0)) for index in range(many)]
    top, step = ceiling(max(sums, default=Decimal(0)))
    bar = min(_width(many) * BAR_SHARE, BAR_AT_MOST)
    slots = []
    for index in range(many):
        slot = _slot(index, labels, parts, hrefs, style)
        base = Decimal(0)
        for place, (name, values) in enumerate(parts):
            height = values[index] / top * 100
            if height > 0:
                text = _said(labels[index], name if len(parts) > 1 else "", values[index], style)
                mark = Mark(
                    x=_pc(_width(many) * index + (_width(many) - bar) / 2),
                    y=_pc(100 - base - height),
                    width=_pc(bar),
                    height=_pc(height),
                    title=text,
                    css=colours[place][index],
                )
                slot.marks.append(mark)
            base += height
        slots.append(slot)
    legend = [(colour[0] if colour else "s1", name) for colour, (name, _) in _pairs(colours, parts)]
    return Plot(title, _ticks(top, step, style), slots, legend, linked=_linked(slots))


def _pairs(
    colours: Sequence[Sequence[str]], parts: Sequence[tuple[str, list[Decimal]]]
) -> Iterable[tuple[Sequence[str], tuple[str, list[Decimal]]]]:
    return zip(colours, parts, strict=True)


def _width(many: int) -> Decimal:
    return Decimal(100) / max(many, 1)


def _said(label: str, name: str, value: Decimal | None, style: str) -> str:
    return f"{label}{f', {name}' if name else ''}: {formats.by_name(value, style)}"


def _linked(slots: Sequence[Slot]) -> bool:
    return any(slot.href for slot in slots)


def _slot(
    index: int,
    labels: Sequence[str],
    parts: Sequence[tuple[str, Sequence[Decimal | None]]],
    hrefs: Sequence[str],
    style: str,
) -> Slot:
    """The place of one label, still without its marks."""
    many, label = len(labels), labels[index]
    cells = [formats.by_name(values[index], style) for _, values in parts]
    names = [name for name, _ in parts]
    if len(parts) > 1:
        said = ", ".join(f"{name} {cell}" for name, cell in zip(names, cells, strict=True))
    else:
        said = "".join(cells)
    return Slot(
        x=_pc(_width(many) * index),
        middle=_pc(_width(many) * index + _width(many) / 2),
        width=_pc(_width(many)),
        label=label,
        shown=_shown(index, many),
        title=f"{label}: {said}",
        href=hrefs[index] if index < len(hrefs) else "",
        cells=cells,
    )


def lines(
    labels: Sequence[Any],
    series: Sequence[Any],
    *,
    title: str,
    style: str,
    hrefs: Sequence[str] = (),
    target: Any = None,
) -> Plot:
    """A line for each of `series` (name, values); a value of None is a gap. `target` is a mark."""
    texts = [str(label) for label in labels]
    parts = [
        (
            str(pick(one, "name", 0)),
            [None if value is None else number(value) for value in pick(one, "values", 1)],
        )
        for one in series
    ]
    known = [value for _, values in parts for value in values if value is not None]
    goal = None if target is None else number(target)
    if goal is not None:
        known.append(goal)
    top, step = ceiling(max(known, default=Decimal(0)))
    drawn = [
        _line(name, values, place, texts, top, style, filled=len(parts) == 1)
        for place, (name, values) in enumerate(parts)
    ]
    slots = [_slot(index, texts, parts, hrefs, style) for index in range(len(texts))]
    legend = [(f"s{place % 6 + 1}", name) for place, (name, _) in enumerate(parts)]
    mark = None
    if goal is not None:
        mark = Tick(_pc(100 - goal / top * 100), f"Target {formats.by_name(goal, style)}")
    return Plot(title, _ticks(top, step, style), slots, legend, drawn, mark, linked=_linked(slots))


def _line(
    name: str,
    values: Sequence[Decimal | None],
    place: int,
    labels: Sequence[str],
    top: Decimal,
    style: str,
    *,
    filled: bool,
) -> ChartLine:
    many = len(labels)
    colour = place % 6 + 1
    spots = [
        (index, _width(many) * index + _width(many) / 2, 100 - value / top * 100)
        for index, value in enumerate(values)
        if value is not None
    ]
    # A gap lifts the pen: the next point begins a new piece.
    path = " ".join(
        f"{'L' if at and spots[at - 1][0] == index - 1 else 'M'}{x:.2f} {y:.2f}"
        for at, (index, x, y) in enumerate(spots)
    )
    whole = filled and len(spots) == many > 1
    area = f"{path} L{spots[-1][1]:.2f} 100 L{spots[0][1]:.2f} 100 Z" if whole else ""
    points = [
        Mark(_pc(x), _pc(y), "", "", _said(labels[index], name, values[index], style), f"s{colour}")
        for index, x, y in spots
    ]
    return ChartLine(name, str(colour), path, area, points)


def spark(values: Iterable[Any]) -> tuple[str, str]:
    """Path and area of a sparkline in a 100 × 100 box, from the smallest to the largest value."""
    points = [number(v) for v in values]
    if len(points) < 2:
        return "", ""
    low, high = min(points), max(points)
    spread = (high - low) or Decimal(1)
    last = len(points) - 1
    path = " ".join(
        f"{'L' if i else 'M'}{Decimal(100) * i / last:.2f} {94 - (v - low) / spread * 88:.2f}"
        for i, v in enumerate(points)
    )
    return path, f"{path} L100 100 L0 100 Z"
