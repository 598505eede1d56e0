"""Signing in and out. The same words for an unknown name and a wrong password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView

from core.access.demo import DEMO_PASSWORD, DEMO_USERNAMES
from core.access.models import User

ROLE_ICONS = {
    "front_desk": "calendar",
    "provider": "stethoscope",
    "coder": "list-checks",
    "biller": "banknote",
    "manager": "chart",
    "administrator": "shield",
}


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": (
            "That user name and password do not match. Check both, and whether Caps Lock is on. "
            "After five wrong tries sign-in pauses for 15 minutes."
        ),
        "inactive": "This account is closed. Ask your administrator.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].error_messages["required"] = "Enter your user name."
        self.fields["password"].error_messages["required"] = "Enter your password."


class SignInView(LoginView):
    """The sign-in page; in a demo, with one button for each role."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo": demo_buttons()}


def demo_buttons() -> list[dict[str, str]]:
    """One sign-in for each role of the demo clinic; none unless `FIRSTPASS_DEMO` is set."""
    if not getattr(settings, "FIRSTPASS_DEMO", False):
        return []
    known = set(
        User.objects.filter(username__in=DEMO_USERNAMES.values(), is_active=True).values_list(
            "username", flat=True
        )
    )
    return [
        {
            "username": username,
            "password": DEMO_PASSWORD,
            "role": str(role.label),
            "icon": ROLE_ICONS[role.value],
        }
        for role, username in DEMO_USERNAMES.items()
        if username in known
    ]
