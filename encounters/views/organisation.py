"""Administration: providers and the place of care."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.access.guards import requires, signed_in
from core.errors import Refused
from encounters.forms import FacilityForm, ProviderForm, show_refusal
from encounters.models import Facility, Provider
from encounters.services import add_provider, change_facility, change_provider


@requires("user.manage")
@require_GET
def providers(request: HttpRequest) -> HttpResponse:
    """Who treats patients here, and where."""
    context = {
        "providers": Provider.objects.select_related("user"),
        "facilities": Facility.objects.order_by("name"),
    }
    return render(request, "encounters/providers.html", context)


@requires("user.manage")
@require_http_methods(["GET", "POST"])
def provider(request: HttpRequest, provider_id: int | None = None) -> HttpResponse:
    """Add or correct a provider."""
    row = get_object_or_404(Provider, pk=provider_id) if provider_id is not None else None
    form = ProviderForm(request.POST or None, provider=row)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                saved = add_provider(details=form.details(), by=signed_in(request))
            else:
                saved = change_provider(
                    provider_id=row.pk, details=form.details(), by=signed_in(request)
                )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect("clinic:providers")
    context = {"form": form, "provider": row}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/provider_form.html", context, status=status)


@requires("user.manage")
@require_http_methods(["GET", "POST"])
def facility(request: HttpRequest, facility_id: int | None = None) -> HttpResponse:
    """Set up or correct the place of care."""
    row = get_object_or_404(Facility, pk=facility_id) if facility_id is not None else None
    form = FacilityForm(request.POST or None, facility=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = change_facility(
                facility_id=facility_id, details=form.details(), by=signed_in(request)
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect("clinic:providers")
    context = {"form": form, "facility": row}
    status = 422 if request.method == "POST" else 200
    return render(request, "encounters/facility_form.html", context, status=status)
