"""The coder's work list: what waits, in which order, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, Max, Min, Q, QuerySet, When

from coding.models import CodingVersion
from core import clock
from core.access.models import User
from encounters.enums import EncounterStatus
from encounters.models import Encounter, Payer, Provider
from encounters.queries.schedule import day_bounds

WAITING = (EncounterStatus.DOCUMENTED, EncounterStatus.CODING)
# Charge lag: two to three days is the norm, more is late.
_FRESH_DAYS, _LATE_DAYS = 1, 3


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What of the queue is shown.

    `age`: previous (the last clinic day), fresh (a day), due (to three days), late, or empty.
    """

    age: str = ""
    provider_id: int | None = None
    payer_id: int | None = None
    self_pay: bool = False
    mine: User | None = None
    on_hold: bool = False

    def condition(self, today: date) -> Q:
        """As a condition on encounters."""
        condition = Q(status__in=WAITING, on_hold_since__isnull=not self.on_hold)
        if self.age == "fresh":
            condition &= Q(service_date__gte=today - timedelta(days=_FRESH_DAYS))
        elif self.age == "previous":
            day = previous_clinic_day()
            condition &= Q(service_date=day) if day else Q()
        elif self.age == "due":
            condition &= Q(
                service_date__lt=today - timedelta(days=_FRESH_DAYS),
                service_date__gte=today - timedelta(days=_LATE_DAYS),
            )
        elif self.age == "late":
            condition &= Q(service_date__lt=today - timedelta(days=_LATE_DAYS))
        if self.provider_id:
            condition &= Q(provider_id=self.provider_id)
        if self.payer_id:
            condition &= Q(primary_coverage__payer_id=self.payer_id)
        if self.self_pay:
            condition &= Q(primary_coverage=None)
        if self.mine:
            condition &= Q(coding_item__assigned_to=self.mine)
        return condition


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """The numbers above the list; each is a link to what it counts."""

    waiting: int
    previous_day: int
    late: int
    mine: int
    on_hold: int
    oldest: date | None
    previous_date: date | None
    coded_today: int

    @property
    def previous_day_label(self) -> str:
        """What the previous day's encounters are called: “Friday, Nov 20”."""
        day = self.previous_date
        return f"{day:%A}, {day:%b} {day.day}" if day else ""


def queue_counts(coder: User) -> QueueCounts:
    """What waits for a coder now, in two queries."""
    today = clock.today()
    open_ones = Q(on_hold_since=None)
    late = open_ones & Q(service_date__lt=today - timedelta(days=_LATE_DAYS))
    previous = previous_clinic_day()
    counts = Encounter.objects.filter(status__in=WAITING).aggregate(
        waiting=Count("pk", filter=open_ones),
        late=Count("pk", filter=late),
        previous_day=Count("pk", filter=open_ones & Q(service_date=previous)),
        mine=Count("pk", filter=open_ones & Q(coding_item__assigned_to=coder)),
        on_hold=Count("pk", filter=Q(on_hold_since__isnull=False)),
        oldest=Min("service_date", filter=open_ones),
    )
    coded = CodingVersion.objects.filter(
        coder=coder,
        state=CodingVersion.State.COMPLETE,
        completed_at__gte=day_bounds(today)[0],  # a range, and no day of each row: an index is used
        completed_at__lt=day_bounds(today)[1],
    ).count()
    return QueueCounts(**counts, previous_date=previous, coded_today=coded)


def previous_clinic_day() -> date | None:
    """The last day before today with visits that wait: its encounters come first."""
    found: date | None = Encounter.objects.filter(
        status__in=WAITING, on_hold_since=None, service_date__lt=clock.today()
    ).aggregate(last=Max("service_date"))["last"]
    return found


def work_list(chosen: WorkFilter) -> QuerySet[Encounter]:
    """The encounters that wait, the previous day's first, then the oldest."""
    today = clock.today()
    return (
        Encounter.objects.filter(chosen.condition(today))
        .select_related(
            "patient", "provider", "primary_coverage__payer", "coding_item__assigned_to"
        )
        .annotate(turn=Case(When(service_date=previous_clinic_day(), then=0), default=1))
        .order_by("turn", "service_date", "id")
    )


def filter_choices() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Providers and payers to choose from."""
    providers = [
        (provider.pk, str(provider)) for provider in Provider.objects.filter(is_active=True)
    ]
    payers = list(Payer.objects.filter(is_active=True).values_list("pk", "name"))
    return providers, payers
