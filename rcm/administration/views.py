"""The administrator's pages."""

from __future__ import annotations

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access.guards import requires, signed_in
from core.access.models import User
from core.access.permissions import PERMISSIONS, WORDS
from core.clearinghouse.queries import in_trouble
from core.errors import Refused
from rcm.administration import forms, queries, services, words
from rcm.administration.filters import AuditFilters, UserFilters
from rcm.runtime import health

PER_PAGE = 50


@requires("user.manage")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where everything of the administrator is, and whether something needs a look."""
    context = {"overview": queries.overview(), "chain": queries.chain_state()}
    return render(request, "administration/home.html", context)


# --- People ---------------------------------------------------------------------------------


@requires("user.manage")
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Who can sign in."""
    found = UserFilters(request.GET, queries.listed_users())
    context = {
        "page": Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page")),
        "filters": found.form,
        "roles": queries.users_by_role(),
    }
    return render(request, "administration/users.html", context)


@requires("user.manage")
@require_http_methods(["GET", "POST"])
def add_user(request: HttpRequest) -> HttpResponse:
    """Open a sign-in."""
    form = forms.NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.add_user(**form.details(), by=signed_in(request))
        except Refused as refusal:
            forms.show_refusal(form, refusal)
        else:
            messages.success(request, f"{person.display_name} can sign in as {person.username}.")
            return redirect("administration:users")
    return render(
        request,
        "administration/user_new.html",
        {"form": form},
        status=422 if request.method == "POST" else 200,
    )


@requires("user.manage")
@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: name and role, password, closing and opening."""
    person = get_object_or_404(User, pk=user_id)
    if request.method == "GET":
        return _user_page(request, person)
    form = forms.PersonForm(request.POST)
    if form.is_valid():
        try:
            saved = services.change_user(user_id=person.pk, **form.details(), by=signed_in(request))
        except Refused as refusal:
            forms.show_refusal(form, refusal)
        else:
            messages.success(request, f"{saved.display_name} is saved.")
            return redirect("administration:users")
    return _user_page(request, person, form=form)


@requires("user.manage")
@require_POST
def set_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new password for somebody who forgot theirs."""
    person = get_object_or_404(User, pk=user_id)
    form = forms.PasswordForm(request.POST)
    if form.is_valid():
        try:
            services.set_password(
                user_id=person.pk, password=form.cleaned_data["password"], by=signed_in(request)
            )
        except Refused as refusal:
            forms.show_refusal(form, refusal)
        else:
            messages.success(request, f"{person.display_name} has a new password.")
            return redirect("administration:user", person.pk)
    return _user_page(request, person, password_form=form)


@requires("user.manage")
@require_POST
def close_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """End a sign-in at once."""
    person = get_object_or_404(User, pk=user_id)
    try:
        services.deactivate_user(
            user_id=person.pk, reason=request.POST.get("reason", ""), by=signed_in(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{person.display_name} can no longer sign in.")
    return redirect("administration:user", person.pk)


@requires("user.manage")
@require_POST
def open_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a closed sign-in again."""
    person = get_object_or_404(User, pk=user_id)
    services.reactivate_user(user_id=person.pk, by=signed_in(request))
    messages.success(request, f"{person.display_name} can sign in again.")
    return redirect("administration:user", person.pk)


def _user_page(
    request: HttpRequest,
    person: User,
    *,
    form: django_forms.Form | None = None,
    password_form: django_forms.Form | None = None,
) -> HttpResponse:
    names = ("first_name", "last_name", "role")
    context = {
        "person": person,
        "form": form or forms.PersonForm(initial={name: getattr(person, name) for name in names}),
        "password_form": password_form or forms.PasswordForm(),
        "is_me": person.pk == signed_in(request).pk,
        "may": [WORDS[name] for name, roles in PERMISSIONS.items() if person.role in roles],
    }
    status = 422 if form or password_form else 200
    return render(request, "administration/user.html", context, status=status)


# --- The audit record -----------------------------------------------------------------------


@requires("audit.view")
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who did and saw what, the newest first."""
    found = AuditFilters(request.GET, queries.audit_events())
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (
                event,
                words.action(event),
                words.subject(event),
                words.reference(event),
                words.detail(event),
            )
            for event in page
        ],
        "filters": found.form,
        "chain": queries.chain_state(),
    }
    return render(request, "administration/audit.html", context)


@requires("audit.view")
@require_POST
def check_audit(request: HttpRequest) -> HttpResponse:
    """Read the whole chain now."""
    problems = services.check_chain(by=signed_in(request))
    if problems:
        messages.error(
            request,
            f"{problems[0]} {len(problems)} in all. Keep the database as it is and compare it "
            "with the last backup.",
        )
    else:
        messages.success(request, "The audit chain is unbroken.")
    return redirect("administration:audit")


# --- Operations -----------------------------------------------------------------------------


@requires("operations.view")
@require_GET
def operations(request: HttpRequest) -> HttpResponse:
    """Is the machine working, and what waits for it and for people."""
    state = health.status()
    context = {
        "health": state,
        "worker_age": queries.worker_age(state["worker_seen_at"]),
        "silent_after_text": f"{health.SILENT_AFTER_SECONDS} s",
        "waiting": queries.waiting(),
        "queues": queries.work_queues(),
        "files": in_trouble(),
    }
    return render(request, "administration/operations.html", context)
