"""What the administrator sees: people, the record of who did what, and the state of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from claims.enums import ClaimState
from claims.models import Submission
from core import clock
from core.access.enums import Role
from core.access.models import User
from core.audit.models import AuditEvent
from core.clearinghouse.enums import TransmissionState
from core.clearinghouse.models import Transmission
from core.clearinghouse.queries import in_trouble
from core.work.enums import Queue, WorkState
from core.work.models import WorkItem
from encounters.models import Facility, Provider
from payments.enums import RemittanceState
from payments.models import Remittance
from rcm.runtime import health

CHECKED = "audit.chain_checked"
"""The event that records what a check of the whole chain found."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The counts of the first page."""

    users: int
    closed_users: int
    providers: int
    providers_without_sign_in: int
    facilities: int
    files: dict[str, int]
    seconds_since_worker: float | None
    worker: str
    events_today: int


def overview() -> Overview:
    """Who and what is here, and what needs a look."""
    people = User.objects.aggregate(
        open=Count("pk", filter=Q(is_active=True)), closed=Count("pk", filter=Q(is_active=False))
    )
    providers = Provider.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True)),
        without=Count("pk", filter=Q(is_active=True, user=None)),
    )
    state = health.status()
    return Overview(
        users=people["open"],
        closed_users=people["closed"],
        providers=providers["active"],
        providers_without_sign_in=providers["without"],
        facilities=Facility.objects.count(),
        files=in_trouble(),
        seconds_since_worker=worker_age(state["worker_seen_at"]),
        worker=state["worker"],
        events_today=AuditEvent.objects.filter(at__gte=start_of(clock.today())).count(),
    )


def worker_age(seen_at: str | None) -> float | None:
    """Seconds since a worker was last seen; nothing when it never was."""
    if seen_at is None:
        return None
    return (clock.now() - datetime.fromisoformat(seen_at)).total_seconds()


# --- People ---------------------------------------------------------------------------------


def listed_users() -> QuerySet[User]:
    """People who sign in, by name."""
    return User.objects.select_related("provider").order_by("last_name", "first_name", "username")


def users_by_role() -> list[tuple[Role, int]]:
    """How many people can sign in with each role."""
    known = dict(
        User.objects.filter(is_active=True)
        .order_by()
        .values_list("role")
        .annotate(count=Count("pk"))
    )
    return [(role, known.get(role.value, 0)) for role in Role]


# --- The audit record -----------------------------------------------------------------------


def audit_events() -> QuerySet[AuditEvent]:
    """Events, the newest first."""
    return AuditEvent.objects.select_related("actor").order_by("-pk")


def start_of(day: date) -> datetime:
    """The moment at which a day begins at the clinic."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the record is sealed, and what the last check of the whole chain found."""

    sealed_to: int
    unsealed: int
    checked: AuditEvent | None

    @property
    def checked_to(self) -> int:
        """The place in the chain up to which the last check read."""
        return int(self.checked.detail["sealed_to"]) if self.checked else 0

    @property
    def problems(self) -> int:
        """How many breaks the last check found."""
        return int(self.checked.detail["problems"]) if self.checked else 0


def chain_state() -> ChainState:
    """Cheap: two index look-ups and the last check; reading the chain is `check_chain`."""
    return ChainState(
        sealed_to=AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0,
        unsealed=AuditEvent.objects.filter(seq=None).count(),
        checked=AuditEvent.objects.filter(action=CHECKED)
        .select_related("actor")
        .order_by("-pk")
        .first(),
    )


# --- Operations -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a sweep has before it. The row is the queue, so these are rows and not messages."""

    name: str
    what: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A work list of people."""

    label: str
    open: int
    held: int
    snoozed: int
    oldest: datetime | None


def waiting() -> list[Waiting]:
    """The rows that wait for each sweep of the worker."""
    return [
        _rows(
            "Submit claims",
            "claims queued and not in a file yet",
            Submission.objects.filter(claim__state=ClaimState.QUEUED, is_current=True),
            "queued_at",
        ),
        _rows(
            "Send files",
            "files not sent yet",
            Transmission.objects.filter(state=TransmissionState.PENDING),
            "created_at",
        ),
        _rows(
            "Read files",
            "files received and not read yet",
            Transmission.objects.filter(state=TransmissionState.RECEIVED),
            "created_at",
        ),
        _rows(
            "Post payments",
            "remittances ready to post",
            Remittance.objects.filter(state=RemittanceState.READY),
            "received_at",
        ),
        _rows(
            "Seal the audit record",
            "events not sealed yet",
            AuditEvent.objects.filter(seq=None),
            "at",
        ),
    ]


def _rows(name: str, what: str, rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(name, what, found["count"], found["oldest"])


def work_queues() -> list[WorkQueue]:
    """Every work list with what can be worked now, what somebody holds, and what sleeps."""
    today = clock.today()
    snoozed = Q(snoozed_until__gt=today)
    known: dict[str, Any] = {
        row["queue"]: row
        for row in WorkItem.objects.filter(state=WorkState.OPEN)
        .order_by()
        .values("queue")
        .annotate(
            open=Count("pk", filter=~snoozed | Q(snoozed_until=None)),
            held=Count("pk", filter=~Q(assigned_to=None)),
            snoozed=Count("pk", filter=snoozed),
            oldest=Min(F("opened_at")),
        )
    }
    empty: dict[str, Any] = {"open": 0, "held": 0, "snoozed": 0, "oldest": None}
    return [
        WorkQueue(label, row["open"], row["held"], row["snoozed"], row["oldest"])
        for queue, label in Queue.choices
        for row in [known.get(queue, empty)]
    ]
