"""Global search: suggestions while typing, and the page with everything that was found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from claims.queries.search import SHORTEST, SearchResults
from claims.queries.search import search as find
from claims.views.links import address
from core.access.guards import requires, signed_in
from core.ui.htmx import htmx
from core.ui.status import pill

SUGGESTED, SHOWN = 5, 25


@require_GET
@requires("patient.view")
def search(request: HttpRequest) -> HttpResponse:
    """Patients, visits and claims for what was typed, each as far as the role may see them."""
    text = request.GET.get("q", "").strip()
    if htmx(request):
        found = find(text, user=signed_in(request), limit=SUGGESTED)
        return render(
            request,
            "_components/options.html",
            {"options": _options(found, text), "note": _note(text)},
        )
    found = find(text, user=signed_in(request), limit=SHOWN)
    return render(
        request,
        "claims/search.html",
        {"text": text, "found": found, "too_short": len(text) < SHORTEST},
    )


def _note(text: str) -> str:
    if len(text) < SHORTEST:
        return "Type a name, a birth date, an MRN, a member ID, a visit or a claim number."
    return "Nothing found. Try fewer letters, or the birth date."


def _options(found: SearchResults, text: str) -> list[dict[str, str]]:
    options = [
        {
            "value": one.mrn,
            "text": one.name,
            "label": text,
            "code": one.mrn,
            "meta": f"born {one.birth_date:%m/%d/%Y}",
            "href": address("front_desk:patient", one.pk),
        }
        for one in found.patients or []
    ]
    options += [
        {
            "value": one.number,
            "text": one.patient.name,
            "label": text,
            "code": one.number,
            "meta": f"visit on {one.service_date:%m/%d/%Y}",
            "href": address("front_desk:encounter", one.pk),
        }
        for one in found.encounters or []
    ]
    options += [
        {
            "value": one.number,
            "text": one.encounter.patient.name,
            "label": text,
            "code": one.number,
            "meta": f"{one.payer.name} · {pill('claim', one.state).label}",
            "href": address("claims:detail", one.pk) or reverse("claims:segments", args=[one.pk]),
        }
        for one in found.claims or []
    ]
    return options
