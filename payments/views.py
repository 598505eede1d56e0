"""Pages of remittances, the unposted queue and the ledger."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from claims.models import Claim
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record_view
from core.errors import Refused
from core.ledger.models import Entry, Receivable
from core.ledger.queries import credit_balances, credit_total
from core.money import total
from core.parameters import parse_pk
from core.ui.htmx import htmx
from core.ui.next_item import NextBar, go_to_next
from core.ui.views import refused
from core.work.enums import Queue
from core.work.forms import NoteForm
from core.work.models import WorkItem
from core.work.services import add_note, claim_next
from encounters.models import Payer
from payments.enums import PaymentState, RemittanceState
from payments.filters import PaymentPageFilters, RemittancePageFilters, UnpostedPageFilters
from payments.forms import SendBackForm, UploadForm
from payments.models import Remittance, RemittanceClaim
from payments.queries import ledger, remittances, unposted
from payments.services.posting import match_by_hand, post_remittance, send_back
from payments.services.receiving import receive_file

PER_PAGE = 25


@require_GET
@requires("remittance.view")
def remittance_list(request: HttpRequest) -> HttpResponseBase:
    """Every remittance, found and sorted."""
    filters = RemittancePageFilters(request.GET, remittances.listed_remittances())
    return render(
        request,
        "payments/list.html",
        {
            "filters": filters,
            "page": Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("page")),
            "totals": remittances.totals(),
            "payers": Payer.objects.order_by("name"),
            "states": RemittanceState.choices,
            "may_post": may(signed_in(request), "remittance.post"),
        },
    )


@require_http_methods(["GET", "POST"])
@requires("remittance.post")
def upload(request: HttpRequest) -> HttpResponseBase:
    """Bring an 835 from the browser: recorded, balanced, posted or held, in one answer."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    outcomes = []
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            outcomes = receive_file(name=file.name, content=file.read(), by=signed_in(request))
        except Refused as error:
            refusal = error
    status = 200 if refusal is None and not form.errors else 400
    return render(
        request,
        "payments/upload.html",
        {"form": form, "outcomes": outcomes, "refusal": refusal},
        status=status,
    )


@require_GET
@requires("remittance.view")
def remittance_detail(request: HttpRequest, remittance_id: int) -> HttpResponseBase:
    """One remittance: its proof, its claims, its provider adjustments."""
    remittance = get_object_or_404(
        Remittance.objects.select_related("payer", "transmission", "posted_by", "replaced_by"),
        pk=remittance_id,
    )
    rows = PaymentPageFilters(request.GET, remittances.claim_payments(remittance)).qs
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    record_view(signed_in(request), remittance)
    return render(
        request,
        "payments/detail.html",
        {
            "opened": parse_pk(request.GET.get("open")),
            "remittance": remittance,
            "page": page,
            "claims": remittances.claim_rows(page.object_list),
            "proof": remittances.proof(remittance),
            "provider_adjustments": remittances.provider_adjustments(remittance),
            "shows": [
                ("", "All claims"),
                ("denied", "Denied in part or whole"),
                (PaymentState.UNPOSTED, "Unposted"),
                (PaymentState.INFORMATION, "Information only"),
            ],
            "may_post": may(signed_in(request), "remittance.post"),
        },
    )


@require_GET
@requires("remittance.view")
def claim_payment(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """One claim's payment: its place in its remittance, opened."""
    payment = get_object_or_404(RemittanceClaim, pk=payment_id)
    page = (payment.position - 1) // PER_PAGE + 1
    address = reverse("payments:detail", args=[payment.remittance_id])
    return redirect(f"{address}?page={page}&open={payment.pk}#claim-{payment.pk}")


@require_POST
@requires("remittance.post")
def post_ready(request: HttpRequest, remittance_id: int) -> HttpResponseBase:
    """Post a remittance that is ready."""
    get_object_or_404(Remittance, pk=remittance_id)
    try:
        result = post_remittance(remittance_id=remittance_id, by=signed_in(request))
    except Refused as error:
        return refused(request, str(error))
    if result.already_posted:
        messages.info(request, "It was posted before; nothing changed.")
    else:
        messages.success(request, f"Posted: {result.posted} claims, {result.unposted} unposted.")
    return redirect("payments:detail", remittance_id)


@require_GET
@requires("remittance.view")
def remittance_file(request: HttpRequest, remittance_id: int) -> HttpResponseBase:
    """The 835 file as it came, byte for byte."""
    remittance = get_object_or_404(
        Remittance.objects.select_related("transmission"), pk=remittance_id
    )
    record_view(signed_in(request), remittance)
    response = HttpResponse(bytes(remittance.transmission.content), content_type="text/plain")
    name = f"remittance-{remittance.pk}.835"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@requires("remittance.view")
def unposted_list(request: HttpRequest) -> HttpResponseBase:
    """The queue of payments that answer no claim of ours."""
    filters = UnpostedPageFilters(request.GET, unposted.unposted_payments())
    return render(
        request,
        "payments/unposted.html",
        {
            "filters": filters,
            "page": Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("page")),
            "total": unposted.unposted_total(filters.qs),
            "may_post": may(signed_in(request), "remittance.post"),
        },
    )


@require_POST
@requires("remittance.post")
def unposted_next(request: HttpRequest) -> HttpResponseBase:
    """The next payment to work; nobody else gets the same one."""
    user = signed_in(request)
    return go_to_next(
        request,
        claim=lambda after: claim_next(queue=Queue.UNPOSTED, user=user, after=after),
        address=_unposted_url,
        list_url=reverse("payments:unposted"),
        noun="payment",
        done="Every payment has its claim. The unposted queue is empty.",
    )


