"""Files that were sent and received: the state and the content of each."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record_view
from core.clearinghouse import queries
from core.clearinghouse.enums import Direction, TransmissionState
from core.clearinghouse.filters import TransmissionFilters
from core.clearinghouse.models import Transmission
from core.clearinghouse.services import retry_transmission
from core.errors import Refused
from core.wake_worker import wake_worker_on_commit

PER_PAGE = 50
SEGMENTS = 500


@require_GET
@requires("claim.view", "operations.view")
def transmission_list(request: HttpRequest) -> HttpResponseBase:
    """Every file, newest first; those with a problem above."""
    found = TransmissionFilters(request.GET, queries.transmissions())
    rows = queries.with_tries(found.qs)
    return render(
        request,
        "clearinghouse/list.html",
        {
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "filters": found.form,
            "trouble": queries.in_trouble(),
        },
    )


@require_GET
@requires("claim.view", "operations.view")
def transmission_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file: its envelope, its tries, its answers, and its segments for who may read them."""
    row = get_object_or_404(Transmission.objects.select_related("partner", "in_reply_to"), pk=pk)
    user = signed_in(request)
    may_read = queries.may_read_content(user, row)
    marked = _range(request.GET.get("segments", ""))
    first = _first(request.GET.get("from", ""), marked)
    segments, count = queries.segments(row, first=first, count=SEGMENTS) if may_read else ([], 0)
    if may_read:
        record_view(user, row)
    return render(
        request,
        "clearinghouse/detail.html",
        {
            "row": row,
            "attempts": list(row.attempts.all()),
            "replies": list(row.replies.defer("content").order_by("id")),
            "may_read": may_read,
            "may_retry": _may_retry(request, row),
            "segments": segments,
            "segment_count": count,
            "first": first,
            "last": first + len(segments) - 1,
            "marked": marked,
            "previous": max(1, first - SEGMENTS) if first > 1 else None,
            "next": first + SEGMENTS if first + SEGMENTS <= count else None,
        },
    )


@require_GET
@requires("claim.view", "operations.view")
def transmission_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, byte for byte."""
    row = get_object_or_404(Transmission, pk=pk)
    user = signed_in(request)
    if not queries.may_read_content(user, row):
        raise PermissionDenied
    record_view(user, row)
    response = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in row.name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@requires("claim.work", "operations.view")
def transmission_retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send it now, or read it again."""
    row = get_object_or_404(Transmission.objects.defer("content"), pk=pk)
    try:
        row = retry_transmission(transmission_id=row.pk, by=signed_in(request))
    except Refused as error:
        messages.error(request, error.message)
        return redirect("clearinghouse:detail", pk)
    if row.direction == Direction.OUTBOUND:
        wake_worker_on_commit("submit_claims")
        messages.success(request, f"{row.name} is sent again now, with the same bytes.")
    else:
        wake_worker_on_commit("receive_files")
        messages.success(request, f"{row.name} is read again now.")
    return redirect("clearinghouse:detail", pk)


def _may_retry(request: HttpRequest, row: Transmission) -> bool:
    if not any(may(signed_in(request), name) for name in ("claim.work", "operations.view")):
        return False
    if row.direction == Direction.INBOUND:
        return row.state == TransmissionState.FAILED
    undelivered = row.sent_at is None and row.kind != "270"
    return undelivered and row.state in (TransmissionState.PENDING, TransmissionState.REFUSED)


def _range(text: str) -> tuple[int, int] | None:
    """`12-40` → (12, 40): the segments that a page before wants to show."""
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal() or len(text) > 20:
        return None
    return int(first), int(last or first)


def _first(text: str, marked: tuple[int, int] | None) -> int:
    wanted = int(text) if text.isdecimal() and len(text) < 10 else 0
    if not wanted and marked is not None:
        wanted = marked[0] - 5
    return max(1, wanted)
