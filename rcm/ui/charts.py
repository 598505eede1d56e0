"""Geometry of the charts: from numbers to percentages of a plot. Pure; the templates draw.

All positions are strings in per cent of the plot's width or height, so a chart keeps the size of
its text at every width, needs no script and passes the strict content policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from rcm.ui import formats

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
    href: str


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
    marks: list[Mark]
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Line:
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
    lines: list[Line] = field(default_factory=list)
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
    step = next(s * power for s in STEPS if s * power >= rough)
    if largest == largest.to_integral() and step < 1:
        step = Decimal(1)
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
    values = [number(pick(row, "value", 1)) for row in listed]
    top, step = ceiling(max(values, default=Decimal(0)))
    many = len(listed)
    width = Decimal(100) / many if many else Decimal(100)
    bar = min(width * BAR_SHARE, BAR_AT_MOST)
    slots = []
    for index, (row, value) in enumerate(zip(listed, values, strict=True)):
        label, href = str(pick(row, "label", 0)), str(pick(row, "href", 2) or "")
        tone = pick(row, "tone", 3)
        left, height = width * index, value / top * 100
        text = formats.by_name(value, style)
        mark = Mark(
            x=_pc(left + (width - bar) / 2), y=_pc(100 - height), width=_pc(bar),
            height=_pc(height), title=f"{label}: {text}", css=f"s-{tone}" if tone else "s1",
            href=href,
        )  # fmt: skip
        slots.append(
            Slot(_pc(left), _pc(left + width / 2), _pc(width), label, _shown(index, many),
                 f"{label}: {text}", href, [mark], [text])
        )  # fmt: skip
    return Plot(title, _ticks(top, step, style), slots, [("s1", title)],
                linked=any(s.href for s in slots))  # fmt: skip


def stacked(
    labels: Sequence[Any], series: Sequence[Any], *, title: str, style: str, hrefs: Sequence[str] = ()
) -> Plot:
    """Parts on each other: `series` is a row of (name, values, tone) for each colour."""
    columns = [[number(v) for v in pick(one, "values", 1)] for one in series]
    sums = [sum((c[i] for c in columns), Decimal(0)) for i in range(len(labels))]
    top, step = ceiling(max(sums, default=Decimal(0)))
    many = len(labels)
    width = Decimal(100) / many if many else Decimal(100)
    bar = min(width * BAR_SHARE, BAR_AT_MOST)
    css = [f"s-{t}" if (t := pick(one, "tone", 2)) else f"s{i % 6 + 1}" for i, one in enumerate(series)]
    names = [str(pick(one, "name", 0)) for one in series]
    slots = []
    for index, label in enumerate(labels):
        base, marks, left = Decimal(0), [], width * index
        href = hrefs[index] if index < len(hrefs) else ""
        for name, column, colour in zip(names, columns, css, strict=True):
            height = column[index] / top * 100
            if height > 0:
                text = f"{label}, {name}: {formats.by_name(column[index], style)}"
                marks.append(Mark(_pc(left + (width - bar) / 2), _pc(100 - base - height), _pc(bar),
                                  _pc(height), text, colour, href))  # fmt: skip
            base += height
        cells = [formats.by_name(c[index], style) for c in columns]
        parts = ", ".join(f"{n} {c}" for n, c in zip(names, cells, strict=True))
        slots.append(Slot(_pc(left), _pc(left + width / 2), _pc(width), str(label),
                          _shown(index, many), f"{label}: {parts}", href, marks, cells))  # fmt: skip
    return Plot(title, _ticks(top, step, style), slots, list(zip(css, names, strict=True)),
                linked=any(s.href for s in slots))  # fmt: skip


def lines(
    labels: Sequence[Any], series: Sequence[Any], *, title: str, style: str,
    hrefs: Sequence[str] = (), target: Any = None,
) -> Plot:  # fmt: skip
    """A line for each of `series` (name, values); a value of None is a gap. `target` is a mark."""
    columns = [
        [None if v is None else number(v) for v in pick(one, "values", 1)] for one in series
    ]
    known = [v for column in columns for v in column if v is not None]
    goal = None if target is None else number(target)
    top, step = ceiling(max([*known, *([goal] if goal is not None else [])], default=Decimal(0)))
    many = len(labels)
    width = Decimal(100) / many if many else Decimal(100)
    names = [str(pick(one, "name", 0)) for one in series]
    drawn = []
    for number_of, (name, column) in enumerate(zip(names, columns, strict=True)):
        spots = [
            (width * i + width / 2, 100 - v / top * 100, i, v)
            for i, v in enumerate(column) if v is not None
        ]  # fmt: skip
        path = " ".join(
            f"{'M' if place == 0 or spots[place - 1][2] != i - 1 else 'L'}{x:.2f} {y:.2f}"
            for place, (x, y, i, _) in enumerate(spots)
        )
        gapless = len(spots) == many and len(series) == 1 and many > 1
        area = f"{path} L{spots[-1][0]:.2f} 100 L{spots[0][0]:.2f} 100 Z" if gapless else ""
        points = [
            Mark(_pc(x), _pc(y), "", "", f"{labels[i]}, {name}: {formats.by_name(v, style)}",
                 f"s{number_of % 6 + 1}", "")
            for x, y, i, v in spots
        ]  # fmt: skip
        drawn.append(Line(name, f"{number_of % 6 + 1}", path, area, points))
    slots = []
    for index, label in enumerate(labels):
        cells = [formats.by_name(c[index], style) for c in columns]
        parts = ", ".join(f"{n} {c}" for n, c in zip(names, cells, strict=True))
        href = hrefs[index] if index < len(hrefs) else ""
        slots.append(Slot(_pc(width * index), _pc(width * index + width / 2), _pc(width), str(label),
                          _shown(index, many), f"{label}: {parts}", href, [], cells))  # fmt: skip
    mark = None
    if goal is not None:
        mark = Tick(_pc(100 - goal / top * 100), f"Target {formats.by_name(goal, style)}")
    return Plot(title, _ticks(top, step, style), slots,
                [(f"s{i % 6 + 1}", n) for i, n in enumerate(names)], drawn, mark,
                any(s.href for s in slots))  # fmt: skip


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
