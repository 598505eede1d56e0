"""The biller's first page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from claims.enums import ClaimState
from claims.queries.ageing import aged_claims
from claims.queries.home import (
    Amount,
    by_queue,
    by_state,
    closest_deadlines,
    credits_held,
    files_in_trouble,
    files_of_day,
    unbuilt,
)
from claims.queries.lists import UNBUILT
from claims.views.links import address
from core import clock
from core.access.guards import requires
from core.money import total
from core.work.enums import Queue


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: how much waits, where its list is, and where the next case comes from."""

    title: str
    text: str
    icon: str
    tone: str
    amount: Amount
    href: str
    next_href: str = ""


@require_GET
@requires("claim.work")
def home(request: HttpRequest) -> HttpResponse:
    """What needs work now, what is on its way, and what moved today."""
    states, queues = by_state(), by_queue()
    today = clock.today()
    aged = aged_claims(today)
    waiting = [
        states[one]
        for one in (
            ClaimState.SENT,
            ClaimState.ACCEPTED_BY_CLEARINGHOUSE,
            ClaimState.ACCEPTED_BY_PAYER,
        )
    ]
    return render(
        request,
        "billing/home.html",
        {
            "work": _work(queues),
            "flow": _flow(states, unbuilt()),
            "waiting": Amount(
                sum(one.count for one in waiting), total(one.dollars for one in waiting)
            ),
            "aged": aged,
            "aged_over": Decimal(sum(one.claims for one in aged[2:])),
            "deadlines": closest_deadlines(),
            "files": files_of_day(today)[:8],
            "trouble": files_in_trouble(),
            "today": today,
        },
    )


def _work(queues: dict[str, Amount]) -> list[Work]:
    return [
        Work(
            "Held by the scrubber",
            "Findings to fix before they leave",
            "alert",
            "warn",
            queues[Queue.SCRUB],
            reverse("billing:held"),
            reverse("billing:next", args=["held"]),
        ),
        Work(
            "Rejected",
            "Never adjudicated: fix and send again",
            "x-circle",
            "danger",
            queues[Queue.REJECTION],
            reverse("billing:rejected"),
            reverse("billing:next", args=["rejected"]),
        ),
        Work(
            "Denied",
            "Adjudicated and refused: correct or appeal",
            "ban",
            "danger",
            queues[Queue.DENIAL],
            address("denials:list"),
            address("denials:next"),
        ),
        Work(
            "No answer in time",
            "Call the insurer",
            "phone",
            "warn",
            queues[Queue.FOLLOW_UP],
            reverse("billing:follow_up"),
            reverse("billing:next", args=["follow-up"]),
        ),
        Work(
            "Unposted payments",
            "Money without its claim",
            "file-search",
            "warn",
            queues[Queue.UNPOSTED],
            address("payments:unposted"),
            address("payments:unposted_next"),
        ),
        Work(
            "Credit balances",
            "Received and not owed: to be given back",
            "banknote",
            "warn",
            credits_held(),
            address("payments:credits"),
        ),
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the outbound side, with the claims in it."""

    label: str
    amount: Amount
    href: str
    hint: str = ""


def _flow(states: dict[str, Amount], coded: int) -> list[Step]:
    claims = reverse("billing:claims")
    draft, held = states[ClaimState.DRAFT], states[ClaimState.HELD]
    sent, at_clearinghouse = states[ClaimState.SENT], states[ClaimState.ACCEPTED_BY_CLEARINGHOUSE]
    # A draft lives for seconds, between its building and its first scrub: named when one is stuck.
    built = [Step("Built", draft, f"{claims}?state=draft")] if draft.count else []
    return [
        Step("Coded", Amount(coded), f"{reverse('billing:unbilled')}?status={UNBUILT}"),
        *built,
        Step("Held", held, f"{claims}?state=held"),
        Step("Ready", states[ClaimState.READY], f"{claims}?state=ready"),
        Step("Queued", states[ClaimState.QUEUED], f"{claims}?state=queued"),
        Step(
            "Sent",
            Amount(sent.count + at_clearinghouse.count, sent.dollars + at_clearinghouse.dollars),
            f"{claims}?state=on_way",
        ),
        Step(
            "At the payer", states[ClaimState.ACCEPTED_BY_PAYER], f"{claims}?state=accepted_payer"
        ),
    ]
