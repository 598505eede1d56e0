"""The story of a claim."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from claims.models import Claim
from core.access.guards import requires, signed_in
from core.access.permissions import may
from core.audit.services import record_view
from denials.queries.story import claim_story

PER_PAGE = 25


@require_GET
@requires("claim.view")
def story(request: HttpRequest, claim_id: int) -> HttpResponseBase:
    """One claim from its first note to its last cent."""
    try:
        found = claim_story(claim_id)
    except Claim.DoesNotExist:
        raise Http404 from None
    user = signed_in(request)
    for event in found.events:
        if event.permission and not may(user, event.permission):
            event.href = ""
    record_view(user, found.claim, patient_id=found.claim.encounter.patient_id)
    return render(
        request,
        "denials/story.html",
        {
            "story": found,
            "claim": found.claim,
            "may_see_ledger": may(user, "ledger.view"),
            "may_see_note": may(user, "note.view"),
            "may_see_denials": may(user, "denial.view"),
            "may_work": may(user, "claim.work"),
            "may_work_denials": may(user, "denial.work"),
        },
    )
