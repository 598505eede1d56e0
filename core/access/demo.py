"""The demo clinic's sign-ins, one for each role: made by `seed_demo`, printed by `make run`."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.enums import Role
from core.access.models import User

DEMO_PASSWORD = "firstpass-demo"  # noqa: S105 - of invented people in an invented clinic
DEMO_USERNAMES = {
    Role.FRONT_DESK: "frontdesk",
    Role.PROVIDER: "provider",
    Role.CODER: "coder",
    Role.BILLER: "biller",
    Role.MANAGER: "manager",
    Role.ADMINISTRATOR: "admin",
}


@dataclass(frozen=True, slots=True)
class DemoLogin:
    username: str
    password: str
    role: str


def demo_logins() -> list[DemoLogin]:
    """The demo sign-ins that work in this database, in the order of the roles."""
    users = {
        user.username: user
        for user in User.objects.filter(username__in=DEMO_USERNAMES.values(), is_active=True)
    }
    return [
        DemoLogin(username, DEMO_PASSWORD, str(role.label))
        for role, username in DEMO_USERNAMES.items()
        if username in users and users[username].check_password(DEMO_PASSWORD)
    ]
