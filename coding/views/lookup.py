"""Looking codes up: the search behind the form, and a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coding.enums import CodeSystem
from coding.queries.lookup import code_detail
from coding.queries.search import PROCEDURES, CodeHit, search_codes
from core import clock
from core.access.guards import requires


@requires("code.search")
def search_diagnoses(request: HttpRequest) -> HttpResponse:
    """What the diagnosis search of the form finds, valid on the day of the visit."""
    return _options(request, (CodeSystem.ICD10CM,))


@requires("code.search")
def search_procedures(request: HttpRequest) -> HttpResponse:
    """What the service search of the form finds, valid on the day of the visit."""
    return _options(request, PROCEDURES)


def _options(request: HttpRequest, systems: Sequence[str]) -> HttpResponse:
    text, on = request.GET.get("q", ""), _day(request)
    hits = search_codes(text, systems=systems, on=on)
    options = [
        {
            "value": hit.code,
            "label": hit.code,
            "code": hit.code,
            "text": hit.description,
            "meta": _meta(hit),
            "disabled": not hit.is_usable,
        }
        for hit in hits
    ]
    return render(
        request,
        "_components/options.html",
        {"options": options, "note": "Type at least two characters." if len(text) < 2 else ""},
    )


def _meta(hit: CodeHit) -> str:
    if hit.reason:
        return hit.reason
    return "" if hit.billable else "heading: choose one below"


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


_EVERYTHING = ((CodeSystem.ICD10CM,), PROCEDURES, (CodeSystem.MODIFIER,))
_SYSTEMS: dict[str, tuple[str, Sequence[str]]] = {
    "all": ("All lists", [system for systems in _EVERYTHING for system in systems]),
    "diagnoses": ("Diagnoses (ICD-10-CM)", (CodeSystem.ICD10CM,)),
    "procedures": ("Procedures and supplies (CPT, HCPCS)", PROCEDURES),
    "modifiers": ("Modifiers", (CodeSystem.MODIFIER,)),
}


@requires("code.search")
def lookup(request: HttpRequest) -> HttpResponse:
    """The code look-up: any list, on any day, with a code's notes, edits and price."""
    text, on = request.GET.get("q", "").strip(), _day(request)
    name = request.GET.get("in", "all")
    name = name if name in _SYSTEMS else "all"
    systems = _SYSTEMS[name][1]
    hits = _found(text, name, on) if text else []
    bare = text.upper().replace(".", "")
    exact = next((hit.code for hit in hits if hit.code.replace(".", "") == bare), "")
    chosen = request.GET.get("code", "") or exact
    return render(
        request,
        "coding/lookup.html",
        {
            "q": text,
            "on": on,
            "chosen_list": name,
            "systems": [(key, label) for key, (label, _) in _SYSTEMS.items()],
            "hits": hits,
            "detail": code_detail(chosen, systems=systems, on=on) if chosen else None,
        },
    )


def _found(text: str, name: str, on: date) -> list[CodeHit]:
    """Each list is searched by itself: a code is written differently in each."""
    if name != "all":
        return search_codes(text, systems=_SYSTEMS[name][1], on=on, limit=50)
    found = [search_codes(text, systems=systems, on=on, limit=25) for systems in _EVERYTHING]
    return [hit for hits in found for hit in hits]
