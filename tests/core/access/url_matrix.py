"""The one table of addresses: who may open each, and what each answers.

A row says which roles get `status`; every other role gets 403, a stranger is sent to sign in
(the API: 401). Anybody's addresses say so. An address without a row fails the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.access.enums import Role

FD, PR, CO, BI, MA, AD = Role
CLINIC = {FD, PR, CO, BI, MA}
VIEWERS = {CO, BI, MA}
MONEY = {BI, MA}
EVERYBODY = set(Role)


@dataclass(frozen=True)
class Row:
    """One address with one method."""

    name: str
    roles: frozenset[Role]
    of: str = ""
    """The row of the database in the address: a key of `world.build`, or a text as it stands."""
    method: str = "get"
    status: int = 200
    stranger: int = 302

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def get(
    name: str, roles: Iterable[Role], of: str = "", *, status: int = 200, stranger: int = 302
) -> Row:
    """A page."""
    return Row(name, frozenset(roles), of, "get", status, stranger)


def post(
    name: str, roles: Iterable[Role], of: str = "", *, status: int = 302, stranger: int = 302
) -> Row:
    """Something that changes: with an empty form it answers `status`."""
    return Row(name, frozenset(roles), of, "post", status, stranger)


def form(name: str, roles: Iterable[Role], of: str = "", *, refused: int = 422) -> list[Row]:
    """A page that is also what it posts to; an empty form is shown again."""
    return [get(name, roles, of), post(name, roles, of, status=refused)]


def api(name: str, roles: Iterable[Role], of: str = "") -> Row:
    """An address of the API."""
    return Row(name, frozenset(roles), of, stranger=401)


ANYBODY: Final = [
    get("healthz", EVERYBODY, stranger=200),
    get("login", EVERYBODY, status=302, stranger=200),
]

FRAME: Final = [
    get("home", EVERYBODY, status=302),
    post("logout", EVERYBODY),
    get("design", EVERYBODY),
    get("design-options", EVERYBODY),
    get("design-progress", EVERYBODY),
    post("design-toast", EVERYBODY, status=204),
    get("search", CLINIC),
]

FRONT_DESK: Final = [
    get("front_desk:home", {FD, PR, MA}),
    get("front_desk:patients", CLINIC),
    get("front_desk:find", CLINIC),
    *form("front_desk:register", {FD}, refused=200),
    get("front_desk:patient", CLINIC, "patient"),
    *form("front_desk:edit", {FD}, "patient"),
    *form("front_desk:add_coverage", {FD, BI}, "patient"),
    *form("front_desk:schedule", {FD}, "patient"),
    *form("front_desk:walk_in", {FD}, "patient"),
    *form("front_desk:change_coverage", {FD, BI}, "coverage"),
    *form("front_desk:end_coverage", {FD, BI}, "coverage"),
    post("front_desk:verify", {FD, BI}, "coverage"),
    get("front_desk:eligibility", {FD, BI, MA}),
    get("front_desk:check", {FD, BI, MA}, "check"),
    post("front_desk:accept", {FD, BI}, "check"),
    *form("front_desk:check_in", {FD}, "appointment"),
    *form("front_desk:move", {FD}, "appointment"),
    post("front_desk:cancel", {FD}, "appointment"),
    post("front_desk:no_show", {FD}, "appointment"),
    get("front_desk:encounter", CLINIC, "encounter"),
    post("front_desk:hold", {FD, PR, CO, BI}, "encounter"),
    post("front_desk:release", {FD, PR, CO, BI}, "encounter"),
]

PROVIDER: Final = [
    get("provider:home", {PR}),
    *form("provider:note", {PR}, "encounter", refused=302),  # an empty draft is a draft
    get("provider:note_row", {PR}, "service"),
    get("provider:signed", {PR, CO, BI}, "note"),
    post("provider:addendum", {PR}, "note"),
]

CODING: Final = [
    get("coding:home", {CO}),
    post("coding:next", {CO}),
    get("coding:lookup", {PR, CO, BI, MA}),
    get("coding:search_diagnoses", {PR, CO, BI, MA}),
    get("coding:search_procedures", {PR, CO, BI, MA}),
    *form("coding:workspace", {CO}, "visit", refused=200),
    post("coding:edits", {CO}, "visit", status=200),
    post("coding:hold", {CO}, "visit"),
    post("coding:release", {CO}, "visit"),
    get("coding:history", {PR, CO, BI, MA}, "visit"),
]

BILLING: Final = [
    get("billing:home", {BI}),
    get("billing:claims", VIEWERS),
    get("billing:claims_csv", VIEWERS),
    post("billing:queue_selected", {BI}),
    get("billing:unbilled", VIEWERS),
    get("billing:held", {BI}),
    get("billing:held_claim", {BI}, "claim"),
    get("billing:rejected", {BI}),
    get("billing:rejected_claim", {BI}, "claim"),
    get("billing:follow_up", {BI}),
    get("billing:follow_up_claim", {BI}, "claim"),
    post("billing:next", {BI}, "held"),
    get("claims:patient_status", CLINIC, "patient"),
    get("claims:segments", VIEWERS, "claim"),
    get("claims:acknowledgements", VIEWERS, "claim"),
    post("claims:scrub", {BI}, "claim"),
    post("claims:queue", {BI}, "claim"),
    post("claims:resubmit", {BI}, "claim"),
    post("claims:visit_details", {BI}, "claim"),
    post("claims:calls", {BI}, "claim", status=422),
    get("claims:detail", VIEWERS, "denied"),
]

PAYMENTS: Final = [
    get("payments:list", MONEY),
    *form("payments:upload", {BI}, refused=400),
    get("payments:detail", MONEY, "remittance"),
    post("payments:post", {BI}, "remittance"),
    get("payments:file", MONEY, "remittance"),
    get("payments:payment", MONEY, "payment", status=302),
    get("payments:unposted", MONEY),
    post("payments:unposted_next", {BI}),
    get("payments:unposted_detail", MONEY, "lost"),
    post("payments:unposted_match", {BI}, "lost", status=400),
    post("payments:send_back", {BI}, "lost", status=400),
    post("payments:unposted_note", {BI}, "lost", status=400),
    get("payments:credits", MONEY),
    get("payments:receivable", MONEY, "receivable"),
    get("payments:entry", MONEY, "entry"),
]

DENIALS: Final = [
    get("denials:list", VIEWERS),
    post("denials:next", {BI}),
    get("denials:detail", VIEWERS, "denial"),
    post("denials:preview", {BI}, "denial", status=200),
    post("denials:correct", {BI}, "denial", status=400),
    post("denials:numbers", {BI}, "denial"),
    post("denials:write_off", {BI, MA}, "denial", status=400),
    post("denials:to_patient", {BI}, "denial", status=400),
    post("denials:note", {BI}, "denial", status=400),
    post("denials:snooze", {BI}, "denial", status=400),
]

FILES: Final = [
    get("clearinghouse:list", {CO, BI, MA, AD}),
    get("clearinghouse:detail", {CO, BI, MA, AD}, "file"),
    # What stands in a file of claims is patients' data, which the administrator does not see.
    get("clearinghouse:file", VIEWERS, "file"),
    post("clearinghouse:retry", {BI, AD}, "file"),
]

MANAGER: Final = [
    get("manager:home", {MA}),
    get("manager:kpis", {MA}),
    get("manager:kpi", {MA}, "clean-claim-rate"),
]

ADMINISTRATION: Final = [
    get("clinic:providers", {AD}),
    *form("clinic:add_provider", {AD}),
    *form("clinic:provider", {AD}, "provider"),
    *form("clinic:add_facility", {AD}),
    *form("clinic:facility", {AD}, "facility"),
    get("administration:home", {AD}),
    get("administration:users", {AD}),
    *form("administration:add_user", {AD}),
    *form("administration:user", {AD}, "user"),
    post("administration:set_password", {AD}, "user", status=422),
    post("administration:close_user", {AD}, "user"),
    post("administration:open_user", {AD}, "user"),
    get("administration:audit", {AD}),
    post("administration:check_audit", {AD}),
    get("administration:operations", {AD}),
]

API: Final = [
    api("api:schema", EVERYBODY),
    api("api:patient-list", CLINIC),
    api("api:patient-detail", CLINIC, "patient"),
    api("api:encounter-list", CLINIC),
    api("api:encounter-detail", CLINIC, "encounter"),
    api("api:claim-list", VIEWERS),
    api("api:claim-detail", VIEWERS, "claim"),
    api("api:remittance-list", MONEY),
    api("api:remittance-detail", MONEY, "remittance"),
    api("api:remittance-claims", MONEY, "remittance"),
    api("api:denial-list", VIEWERS),
    api("api:denial-detail", VIEWERS, "denial"),
    # What is not there is told in the shape of the API, to anybody.
    get("api:nowhere", EVERYBODY, status=404, stranger=404),
]

TABLE: Final[list[Row]] = [
    *ANYBODY,
    *FRAME,
    *FRONT_DESK,
    *PROVIDER,
    *CODING,
    *BILLING,
    *PAYMENTS,
    *DENIALS,
    *FILES,
    *MANAGER,
    *ADMINISTRATION,
    *API,
]
