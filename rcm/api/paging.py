"""Pages of at most 200 rows, with the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rcm.api.errors import BadParameter

LARGEST: Final = 200


class Pages(PageNumberPagination):
    """``?page=2&page_size=100``. What cannot be a page is refused, never silently another one."""

    page_size = 50
    max_page_size = LARGEST
    page_size_query_param = "page_size"
    page_size_query_description = f"Rows of a page, 1 to {LARGEST}."
    page_query_description = "Which page, from 1."

    def get_page_size(self, request: Request) -> int:
        """The rows of a page; 400 for anything but 1 to 200."""
        text = request.query_params.get("page_size")
        if text is None:
            return self.page_size
        if not _is_number(text) or not 1 <= int(text) <= LARGEST:
            raise BadParameter(
                {"page_size": [f"Not a number from 1 to {LARGEST}."]},
                f"Ask for at most {LARGEST} rows and follow `next` for the others.",
            )
        return int(text)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """The rows of the page; 400 when it is no number, or when the list ends before it."""
        text = request.query_params.get("page", "1")
        fix = "Pages are numbered from 1; `pages` says how many there are."
        if not _is_number(text) or int(text) < 1:
            raise BadParameter({"page": ["Not a number from 1."]}, fix)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise BadParameter({"page": [f"The list ends before page {text}."]}, fix) from None

    def get_paginated_response(self, data: Any) -> Response:
        """The rows, how many there are in all, and where the neighbours are."""
        assert self.page is not None
        return Response(
            {
                "total": self.page.paginator.count,
                "pages": self.page.paginator.num_pages,
                "page": self.page.number,
                "page_size": self.page.paginator.per_page,
                "next": _path(self.get_next_link()),
                "previous": _path(self.get_previous_link()),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same, for the document."""
        link = {"type": "string", "nullable": True, "format": "uri-reference"}
        numbers = {
            "total": "Rows that fit the filters, on all pages",
            "pages": "How many pages there are",
            "page": "Which page this is",
            "page_size": "Rows of a full page",
        }
        properties: dict[str, Any] = {
            name: {"type": "integer", "description": words} for name, words in numbers.items()
        }
        properties |= {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _path(address: str | None) -> str | None:
    """The address without scheme and host: a proxy in front changes nothing."""
    if address is None:
        return None
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
