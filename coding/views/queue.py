"""The coder's first page: what waits, and the next visit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coding.forms import WorkFilterForm
from coding.queries.worklist import filter_choices, queue_counts, work_list
from coding.services.queue import claim_next_encounter
from core import clock
from core.access.guards import requires, signed_in
from core.ui.next_item import go_to_next
from core.work.models import WorkItem
from encounters.models import Encounter

_PAGE = 50
_TABS = ("", "mine", "hold")


@requires("coding.work")
def home(request: HttpRequest) -> HttpResponse:
    """The work list with its filters and counts."""
    coder = signed_in(request)
    form, tab = filter_form(request), _tab(request)
    chosen = form.chosen(mine=coder if tab == "mine" else None, on_hold=tab == "hold")
    page = Paginator(work_list(chosen), _PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "tab": tab,
        "counts": queue_counts(coder),
        "page": page,
        "today": clock.today(),
        "next_url": _next_url(request),
        "previous_url": f"{reverse('coding:home')}?age=previous",
        "late_url": f"{reverse('coding:home')}?age=late",
        "hold_url": f"{reverse('coding:home')}?tab=hold",
        "is_filtered": any(request.GET.get(name) for name in ("age", "provider", "payer")),
    }
    return render(request, "coding/home.html", context)


@requires("coding.work")
@require_POST
def next_visit(request: HttpRequest) -> HttpResponse:
    """Claim the next visit (of the filter in the address) and open it; skip the one before it."""
    coder, chosen, back = signed_in(request), filter_form(request).chosen(), kept_filters(request)

    def claim(after: int | None) -> WorkItem | None:
        visit = claim_next_encounter(coder=coder, chosen=chosen, after=after)
        return visit.coding_item if visit else None

    return go_to_next(
        request,
        claim=claim,
        address=lambda item: _workspace_url(item) + back,
        list_url=reverse("coding:home") + back,
        noun="visit",
        done="Nothing waits for a coder here. Well done.",
    )


def _workspace_url(item: WorkItem) -> str:
    return reverse("coding:workspace", args=[Encounter.objects.get(coding_item=item).pk])


def filter_form(request: HttpRequest) -> WorkFilterForm:
    """The filter in the address."""
    providers, payers = filter_choices()
    return WorkFilterForm(request.GET, providers=providers, payers=payers)


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in _TABS else ""


def kept_filters(request: HttpRequest) -> str:
    """The filter as a query string, to be carried from visit to visit."""
    kept = {
        name: value for name in ("age", "provider", "payer") if (value := request.GET.get(name, ""))
    }
    return f"?{urlencode(kept)}" if kept else ""


def _next_url(request: HttpRequest) -> str:
    return reverse("coding:next") + kept_filters(request)
