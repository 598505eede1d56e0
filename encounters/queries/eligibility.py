"""What has to be cleared with a payer before a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from core import clock
from core.work.enums import WorkState
from encounters.enums import AppointmentState, EligibilityState
from encounters.models import Appointment, EligibilityBenefit, EligibilityCheck
from encounters.queries.schedule import Slot, day_bounds, slots_of
from encounters.rules import rejections

AHEAD = 3
"""Days: visits up to three days ahead are verified now."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that somebody has to look at, with the next visit it endangers."""

    check: EligibilityCheck
    next_visit: Appointment | None
    owner: str


def open_checks() -> QuerySet[EligibilityCheck]:
    """Checks with an open item in the eligibility queue."""
    return EligibilityCheck.objects.filter(
        work_item__state=WorkState.OPEN, coverage__superseded_at=None
    )


def open_problem_count() -> int:
    """How many wait."""
    return open_checks().count()


def eligibility_queue(state: str = "") -> list[Problem]:
    """Inactive, not found and unanswered, the nearest visit first; without a visit last."""
    start, _ = day_bounds(clock.today())
    upcoming = Appointment.objects.filter(
        patient_id=OuterRef("coverage__patient_id"),
        state=AppointmentState.SCHEDULED,
        starts_at__gte=start,
    ).order_by("starts_at")
    rows = open_checks()
    if state:
        rows = rows.filter(state=state)
    found = list(
        rows.annotate(next_id=Subquery(upcoming.values("pk")[:1]))
        .select_related("coverage__patient", "coverage__payer", "work_item")
        .order_by("pk")[:200]
    )
    visits = Appointment.objects.select_related("provider").in_bulk(
        [row.next_id for row in found if row.next_id]
    )
    problems = [
        Problem(
            row,
            visits.get(row.next_id),
            rejections.owner(row.reject_code, row.reject_loop),
        )
        for row in found
    ]
    far = clock.now() + timedelta(days=3650)
    return sorted(problems, key=lambda p: p.next_visit.starts_at if p.next_visit else far)


def unanswered(*, since: datetime) -> list[EligibilityCheck]:
    """Open checks to which the payer was silent, for visits of the next days, oldest first.

    Each has ``tries``: how often its coverage was asked in vain since that moment.
    """
    today = clock.today()
    silent = Q(state=EligibilityState.UNKNOWN, reject_code__in=["", *rejections.PAYER_DOWN])
    tries = (
        EligibilityCheck.objects.filter(
            silent, coverage=OuterRef("coverage"), requested_at__gte=since
        )
        .order_by()
        .values("coverage")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return list(
        open_checks()
        .filter(silent, service_date__range=(today, today + timedelta(days=AHEAD)))
        .annotate(tries=Coalesce(Subquery(tries), 1))
        .order_by("requested_at", "pk")
    )


def to_verify(days: int = AHEAD) -> list[Slot]:
    """Visits of the next days whose coverage has no fresh answer, and nobody works on it yet."""
    today = clock.today()
    start, _ = day_bounds(today)
    _, end = day_bounds(today + timedelta(days=days))
    rows = list(
        Appointment.objects.filter(
            state=AppointmentState.SCHEDULED, starts_at__gte=start, starts_at__lt=end
        )
        .select_related("patient", "provider", "encounter")
        .order_by("starts_at", "pk")
    )
    return [
        slot
        for slot in slots_of(rows, covered_on=today)
        if not slot.coverage.is_ready
        and (slot.check is None or slot.coverage.is_old or not slot.coverages)
    ]


def check_page(check_id: int) -> EligibilityCheck:
    """A check with all that its page shows. Raises ``EligibilityCheck.DoesNotExist``."""
    return (
        EligibilityCheck.objects.select_related(
            "coverage__patient", "coverage__payer", "requested_by", "inquiry", "answer", "work_item"
        )
        .prefetch_related(Prefetch("benefits", EligibilityBenefit.objects.order_by("position")))
        .get(pk=check_id)
    )


def first_visit_day(patient_id: int) -> date | None:
    """The day of the patient's next visit; None without one."""
    start, _ = day_bounds(clock.today())
    found = Appointment.objects.filter(
        Q(state=AppointmentState.SCHEDULED) | Q(state=AppointmentState.ARRIVED),
        patient_id=patient_id,
        starts_at__gte=start,
    ).aggregate(first=Min("starts_at"))["first"]
    return timezone.localtime(found).date() if found else None
