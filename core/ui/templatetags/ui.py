"""Tags and filters of the design system. They are built in: no page needs `{% load %}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.ui import diffs, formats
from core.ui.htmx import tone_of
from core.ui.next_item import NextBar
from core.ui.status import pill

register = template.Library()

# --- Values ---------------------------------------------------------------------------------


@register.filter
def usd(amount: Decimal | int | None) -> str:
    """Plain text dollars: `{{ line.charge|usd }}` for attributes and sentences."""
    return formats.usd(amount)


@register.filter
def usd_short(amount: Decimal | int | None) -> str:
    """$12.4k: for tiles and charts."""
    return formats.usd_short(amount)


@register.filter
def count(number: int | None) -> str:
    """1,234."""
    return formats.count(number)


@register.filter
def counted(number: int, words: str) -> str:
    """1 claim, 1,234 claims: `{{ n|counted:"claim" }}`, `{{ n|counted:"person,people" }}`."""
    return formats.counted(number, *words.split(","))


@register.filter
def percent(value: Decimal | None) -> str:
    """12.4%, for a value that is already in per cent."""
    return formats.percent(value)


@register.simple_tag
def money(amount: Decimal | int | None, style: str = "") -> SafeString:
    """An amount. `style`: `sign` writes the plus, `gain` also colours it, `xl` is large."""
    if amount is None:
        return format_html('<span class="money zero">{}</span>', formats.DASH)
    kind = " neg" if amount < 0 else " zero" if amount == 0 else ""
    if amount > 0 and style == "gain":
        kind = " gain"
    if style == "xl":
        kind = f" money-xl{kind}"
    text = formats.usd(amount, sign=style in {"sign", "gain"})
    return format_html('<span class="money{}">{}</span>', kind, text)


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """Nov 3, 2026."""
    if value is None:
        return formats.DASH
    iso = formats.local_day(value).isoformat()
    return format_html('<time class="nowrap" datetime="{}">{}</time>', iso, formats.day(value))


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """Nov 3, 2026, 9:42 AM."""
    if value is None:
        return formats.DASH
    text = formats.when(value)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def clock_time(value: datetime | None) -> SafeString | str:
    """9:42 AM."""
    if value is None:
        return formats.DASH
    text = formats.clock_time(value)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def age(value: date | datetime | None) -> str:
    """Plain text age: `12 min`, `20 d`, `in 4 d`."""
    return formats.age(value)


@register.simple_tag
def dated(
    value: date | datetime | None, warn: int | None = None, danger: int | None = None
) -> SafeString | str:
    """A day with its age: Nov 3, 2026 · 20 d. Older than `warn` or `danger` days: its colour."""
    if value is None:
        return formats.DASH
    days = formats.days_since(value)
    tone = ""
    if danger is not None and days > danger:
        tone = "danger"
    elif warn is not None and days > warn:
        tone = "warn"
    exact = formats.when(value) if isinstance(value, datetime) else formats.day(value)
    return format_html(
        '<time class="nowrap" datetime="{}" data-tip="{}">{}</time> '
        '<span class="age" data-tone="{}">{}</span>',
        value.isoformat(),
        exact,
        formats.day(value),
        tone,
        formats.age(value),
    )


@register.simple_tag
def status(domain: str, value: str, label: str = "") -> SafeString:
    """The pill of a state: `{% status "claim" claim.state %}`."""
    known = pill(domain, str(value))
    text = label or known.label
    return format_html('<span class="badge status" data-tone="{}">{}</span>', known.tone, text)


@register.simple_tag
def badge(label: object, tone: str = "neutral", icon: str = "") -> SafeString:
    """A label in a pill. `tone`: neutral, info, success, warn, danger, accent."""
    return format_html('<span class="badge" data-tone="{}">{}{}</span>', tone, _icon(icon), label)


@register.simple_tag
def code(value: str, system: str = "", words: str = "", show: bool = False) -> SafeString:
    """A code chip; `words` are its plain words, as a tooltip or, with `show`, beside it.

    `system`: icd10cm, cpt, hcpcs, modifier, pos, carc, rarc.
    """
    if not words:
        return format_html('<span class="code" data-system="{}">{}</span>', system, value)
    if show:
        return format_html(
            '<span class="code" data-system="{}">{}</span><span class="code-words">{}</span>',
            system,
            value,
            words,
        )
    return format_html(
        '<span class="code" data-system="{}" tabindex="0" data-tip="{}">{}'
        '<span class="sr-only">: {}</span></span>',
        system,
        words,
        value,
        words,
    )


def _icon(name: str, css: str = "") -> SafeString:
    if not name:
        return mark_safe("")
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite, silent for screen readers. `css`: icon-sm, icon-lg."""
    return _icon(name, css)


@register.simple_tag
def copy(text: object, what: str = "") -> SafeString:
    """A small button that copies `text`; `what` names it for screen readers."""
    label = f"Copy {what or text}"
    return format_html(
        '<button type="button" class="copy" data-copy="{}" aria-label="{}" data-tip="Copy">'
        "{}</button>",
        text,
        label,
        _icon("copy"),
    )


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Initials in a circle."""
    words = [w for w in str(name).replace(".", " ").split() if w[0].isalnum()]
    letters = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', letters)


@register.simple_tag
def uid(prefix: str = "u") -> str:
    """An id that no other element of the page has."""
    return f"{prefix}-{uuid4().hex[:8]}"


# --- Forms ----------------------------------------------------------------------------------


@register.inclusion_tag("_components/field.html")
def field(bound: BoundField, css: str = "", hint: str = "", label: str = "") -> dict[str, Any]:
    """Label, hint, control and errors of a form field. `css`: span-3, full …"""
    return {
        "field": bound,
        "css": css,
        "hint": hint or bound.help_text,
        "label": label or bound.label,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
    }


@register.inclusion_tag("_components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form, each line linked to its field. Nothing when all is well."""
    return {"form": form, "fields": [bound for bound in form if bound.errors]}


