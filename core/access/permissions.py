"""The one table of who may do what.

A permission is named ``area.verb``. A name that is not declared here raises: a
misspelt permission must never silently mean "denied" or, worse, "allowed".
"""

from __future__ import annotations

from typing import Final

from core.access.enums import Role
from core.access.models import User

FD, PR, CO, BI, MA, AD = (
    Role.FRONT_DESK,
    Role.PROVIDER,
    Role.CODER,
    Role.BILLER,
    Role.MANAGER,
    Role.ADMINISTRATOR,
)

PERMISSIONS: Final[dict[str, frozenset[Role]]] = {
    # Minimum necessary: each stage sees what its work needs (45 CFR 164.502(b)).
    "patient.view": frozenset({FD, PR, CO, BI, MA}),
    "patient.edit": frozenset({FD}),
    "coverage.view": frozenset({FD, PR, CO, BI, MA}),
    "coverage.edit": frozenset({FD, BI}),
    "eligibility.view": frozenset({FD, BI, MA}),
    "eligibility.check": frozenset({FD, BI}),
    "schedule.view": frozenset({FD, PR, MA}),
    "schedule.edit": frozenset({FD}),
    "encounter.view": frozenset({FD, PR, CO, BI, MA}),
    "encounter.check_in": frozenset({FD}),
    "note.view": frozenset({PR, CO, BI}),
    "note.write": frozenset({PR}),
    "coding.view": frozenset({PR, CO, BI, MA}),
    "coding.work": frozenset({CO}),
    "code.search": frozenset({PR, CO, BI, MA}),
    "claim.view": frozenset({CO, BI, MA}),
    "claim.work": frozenset({BI}),
    "follow_up.work": frozenset({BI}),
    "remittance.view": frozenset({BI, MA}),
    "remittance.post": frozenset({BI}),
    "ledger.view": frozenset({BI, MA}),
    "denial.view": frozenset({CO, BI, MA}),
    "denial.work": frozenset({BI}),
    "write_off.approve": frozenset({BI, MA}),
    "report.view": frozenset({MA}),
    "user.manage": frozenset({AD}),
    "audit.view": frozenset({AD}),
    "operations.view": frozenset({AD}),
}

WORDS: Final[dict[str, str]] = {
    "patient.view": "Find a patient, read the chart",
    "patient.edit": "Register and correct patients",
    "coverage.view": "See insurance",
    "coverage.edit": "Add, change, end insurance",
    "eligibility.view": "See eligibility answers",
    "eligibility.check": "Ask a payer",
    "schedule.view": "See the schedule",
    "schedule.edit": "Book, move, cancel",
    "encounter.view": "See a visit",
    "encounter.check_in": "Check in, walk-ins, hold and release",
    "note.view": "Read signed notes",
    "note.write": "Write and sign one's own notes",
    "coding.view": "See how a visit was coded",
    "coding.work": "Code visits",
    "code.search": "Look up codes",
    "claim.view": "See claims and their story",
    "claim.work": "Scrub, queue, resubmit claims",
    "follow_up.work": "Call payers and log it",
    "remittance.view": "See payers' payments",
    "remittance.post": "Upload ERA files (835), post, match payments",
    "ledger.view": "See entries and balances",
    "denial.view": "See denials",
    "denial.work": "Correct, annotate, snooze denials",
    "write_off.approve": "Write off",
    "report.view": "Dashboards and key figures",
    "user.manage": "Users, providers, places of care",
    "audit.view": "Read and check the audit record",
    "operations.view": "Worker, queues, files' envelopes",
}
"""Each permission for people: the administrator's pages and `docs/roles.md` say the same."""

FIRST_PAGE: Final[dict[Role, str]] = {
    Role.FRONT_DESK: "front_desk:home",
    Role.PROVIDER: "provider:home",
    Role.CODER: "coding:home",
    Role.BILLER: "billing:home",
    Role.MANAGER: "manager:home",
    Role.ADMINISTRATOR: "administration:home",
}


class UndeclaredPermission(LookupError):
    """A permission that is not in the table was asked for: a programming error."""


def role_has(role: str, permission: str) -> bool:
    """Whether ``role`` holds ``permission``; raises `UndeclaredPermission` for an unknown name."""
    try:
        roles = PERMISSIONS[permission]
    except KeyError:
        raise UndeclaredPermission(permission) from None
    return role in roles


def may(user: User, permission: str) -> bool:
    """Whether a signed-in, active user holds the permission. A superuser gets no short cut."""
    return user.is_active and role_has(user.role, permission)
