"""The queue of denials."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access.enums import Role
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.ui.next_item import go_to_next
from core.work.enums import Queue
from core.work.models import WorkItem
from core.work.services import claim_next
from denials.enums import Resolution, RootCause
from denials.filters import STATES, DenialPageFilters
from denials.models import Denial
from denials.queries import cases
from denials.rules.playbook import find_entry
from encounters.models import Payer
from payments.rules.reasons import reason

PER_PAGE = 25


@require_GET
@requires("denial.view")
def denial_list(request: HttpRequest) -> HttpResponseBase:
    """Ranked by money, recovery probability and days left; every filter is an address."""
    filters = DenialPageFilters(request.GET, cases.listed_denials())
    rows = filters.qs
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "denials/list.html",
        {
            "filters": filters,
            "page": page,
            "rows": [
                (d, find_entry(d.group, d.carc, d.rarcs, d.claim.payer.kind))
                for d in page.object_list
            ],
            "totals": cases.queue_totals(),
            "sums": cases.sums_of(rows),
            "reasons": [(row, reason(row.carc).words) for row in cases.top_reasons(rows, 5)],
            "payers": Payer.objects.order_by("name"),
            "owners": [Role.FRONT_DESK, Role.CODER, Role.BILLER, Role.PROVIDER],
            "causes": RootCause.choices,
            "routes": Resolution.choices,
            "states": [(value, label) for value, (label, _) in STATES.items()],
            "may_work": may(signed_in(request), "denial.work"),
        },
    )


@require_POST
@requires("denial.work")
def next_denial(request: HttpRequest) -> HttpResponseBase:
    """The next denial to work; nobody else gets the same one."""
    user = signed_in(request)
    return go_to_next(
        request,
        claim=lambda after: claim_next(queue=Queue.DENIAL, user=user, after=after),
        address=_denial_url,
        list_url=reverse("denials:list"),
        noun="denial",
        done="No denial waits. New ones arrive with the payers' remittances.",
    )


def _denial_url(item: WorkItem) -> str:
    return reverse("denials:detail", args=[Denial.objects.get(work_item=item).pk])
