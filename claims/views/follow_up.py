"""Follow-up: claims without an answer in time, by age; the call to the insurer."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from claims.enums import ClaimState, TaskKind
from claims.forms import CallForm
from claims.models import CallLog, Claim
from claims.queries.ageing import aged_claims, sent_days
from claims.queries.detail import Summary, claim_for_work, summary_of
from claims.queries.home import by_queue
from claims.queries.lists import tasks_in
from claims.rules import BUCKETS
from claims.services import log_call
from claims.views.work import PER_PAGE, next_bar, open_next
from core import clock
from core.access.guards import requires, signed_in
from core.access.models import User
from core.audit.services import record_view
from core.errors import Refused
from core.ledger.queries import balances
from core.money import ZERO, total
from core.parameters import parse_pk
from core.work.enums import Queue
from encounters.models import Payer


@require_GET
@requires("follow_up.work")
def follow_up(request: HttpRequest) -> HttpResponse:
    """The aged claims by bucket, and the queue of those that somebody calls about."""
    payer = request.GET.get("payer", "")
    payer_id = parse_pk(payer)
    snoozed = request.GET.get("tab") == "asleep"
    tasks = tasks_in(TaskKind.FOLLOW_UP, payer_id=payer_id, snoozed=snoozed)
    page = Paginator(tasks, PER_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    ids = [task.claim_id for task in page]
    sent = sent_days(ids)
    last_calls = _last_calls(ids)
    aged = aged_claims(today, payer_id)
    return render(
        request,
        "billing/follow_up.html",
        {
            "page": page,
            "rows": [(one, sent.get(one.claim_id), last_calls.get(one.claim_id)) for one in page],
            "aged": aged,
            "largest": max((one.charge for one in aged), default=0),
            "buckets": BUCKETS,
            "payers": Payer.objects.all(),
            "payer": payer,
            "tab": "asleep" if snoozed else "",
            "waiting": by_queue()[Queue.FOLLOW_UP],
            "next_url": reverse("billing:next", args=["follow-up"]),
            "today": today,
        },
    )


def _last_calls(claim_ids: list[int]) -> dict[int, CallLog]:
    rows = CallLog.objects.filter(claim_id__in=claim_ids).order_by("called_at", "id")
    return {row.claim_id: row for row in rows}


@require_GET
@requires("follow_up.work")
def follow_up_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim to call about: everything the insurer asks for, and the form for the call."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    record_view(user, claim, patient_id=claim.encounter.patient_id)
    return _page(request, claim, CallForm.fresh())


def _page(
    request: HttpRequest, claim: Claim, form: CallForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    summary = summary_of(claim)
    return render(
        request,
        "billing/follow_up_claim.html",
        {
            "claim": claim,
            "summary": summary,
            "owed": _owed(claim, summary),
            "form": form,
            "problem": problem,
            "bar": next_bar(TaskKind.FOLLOW_UP, summary.item_of(TaskKind.FOLLOW_UP)),
        },
        status=status,
    )


def _owed(claim: Claim, summary: Summary) -> Decimal:
    """What the payer still owes on a claim that it answered (US dollars)."""
    if claim.state != ClaimState.ADJUDICATED:
        return ZERO
    ids = [line.charge_line.receivable_id for line in summary.lines]
    return total(one.payer for one in balances(pk for pk in ids if pk is not None).values())


@require_POST
@requires("follow_up.work")
def calls(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Log a call; with "Save and next", go on with the next case."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, claim, form, status=422)
    try:
        log_call(claim_id=claim.pk, by=user, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, claim, form, status=409, problem=str(refusal))
    then = form.cleaned_data["next_action_on"]
    until = f" It comes back on {then:%b} {then.day}." if then else ""
    messages.success(request, f"Call about {claim.number} logged.{until}")
    return redirect(_after(user, claim, request.POST.get("then", "")))


def _after(user: User, claim: Claim, then: str) -> str:
    if then == "next":
        # A case that was called about without a next date stays open: the one behind it is next.
        left = summary_of(claim).item_of(TaskKind.FOLLOW_UP)
        return open_next(user, TaskKind.FOLLOW_UP, after=left)
    return reverse("billing:follow_up_claim", args=[claim.pk])
