"""The one table of the navigation: which role sees which pages, in which order.

An item names its page by url name, and the permission that the page asks for: an item without
the permission is never shown. Counts come from the work queues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from core.access.enums import Role
from core.access.models import User
from core.access.permissions import may


@dataclass(frozen=True, slots=True)
class Item:
    """A page in the navigation. `queue` shows how many open items wait behind it."""

    label: str
    url_name: str
    icon: str
    permission: str
    queue: str = ""
    tone: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An item made ready for one request."""

    item: Item
    href: str
    is_current: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    links: list[Link]


TODAY = Item("Today", "front_desk:home", "calendar", "schedule.view", key="g t")
PATIENTS = Item("Patients", "front_desk:patients", "users", "patient.view", key="g p")
ELIGIBILITY = Item(
    "Eligibility",
    "front_desk:eligibility",
    "badge-check",
    "eligibility.view",
    "eligibility",
    "warn",
    "g e",
)
MY_DAY = Item("My day", "provider:home", "stethoscope", "note.write", key="g t")
CODING = Item("Coding queue", "coding:home", "list-checks", "coding.work", "coding", key="g c")
LOOKUP = Item("Code look-up", "coding:lookup", "book", "code.search", key="g k")
BILLING = Item("Work list", "billing:home", "inbox", "claim.work", key="g b")
CLAIMS = Item("Claims", "billing:claims", "files", "claim.view", key="g l")
FOLLOW_UP = Item(
    "Follow-up", "billing:follow_up", "phone", "follow_up.work", "follow_up", "warn", "g f"
)
REMITTANCES = Item("Remittances", "payments:list", "banknote", "remittance.view", key="g r")
UNPOSTED = Item(
    "Unposted", "payments:unposted", "file-search", "remittance.view", "unposted", "warn", "g u"
)
DENIALS = Item("Denials", "denials:list", "ban", "denial.view", "denial", "danger", "g d")
FILES = Item("Files sent and received", "clearinghouse:list", "server", "claim.view", key="g s")
ALL_FILES = Item(
    "Files sent and received", "clearinghouse:list", "server", "operations.view", key="g s"
)
DASHBOARD = Item("Denial dashboard", "manager:home", "chart", "report.view", key="g m")
PROVIDERS = Item("Providers", "clinic:providers", "stethoscope", "user.manage", key="g p")
ADMINISTRATION = Item("Overview", "administration:home", "shield", "user.manage", key="g a")
USERS = Item("Users", "administration:users", "users", "user.manage", key="g u")
AUDIT = Item("Audit record", "administration:audit", "history", "audit.view", key="g r")
OPERATIONS = Item(
    "Operations", "administration:operations", "activity", "operations.view", key="g o"
)

NAVIGATION: Final[dict[Role, tuple[Group, ...]]] = {
    Role.FRONT_DESK: (Group("Front desk", (TODAY, PATIENTS, ELIGIBILITY)),),
    Role.PROVIDER: (Group("Clinic", (MY_DAY, PATIENTS)),),
    Role.CODER: (
        Group("Coding", (CODING,)),
        Group("Look up", (LOOKUP, PATIENTS, CLAIMS, DENIALS)),
    ),
    Role.BILLER: (
        Group("Claims", (BILLING, CLAIMS, FOLLOW_UP)),
        Group("Payments", (REMITTANCES, UNPOSTED, DENIALS)),
        Group("Look up", (PATIENTS, LOOKUP, FILES)),
    ),
    Role.MANAGER: (
        Group("Manager", (DASHBOARD,)),
        Group("Behind the numbers", (DENIALS, CLAIMS, REMITTANCES, UNPOSTED)),
        Group("Look up", (PATIENTS,)),
    ),
    Role.ADMINISTRATOR: (
        Group("Administration", (ADMINISTRATION, USERS, PROVIDERS)),
        Group("Oversight", (AUDIT, OPERATIONS, ALL_FILES)),
    ),
}


def menu(user: User, path: str, counts: Mapping[str, int]) -> list[Section]:
    """The navigation of `user`; the longest address that `path` begins with is current."""
    shown: list[tuple[str, list[tuple[Item, str]]]] = []
    for group in NAVIGATION[Role(user.role)]:
        placed = [
            (item, href)
            for item in group.items
            if may(user, item.permission) and (href := address(item))
        ]
        if placed:
            shown.append((group.label, placed))
    current = max(
        (href for _, placed in shown for _, href in placed if path.startswith(href)),
        key=len,
        default="",
    )
    return [
        Section(
            label,
            [
                Link(item, href, href == current, counts.get(item.queue, 0) if item.queue else None)
                for item, href in placed
            ],
        )
        for label, placed in shown
    ]


def address(item: Item) -> str:
    """The item's address, or nothing while its page is not installed."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""
