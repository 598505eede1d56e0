"""From one item of a queue to the next: the same for every page on which items are worked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.parameters import parse_pk
from core.work.models import WorkItem


@dataclass(frozen=True, slots=True)
class NextBar:
    """The bar below a work item: how much is left in its queue, and the button for the next one.

    `after` is the work item that is left; the server takes the one behind it.
    """

    queue: str
    left: int
    next_url: str
    back_url: str
    after: int | None = None
    dollars: Decimal | None = None
    is_quiet: bool = False
    """Another button of the page is its main one."""


def go_to_next(
    request: HttpRequest,
    *,
    claim: Callable[[int | None], WorkItem | None],
    address: Callable[[WorkItem], str],
    list_url: str,
    noun: str,
    done: str,
) -> HttpResponse:
    """Claim the next item and open its page; with an empty queue, open the list and say `done`.

    `claim` gets the id of the item that the person leaves (the field `after`), or None. When it
    returns that same item, nothing else is free, and a message says so.
    """
    after = parse_pk(request.POST.get("after"))
    item = claim(after)
    if item is None:
        messages.success(request, done)
        return redirect(list_url)
    if item.pk == after:
        messages.info(request, f"No other {noun} waits that is free.")
    return redirect(address(item))