@register.filter
def described(bound: BoundField) -> SafeString:
    """The control of a field, tied to its hint and errors for screen readers."""
    known = bound.field.widget.attrs.get("aria-describedby", "").split()
    ids = [*known]
    if bound.help_text:
        ids.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    attrs: dict[str, str | bool] = {}
    if ids:
        attrs["aria-describedby"] = " ".join(dict.fromkeys(ids))
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("_components/combobox.html")
def combobox(
    element_id: str,
    name: str,
    url: str,
    label: str = "",
    placeholder: str = "",
    on_select: str = "",
    shortcut: str = "",
) -> dict[str, Any]:
    """A search field with suggestions from `url`, outside of a Django form.

    `on_select`: empty keeps the value in the form; `submit`, `clear` or `go`: see docs/design.md.
    """
    return {
        "id": element_id,
        "name": name,
        "url": url,
        "label": label,
        "placeholder": placeholder,
        "on_select": on_select,
        "shortcut": shortcut,
    }


# --- Lists ----------------------------------------------------------------------------------


def _request(context: Context) -> HttpRequest:
    request = context["request"]
    assert isinstance(request, HttpRequest)
    return request


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """This page's query string with `changes`; an empty value drops a parameter."""
    params = _request(context).GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.inclusion_tag("_components/sort_header.html", takes_context=True)
def sort(
    context: Context, label: str, key: str, css: str = "", first: str = "", default: str = ""
) -> dict[str, Any]:
    """A `<th>` that sorts: `?sort=key`, then `?sort=-key`.

    `first="desc"` begins with the largest; `default` is the order of the page without a choice.
    """
    current = _request(context).GET.get("sort", default)
    up, down = key, f"-{key}"
    direction = "ascending" if current == up else "descending" if current == down else ""
    start = down if first == "desc" else up
    following = (up if current == down else down) if direction else start
    return {
        "label": label,
        "css": css,
        "direction": direction,
        "href": query(context, sort=following),
    }


@register.inclusion_tag("_components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], one: str, many: str = "") -> dict[str, Any]:
    """Where I am in a long list of `one` (a claim) or `many` (claims), keeping its filters."""

    def numbers() -> Iterator[dict[str, Any]]:
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
            is_gap = not isinstance(number, int)
            yield {
                "number": number,
                "gap": is_gap,
                "current": number == page.number,
                "href": "" if is_gap else query(context, page=number),
            }

    return {
        "page": page,
        "total": formats.counted(page.paginator.count, one, many),
        "numbers": list(numbers()),
        "previous": query(context, page=page.previous_page_number()) if page.has_previous() else "",
        "next": query(context, page=page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("_components/code_diff.html")
def code_diff(
    before: Iterable[Any],
    after: Iterable[Any],
    brought: Decimal | str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """What changed between two codings; `brought` is its effect in dollars, `note` its label."""
    return {"before": before, "after": after, "brought": brought, "note": note}


@register.simple_tag
def diff_rows(before: Iterable[Any], after: Iterable[Any]) -> list[diffs.DiffRow]:
    """Lines of two codings, side by side: see `_components/code_diff.html`."""
    return diffs.compare(before or (), after or ())


@register.filter
def times(number: int) -> range:
    """`{% for _ in 5|times %}`."""
    return range(number)


@register.filter
def is_moment(value: object) -> bool:
    """Whether a value has a time of day."""
    return isinstance(value, datetime)


@register.filter
def clinic_day(value: datetime) -> date:
    """The day at the clinic on which a moment falls, for `{% ifchanged %}`."""
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()


# --- Messages in the page -------------------------------------------------------------------


def _sentence(content: str) -> SafeString:
    """Rendered text on one line: templates break it where their lines end."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 - the engine has escaped it


@register.simple_block_tag
def empty_state(
    content: str, title: str, icon: str = "inbox", href: str = "", action: str = ""
) -> str:
    """Nothing to show: `{% empty_state "No claims" %}What appears here, and when.{% end… %}`."""
    return render_to_string(
        "_components/empty.html",
        {
            "title": title,
            "text": _sentence(content),
            "icon": icon,
            "href": href,
            "action": action,
        },
    )


@register.simple_block_tag
def alert(content: str, tone: str, title: str = "", href: str = "", action: str = "") -> str:
    """What needs attention. `tone`: info, success, warn, danger."""
    return render_to_string(
        "_components/alert.html",
        {
            "tone": tone,
            "title": title,
            "text": _sentence(content),
            "href": href,
            "action": action,
        },
    )


@register.simple_block_tag(takes_context=True)
def next_bar(context: Context, content: str, bar: NextBar) -> str:
    """The bar below a work item; the page's own buttons stand between the tags."""
    return render_to_string(
        "_components/next_bar.html",
        {"bar": bar, "actions": mark_safe(content.strip())},  # noqa: S308 - rendered already
        request=_request(context),
    )


# --- The frame ------------------------------------------------------------------------------


@register.filter
def words(text: str) -> list[str]:
    """`{% for name in "a b c"|words %}`."""
    return text.split()


@register.filter
def css_path(name: str) -> str:
    """Where a style sheet lies below `static/`."""
    return f"css/{name}.css"


@register.filter
def js_path(name: str) -> str:
    """Where a module lies below `static/`."""
    return f"js/{name}.js"


@register.filter
def tone(message: Message) -> str:
    """The tone of a Django message."""
    return tone_of(message)
