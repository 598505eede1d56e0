"""The claim list, its CSV, queueing from it, and the visits that are not billed yet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from defusedcsv import csv  # a spreadsheet must not take a name for a formula
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from claims.enums import AWAITING_PAYER, ClaimState
from claims.filters import ClaimPageFilters
from claims.models import Claim
from claims.queries.home import Amount
from claims.queries.lists import (
    UNBUILT,
    listed_claims,
    sum_of,
    unbilled_by_insurer,
    unbilled_encounters,
)
from claims.services import queue_claims
from claims.views.sending import send_soon
from core import clock
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record
from core.parameters import parse_pk

PER_PAGE = 50
MOST_ROWS = 50_000
"""Rows of a CSV: more than anybody reads, and still one short answer."""

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator  # generic for the type checker only


class CountedPaginator(_Paginator):
    """A paginator that is told how many rows there are: the sum's query counted them."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        """How many rows there are in all."""
        return self._known


@require_GET
@requires("claim.view")
def claim_list(request: HttpRequest) -> HttpResponse:
    """All claims: filter, search, sort, sum."""
    filters = ClaimPageFilters(request.GET, listed_claims())
    found = sum_of(filters.qs)
    page = CountedPaginator(filters.qs, PER_PAGE, found.claims).get_page(request.GET.get("page"))
    return render(
        request,
        "billing/claims.html",
        {
            "filters": filters,
            "form": filters.form,
            "more_count": filters.more_count,
            "may_work": may(signed_in(request), "claim.work"),
            "waiting_states": AWAITING_PAYER,
            "page": page,
            "has_ready": any(claim.state == ClaimState.READY for claim in page),
            "found": found,
            "today": clock.today(),
            "is_filtered": bool(filters.form.changed_data),
            "csv_url": f"{reverse('billing:claims_csv')}?{request.GET.urlencode()}",
        },
    )


_COLUMNS = (
    "claim",
    "state",
    "visit",
    "service_date",
    "mrn",
    "patient",
    "payer",
    "provider",
    "charge",
    "filing_deadline",
    "sent_on",
    "payer_claim_number",
)


@require_GET
@requires("claim.view")
def claims_csv(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a CSV file. Each export is written to the audit record."""
    rows = ClaimPageFilters(request.GET, listed_claims()).qs
    record(
        actor=signed_in(request),
        action="claim.list_exported",
        detail={"query": sorted(key for key, value in request.GET.items() if value)},
    )
    response = StreamingHttpResponse(_csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="claims-{clock.today()}.csv"'
    return response


def _csv_lines(rows: QuerySet[Claim]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for claim in rows[:MOST_ROWS].iterator(chunk_size=2000):
        writer.writerow(_csv_row(claim))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _csv_row(claim: Claim) -> list[object]:
    encounter = claim.encounter
    return [
        claim.number,
        claim.get_state_display(),
        encounter.number,
        claim.service_date,
        encounter.patient.mrn,
        encounter.patient.name,
        claim.payer.name,
        encounter.provider,
        claim.total_charge,
        claim.filing_deadline,
        getattr(claim, "sent_on", "") or "",
        claim.payer_claim_number,
    ]


@require_POST
@requires("claim.work")
def queue_selected(request: HttpRequest) -> HttpResponse:
    """Queue the claims that were ticked; what stays behind is named with its reason."""
    ids = [pk for value in request.POST.getlist("id") if (pk := parse_pk(value)) is not None]
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("billing:claims")
    if not ids:
        messages.warning(request, "Tick the claims that are to be queued.")
        return redirect(back)
    result = queue_claims(ids, by=signed_in(request))
    if result.queued:
        send_soon()
        messages.success(request, f"{_claims(len(result.queued))} queued for sending.")
    for number, why in list(result.refused.items())[:3]:
        messages.warning(request, f"{number} stays: {why}")
    if len(result.refused) > 3:
        messages.warning(request, f"{_claims(len(result.refused) - 3)} more stay where they are.")
    return redirect(back)


def _claims(count: int) -> str:
    return f"{count:,} claim{'s' if count != 1 else ''}"


@require_GET
@requires("claim.view")
def unbilled(request: HttpRequest) -> HttpResponse:
    """Visits of which no claim has left, by insurer."""
    payer = request.GET.get("payer", "")
    status = request.GET.get("status", "")
    table = unbilled_by_insurer()
    known = {str(line["payer_id"]): line["payer"] for line in table}
    rows = unbilled_encounters(
        payer_id=int(payer) if payer in known else None,
        status=status if status in _LABELS else "",
    )
    return render(
        request,
        "billing/unbilled.html",
        {
            "rows_by_insurer": [
                {**line, "cells": [(key, line.get(key, 0)) for key in _STATUSES]} for line in table
            ],
            "payer_name": known.get(payer, ""),
            "status_label": _LABELS.get(status, ""),
            "statuses": _STATUSES,
            "may_work": may(signed_in(request), "claim.work"),
            "total": Amount(sum(int(str(line["total"])) for line in table)),
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "payer": payer if payer in known else "",
            "status": status if status in _LABELS else "",
        },
    )


_STATUSES = {
    "checked_in": "Checked in",
    "documented": "Ready to code",
    "coding": "Being coded",
    "coded": "Coded",
}
_LABELS = {**_STATUSES, UNBUILT: "Insured and coded, claim not built yet"}
