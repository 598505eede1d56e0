"""Chart tags: `{% bar_chart %}`, `{% stacked_chart %}`, `{% line_chart %}`, `{% top_n %}` …"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.ui import charts, formats

register = template.Library()


def _drawn(plot: charts.Plot, head: str, size: str) -> dict[str, Any]:
    several = len(plot.series) > 1
    return {"plot": plot, "head": head, "size": size, "legend": several, "empty": not plot.slots}


@register.inclusion_tag("_components/chart.html")
def bar_chart(
    rows: Iterable[Any], title: str, style: str = "count", head: str = "", size: str = ""
) -> dict[str, Any]:
    """Bars: rows of (label, value, href, tone). `head` names the label's column in the table."""
    return _drawn(charts.bars(rows, title=title, style=style), head or "Item", size)


@register.inclusion_tag("_components/chart.html")
def stacked_chart(
    labels: Sequence[Any],
    series: Sequence[Any],
    title: str,
    style: str = "count",
    head: str = "",
    hrefs: Sequence[str] = (),
    size: str = "",
) -> dict[str, Any]:
    """Bars of parts: `series` of (name, values, tone)."""
    plot = charts.stacked(labels, series, title=title, style=style, hrefs=hrefs)
    return _drawn(plot, head or "Item", size)


@register.inclusion_tag("_components/chart.html")
def line_chart(
    labels: Sequence[Any],
    series: Sequence[Any],
    title: str,
    style: str = "count",
    head: str = "",
    hrefs: Sequence[str] = (),
    target: Any = None,
    size: str = "",
) -> dict[str, Any]:
    """Lines over time: `series` of (name, values); `target` draws a dashed line."""
    plot = charts.lines(labels, series, title=title, style=style, hrefs=hrefs, target=target)
    return _drawn(plot, head or "Period", size)


@register.inclusion_tag("_components/top_n.html")
def top_n(
    rows: Iterable[Any],
    title: str,
    style: str = "count",
    head: str = "",
    value_head: str = "",
) -> dict[str, Any]:
    """A ranked list with bars: rows of (label, value, href, sub, tone)."""
    listed = [(row, charts.number(charts.pick(row, "value", 1))) for row in rows]
    top = max((value for _, value in listed), default=Decimal(0))
    shown = [
        {
            "label": charts.pick(row, "label", 0),
            "text": formats.by_name(value, style),
            "href": charts.pick(row, "href", 2),
            "sub": charts.pick(row, "sub", 3),
            "tone": charts.pick(row, "tone", 4),
            "width": f"{value / top * 100 if top else 0:.2f}%",
        }
        for row, value in listed
    ]
    heads = {"head": head or "Item", "value_head": value_head or "Value"}
    return {"rows": shown, "title": title, **heads}


@register.simple_tag
def sparkline(values: Iterable[Any], label: str, tone: str = "") -> SafeString:
    """A small line; `label` says in words what it shows."""
    path, area = charts.spark(values)
    if not path:
        return mark_safe("")
    return format_html(
        '<svg class="spark" data-tone="{}" viewBox="0 0 100 100" preserveAspectRatio="none" '
        'role="img" aria-label="{}"><path class="area" d="{}"/><path class="line" d="{}"/></svg>',
        tone,
        label,
        area,
        path,
    )


@register.simple_tag
def meter(value: Any, of: Any, label: str) -> SafeString:
    """A small bar: how much of a whole."""
    whole = charts.number(of)
    share = min(charts.number(value) / whole * 100, Decimal(100)) if whole else Decimal(0)
    return format_html(
        '<svg class="meter" role="img" aria-label="{}">'
        '<rect class="track" width="100%" height="6" rx="3"/>'
        '<rect class="fill" width="{}" height="6" rx="3"/></svg>',
        label,
        f"{share:.1f}%",
    )


@register.inclusion_tag("_components/tile.html")
def tile(
    label: str,
    value: object,
    href: str = "",
    note: str = "",
    delta: str = "",
    good: bool | None = None,
    trend: Sequence[Any] = (),
    tip: str = "",
    direction: str = "",
) -> dict[str, Any]:
    """A number that links to what it is made of.

    `delta` is the change in words ("1.2 pts"), `direction` its arrow (up or down; otherwise taken
    from the sign of `delta`), `good` whether the change is welcome.
    """
    arrow = direction or ("down" if str(delta).startswith(("-", formats.MINUS)) else "up")
    return {
        "label": label,
        "value": value,
        "href": href,
        "note": note,
        "delta": delta,
        "arrow": arrow,
        "tone": {True: "success", False: "danger", None: ""}[good],
        "trend": trend,
        "tip": tip,
    }
