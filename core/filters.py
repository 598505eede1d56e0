"""Kinds of filters, and the two ways a list is asked: strictly by programs, leniently by pages.

Each list declares its filters once, in `filters.py` of its app. REST uses that class as it is:
a value that cannot be used is refused. The page's class inherits it, adds the words of the
page's address, and ignores what it cannot read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

LARGEST_ID: Final = 2**63 - 1


class WholeNumber(forms.IntegerField):
    """An id: what the database could not hold is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, **kwargs})


@extend_schema_field(OpenApiTypes.INT64)
class Id(df.Filter):  # type: ignore[misc]  # the library has no types
    """Rows that belong to one row, by its id."""

    field_class = WholeNumber


@extend_schema_field(OpenApiTypes.DATE)
class Day(df.DateFilter):  # type: ignore[misc]
    """A day, ISO 8601 and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d{1,2})?$"})
class Dollars(df.Filter):  # type: ignore[misc]
    """US dollars with at most two decimals."""

    field_class = forms.DecimalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=14, decimal_places=2, **kwargs)


class Flag(forms.Field):
    """``true`` or ``false``; another word is refused and never "both"."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Read the word."""
        known = {"": None, "true": True, "false": False, "1": True, "0": False}
        text = str(value or "").lower()
        if text not in known:
            raise forms.ValidationError("Say true or false.")
        return known[text]


@extend_schema_field(OpenApiTypes.BOOL)
class Yes(df.Filter):  # type: ignore[misc]
    """True or false."""

    field_class = Flag


class OneOf(df.MultipleChoiceFilter):  # type: ignore[misc]
    """One of the words; several by repeating the parameter. For columns of the row itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # No DISTINCT: a column of the row itself cannot give a row twice.
        super().__init__(*args, distinct=False, **kwargs)


class Order(df.OrderingFilter):  # type: ignore[misc]
    """Which column orders the list; ``-`` reverses it. Equal rows are ordered by id, always."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Order, and let no two requests give equal rows in another order."""
        if not value:
            return qs
        columns = [self.get_ordering_value(one) for one in value]
        return qs.order_by(*columns, "-pk" if columns[-1].startswith("-") else "pk")


def order(**columns: str) -> Order:
    """``order(charge="total_charge")``: the word of the address, and its column."""
    return Order(fields=[(column, word) for word, column in columns.items()])


class Sort(df.CharFilter):  # type: ignore[misc]
    """The order of a page's list: a word for its columns, ``-`` before it reverses them.

    Without a word, or with an unknown one, the list is ordered by the columns `default`. `then`
    decides between equal rows, in this direction always.
    """

    def __init__(self, default: str, *, then: str = "", **columns: str) -> None:
        super().__init__()
        self.default, self.then, self.columns = default, then, columns

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Order the rows."""
        word = value or ""
        sign = "-" if word.startswith("-") else ""
        columns = self.columns.get(word.lstrip("-"), "").split()
        chosen = [f"{sign}{one}" for one in columns] or self.default.split()
        return qs.order_by(*chosen, *self.then.split())


class Filters(df.FilterSet):  # type: ignore[misc]
    """What the lists have in common."""

    @classmethod
    def names(cls) -> Iterable[str]:
        """The parameters that are known."""
        return [*cls.base_filters, "page", "page_size"]


class PageFilters(Filters):
    """The filters of a page: a value that cannot be read counts as not given."""

    short_names: ClassVar[Mapping[str, str]] = {}
    """The page's word in the address → the filter it means."""
    other_words: ClassVar[tuple[str, ...]] = ()
    """Words of the address that `read` makes filters of."""
    in_form: ClassVar[tuple[str, ...]] = ()
    """The words that have a field of their own in the page's form."""

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Any]) -> None:
        asked = QueryDict(mutable=True)
        asked.update(data)
        self.given = asked.copy()
        for short, name in self.short_names.items():
            if short in asked:
                asked.setlist(name, asked.getlist(short))
        super().__init__(self.read(asked), queryset)
        for one in self.filters.values():
            if isinstance(one, Day):
                del one.extra["input_formats"]  # people may write 11/23/2026 as well

    @property
    def form(self) -> forms.Form:
        """The form of the page, its fields named ``f-state`` and so on."""
        form: forms.Form = super().form
        form.auto_id = "f-%s"
        return form

    def read(self, asked: QueryDict) -> QueryDict:
        """The parameters as the filters take them."""
        return asked

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The given filters, and the order, that have no field in the form: sent as hidden ones."""
        known = {*self.base_filters, *self.short_names, *self.other_words}
        own = {*self.in_form, *(self.short_names.get(word, word) for word in self.in_form)}
        return [
            (word, value)
            for word, values in self.given.lists()
            if word in known - own
            for value in values
            if value
        ]

    @property
    def without_kept(self) -> str:
        """The query string without the filters in `kept`; empty when none of them filters."""
        orders = {name for name, one in self.base_filters.items() if isinstance(one, Sort | Order)}
        dropped = {word for word, _ in self.kept} - orders
        if not dropped:
            return ""
        rest = self.given.copy()
        for word in {*dropped, "page"}:
            rest.pop(word, None)
        return f"?{rest.urlencode()}"

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All filters; those without a usable value get None."""
        values = self.form.cleaned_data
        for name, one in self.filters.items():
            queryset = one.filter(queryset, values.get(name))
        return queryset
