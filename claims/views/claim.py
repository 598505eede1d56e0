"""One claim: its 837 segments, its acknowledgements, and what can be done with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from claims.enums import ClaimState, TaskKind
from claims.forms import VisitDetailsForm
from claims.models import Acknowledgement, Claim, Submission
from claims.queries.detail import claim_for_work
from claims.queries.search import patient_claims
from claims.queries.segments import claim_segments
from claims.services import (
    change_visit_details,
    queue_claims,
    resubmit_rejected,
    scrub_claims,
)
from claims.views.sending import send_soon
from claims.views.work import held_context, open_next, rejected_context
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record_view
from core.errors import Refused
from core.ui.htmx import htmx
from encounters.models import Patient


@require_GET
@requires("claim.view")
def segments(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The exact segments of a submission within its file, explained element by element."""
    claim = claim_for_work(claim_id)
    submissions = list(
        claim.submissions.select_related("transmission")
        .defer("transmission__content")
        .order_by("-number")
    )
    chosen = _chosen(submissions, request.GET.get("submission", ""))
    with_bytes = Submission.objects.select_related("transmission").get(pk=chosen.pk)
    record_view(signed_in(request), claim, patient_id=claim.encounter.patient_id)
    return render(
        request,
        "claims/segments.html",
        {
            "claim": claim,
            "submissions": submissions,
            "chosen": chosen,
            "segments": claim_segments(with_bytes),
            "marked": request.GET.get("segment", ""),
        },
    )


def _chosen(submissions: list[Submission], number: str) -> Submission:
    for one in submissions:
        if str(one.number) == number:
            return one
    if number:
        raise Http404("The claim has no such submission.")
    return next(one for one in submissions if one.is_current)


@require_GET
@requires("claim.view")
def acknowledgements(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Every answer about every submission of a claim before its adjudication."""
    claim = claim_for_work(claim_id)
    rows = (
        Acknowledgement.objects.filter(submission__claim=claim)
        .select_related("submission", "transmission")
        .defer("transmission__content")
        .order_by("-submission__number", "-id")
    )
    record_view(signed_in(request), claim, patient_id=claim.encounter.patient_id)
    return render(request, "claims/acknowledgements.html", {"claim": claim, "answers": list(rows)})


@require_GET
@requires("patient.view")
def patient_status(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient's visits with their claims, for the chart; a page of its own without script."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise Http404("No such patient.")
    user = signed_in(request)
    visits = patient_claims(patient_id)
    partial = bool(htmx(request))
    if not partial:
        record_view(user, patient, patient_id=patient.pk)
    template = "claims/_patient_status.html" if partial else "claims/patient_status.html"
    return render(
        request,
        template,
        {
            "patient": patient,
            "visits": visits,
            "may_see_claims": may(user, "claim.view"),
        },
    )


@require_POST
@requires("claim.work")
def scrub(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Scrub a claim again; "queue" queues it when it is clean and takes the next held one."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    result = scrub_claims([claim.pk], by=user)
    here = reverse("billing:held_claim", args=[claim.pk])
    if claim.pk in result.held:
        count = len(result.findings)
        messages.warning(
            request,
            f"{claim.number} is still held: {count} finding{'s' if count != 1 else ''} left.",
        )
        return redirect(here)
    if claim.pk not in result.ready:
        messages.warning(
            request, f"{claim.number} left already: {claim.get_state_display().lower()}."
        )
        return redirect(here)
    if request.POST.get("then") != "queue":
        messages.success(request, f"{claim.number} is clean. Queue it to send it.")
        return redirect(here)
    queue_claims([claim.pk], by=user)
    send_soon()
    messages.success(request, f"{claim.number} is clean and queued for sending.")
    return redirect(open_next(user, TaskKind.SCRUB))


@require_POST
@requires("claim.work")
def queue(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Queue a ready claim for sending."""
    claim = claim_for_work(claim_id)
    result = queue_claims([claim.pk], by=signed_in(request))
    if result.queued:
        send_soon()
        messages.success(request, f"{claim.number} queued for sending.")
    else:
        messages.warning(request, f"{claim.number} stays: {result.refused[claim.number]}")
    return redirect(_page_of(claim))


def _page_of(claim: Claim) -> str:
    page = "billing:rejected_claim" if claim.state == ClaimState.REJECTED else "billing:held_claim"
    return reverse(page, args=[claim.pk])


@require_POST
@requires("claim.work")
def resubmit(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Send a rejected claim again; held by the scrubber, it opens on its findings."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    try:
        submission = resubmit_rejected(claim_id=claim.pk, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("billing:rejected_claim", claim.pk)
    claim.refresh_from_db()
    if claim.state == ClaimState.HELD:
        messages.warning(request, f"{submission.control_number} has findings to fix first.")
        return redirect("billing:held_claim", claim.pk)
    send_soon()
    messages.success(request, f"{submission.control_number} is clean and queued for sending.")
    return redirect(open_next(user, TaskKind.REJECTION))


@require_POST
@requires("claim.work")
def visit_details(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Set authorization, referral and referring provider of the visit."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    form = VisitDetailsForm(request.POST)
    rejected = claim.state == ClaimState.REJECTED
    if form.is_valid():
        try:
            change_visit_details(claim_id=claim.pk, by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved with the visit.")
            if not rejected:
                scrub_claims([claim.pk], by=user)
            return redirect(_page_of(claim))
    context = rejected_context(claim, user, form) if rejected else held_context(claim, user, form)
    template = "billing/rejected_claim.html" if rejected else "billing/held_claim.html"
    return render(request, template, context, status=422)