def _unposted_url(item: WorkItem) -> str:
    payment = RemittanceClaim.objects.get(work_item=item)
    return reverse("payments:unposted_detail", args=[payment.pk])


def _unposted(payment_id: int) -> RemittanceClaim:
    return get_object_or_404(
        RemittanceClaim.objects.select_related(
            "remittance__payer",
            "work_item__assigned_to",
            "claim",
            "resolved_by",
            "entry",
            "application",
        ).prefetch_related("lines", "adjustments", "remarks", "work_item__notes__author"),
        pk=payment_id,
        work_item__isnull=False,
    )


def _next_bar(payment: RemittanceClaim) -> NextBar:
    return NextBar(
        queue="Unposted",
        left=RemittanceClaim.objects.filter(state=PaymentState.UNPOSTED).count(),
        next_url=reverse("payments:unposted_next"),
        back_url=reverse("payments:unposted"),
        after=payment.work_item_id,
    )


def _unposted_page(
    request: HttpRequest,
    payment: RemittanceClaim,
    *,
    note_form: NoteForm | None = None,
    back_form: SendBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    text, may_post = request.GET.get("q", ""), may(signed_in(request), "remittance.post")
    is_open = payment.state == PaymentState.UNPOSTED
    [row] = remittances.claim_rows([payment])
    context = {
        "payment": payment,
        "row": row,
        "is_open": is_open,
        "q": text,
        "candidates": unposted.candidates(payment, text) if is_open else [],
        "note_form": note_form or NoteForm(),
        "back_form": back_form or SendBackForm(),
        "bar": _next_bar(payment) if may_post else None,
        "may_post": may_post,
    }
    if htmx(request).target == "candidates":
        return render(request, "payments/_candidates.html", context)
    return render(request, "payments/unposted_detail.html", context, status=status)


@require_GET
@requires("remittance.view")
def unposted_detail(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """One unposted payment: what the payer says, and the claims it may belong to."""
    payment = _unposted(payment_id)
    record_view(signed_in(request), payment)
    return _unposted_page(request, payment)


@require_POST
@requires("remittance.post")
def unposted_match(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """Post the payment to the claim that was picked."""
    get_object_or_404(RemittanceClaim, pk=payment_id)
    claim_id = parse_pk(request.POST.get("claim"))
    if claim_id is None:
        return refused(request, "Pick the claim first, then post to it.", status=400)
    claim = get_object_or_404(Claim, pk=claim_id)
    try:
        match_by_hand(payment_id=payment_id, claim_id=claim.pk, by=signed_in(request))
    except Refused as error:
        return refused(request, str(error))
    messages.success(request, f"Posted to claim {claim.number}.")
    return redirect("payments:unposted_detail", payment_id)


@require_POST
@requires("remittance.post")
def unposted_send_back(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """Close a payment that is not ours."""
    payment = _unposted(payment_id)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _unposted_page(request, payment, back_form=form, status=400)
    try:
        send_back(payment_id=payment_id, reason=form.cleaned_data["reason"], by=signed_in(request))
    except Refused as error:
        return refused(request, str(error))
    messages.success(request, "Closed: the money is marked to go back to the payer.")
    return redirect("payments:unposted_detail", payment_id)


@require_POST
@requires("remittance.post")
def unposted_note(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """Note what was found out."""
    payment = _unposted(payment_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _unposted_page(request, payment, note_form=form, status=400)
    if payment.work_item_id is None:
        raise Http404
    add_note(
        item_id=payment.work_item_id, text=form.cleaned_data["text"], author=signed_in(request)
    )
    return redirect(reverse("payments:unposted_detail", args=[payment_id]) + "#notes")


@require_GET
@requires("ledger.view")
def credit_list(request: HttpRequest) -> HttpResponseBase:
    """Where more was received than is owed: money that is not ours to keep."""
    rows = credit_balances(request.GET.get("whose", ""))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = ledger.lines_of(row.pk for row in page.object_list)
    return render(
        request,
        "payments/credits.html",
        {
            "page": page,
            "rows": [(row, lines.get(row.pk)) for row in page.object_list],
            "total": credit_total(rows),
        },
    )


@require_GET
@requires("ledger.view")
def receivable(request: HttpRequest, receivable_id: int) -> HttpResponseBase:
    """The ledger of one charge line, entry by entry."""
    row = get_object_or_404(Receivable, pk=receivable_id)
    line = ledger.lines_of([row.pk]).get(row.pk)
    claims = (
        list(Claim.objects.filter(encounter=line.version.encounter).select_related("payer"))
        if line
        else []
    )
    record_view(
        signed_in(request),
        row,
        patient_id=line.version.encounter.patient_id if line else None,
    )
    return render(
        request,
        "payments/receivable.html",
        {
            "receivable": row,
            "line": line,
            "claims": claims,
            "story": ledger.receivable_story(row.pk),
        },
    )


@require_GET
@requires("ledger.view")
def entry(request: HttpRequest, entry_id: int) -> HttpResponseBase:
    """One entry: its postings, which sum to zero, and what made it."""
    row = get_object_or_404(
        Entry.objects.select_related("posted_by", "reverses", "reversed_by"), pk=entry_id
    )
    postings = list(row.postings.select_related("receivable").order_by("pk"))
    return render(
        request,
        "payments/entry.html",
        {
            "entry": row,
            "postings": [(posting, -posting.amount) for posting in postings],
            "source": ledger.entry_source(row),
            "debits": total(posting.amount for posting in postings if posting.amount > 0),
        },
    )
