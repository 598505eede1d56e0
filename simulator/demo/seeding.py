"""The weeks of the demo clinic, day by day, through the product's own services."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.test.utils import override_settings

from claims.services import follow_up_sweep
from coding.rules.book import CodeBook
from core import clock
from core.audit.models import AuditEvent
from core.audit.services import record
from core.errors import Refused
from encounters.models import Encounter, Patient
from rcm.pipeline import run_inbound_cycle
from simulator.demo import back_office, front_desk
from simulator.demo.clinic import Clinic, open_clinic
from simulator.demo.former import send_former_claims
from simulator.demo.front_desk import Schedule, moment
from simulator.demo.people import register_everybody
from simulator.sandbox.clearinghouse import Clearinghouse, Pace
from simulator.sandbox.gateway import connected, state_folder

BEGUN, LIVED, FINISHED = "demo.begun", "demo.day_lived", "demo.finished"
_FORMER_ON = 2
_AHEAD = 5
"""Days after today that have visits on their schedule."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be seeded. `today` is the last day, the one on which people start to work."""

    days: int
    per_day: int
    seed: int
    today: dt.date

    @property
    def first_day(self) -> dt.date:
        """The first day with visits."""
        return self.today - dt.timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was done; all zero when the demo clinic was there already."""

    plan: Plan
    was_there: bool
    days_lived: int
    seconds: float


def seed_demo(
    *, days: int, per_day: int, seed: int, say: Callable[[str], None] = lambda _: None
) -> Seeded:
    """Build the demo clinic, or go on where an interrupted run stopped.

    A finished demo is left alone. Refused when the database has visits of somebody else, or an
    interrupted run of other sizes.
    """
    started = time.monotonic()
    plan, is_new = _plan(days, per_day, seed)
    if AuditEvent.objects.filter(action=FINISHED).exists():
        return Seeded(plan, was_there=True, days_lived=0, seconds=time.monotonic() - started)
    with connection.cursor() as cursor:
        # A crash loses the last moments at most, and the next run makes them again.
        cursor.execute("SET synchronous_commit TO off")
    try:
        with _payers(anew=is_new) as payers:
            lived = _live(plan, payers, say)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    return Seeded(plan, was_there=False, days_lived=lived, seconds=time.monotonic() - started)


def _plan(days: int, per_day: int, seed: int) -> tuple[Plan, bool]:
    begun = AuditEvent.objects.filter(action=BEGUN).first()
    if begun is None:
        if Patient.objects.exists() or Encounter.objects.exists():
            raise Refused(
                "This database has patients that are not the demo's.",
                fix="Seed the demo into an empty database (createdb, then `manage.py prepare`).",
                code="not_empty",
            )
        plan = Plan(days, per_day, seed, clock.today())
        record(
            actor=None,
            action=BEGUN,
            detail={"days": days, "per_day": per_day, "seed": seed, "today": str(plan.today)},
        )
        return plan, True
    said = begun.detail
    plan = Plan(said["days"], said["per_day"], said["seed"], dt.date.fromisoformat(said["today"]))
    return plan, not Patient.objects.exists()


@contextmanager
def _payers(*, anew: bool) -> Iterator[Clearinghouse]:
    """The sandbox payers in this process, at the pace of the calendar."""
    clearinghouse = Clearinghouse(state_folder(), now=clock.now, pace=Pace.CALENDAR)
    if anew:
        clearinghouse.forget()
    gateway = "simulator.sandbox.gateway.LoopbackGateway"
    try:
        with connected(clearinghouse), override_settings(FIRSTPASS_GATEWAY=gateway):
            yield clearinghouse
    finally:
        clearinghouse.close()


def _live(plan: Plan, payers: Clearinghouse, say: Callable[[str], None]) -> int:
    with clock.at(moment(plan.first_day - dt.timedelta(days=1), 12)):
        clinic = open_clinic(first_day=plan.first_day)
        if not Patient.objects.exists():
            count = max(12, min(plan.per_day * plan.days * 45 // 100, plan.per_day * 40))
            register_everybody(clinic, count=count, first_day=plan.first_day, seed=plan.seed)
    schedule = Schedule(clinic, plan.seed, plan.per_day)
    book = CodeBook()
    done = set(AuditEvent.objects.filter(action=LIVED).values_list("detail__day", flat=True))
    lived = 0
    for number in range(plan.days + 1):
        day = plan.first_day + dt.timedelta(days=number)
        if str(day) in done:
            continue
        began = time.monotonic()
        if number == _FORMER_ON:
            with clock.at(moment(day, 12)):
                send_former_claims(payers, before=day)
        if number < plan.days:
            words = _past_day(plan, clinic, schedule, book, day, number)
        else:
            words = _today(plan, clinic, schedule, day, number)
        record(actor=None, action=LIVED, detail={"day": str(day)})
        lived += 1
        if lived.bit_count() == 1:
            _refresh_statistics()
        say(f"{day} ({number + 1}/{plan.days + 1}) {words} {time.monotonic() - began:.1f} s")
    record(actor=None, action=FINISHED, detail={"days": plan.days, "per_day": plan.per_day})
    return lived


def _refresh_statistics() -> None:
    """Let the planner know how the tables have grown (ANALYZE), each time the days have doubled.

    Autovacuum does it by the minute and counts committed rows only. Weeks pass faster than that
    here, and a query planned for empty tables then takes minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _past_day(
    plan: Plan, clinic: Clinic, schedule: Schedule, book: CodeBook, day: dt.date, number: int
) -> str:
    is_last = number == plan.days - 1
    with clock.at(moment(day, 6, 30)):
        run_inbound_cycle()
        follow_up_sweep()
    with clock.at(moment(day, 7)):
        schedule.put(day, number)
    with clock.at(moment(day, 9)):
        coded = back_office.code_visits(clinic, before=day, book=book, seed=plan.seed)
    with clock.at(moment(day, 10)):
        sent = back_office.bill(clinic, keep=plan.per_day // 5 if is_last else 0)
        run_inbound_cycle()
    with clock.at(moment(day, 14)):
        fixed = back_office.work_rejections(clinic, plan.seed)
        corrected, given_up = back_office.work_denials(clinic, plan.seed)
        calls = back_office.call_insurers(clinic, plan.seed)
    with clock.at(moment(day, 17, 30)):
        waiting = front_desk.expected(day)
        left = plan.per_day - front_desk.arrived(day)  # an interrupted day goes on
        come, stay = waiting[:left], waiting[left:]
        encounters = front_desk.receive(clinic, come, plan.seed)
        front_desk.ask_payers(clinic, encounters, plan.seed)
        front_desk.missed(clinic, stay)
    with clock.at(moment(day, 18, 30)):
        unsigned = front_desk.to_document(day)
        if is_last:
            unsigned = front_desk.leave_unsigned(clinic, unsigned)
        front_desk.document(unsigned, plan.seed)
    return (
        f"{len(encounters)} visits, {coded} coded, {sent} billed, {corrected} corrected, "
        f"{fixed} resent, {given_up} given up, {calls} calls"
    )


def _today(plan: Plan, clinic: Clinic, schedule: Schedule, day: dt.date, number: int) -> str:
    """The morning on which the demo is opened: yesterday waits for the coder."""
    with clock.at(moment(day - dt.timedelta(days=1), 19)):
        for ahead in range(_AHEAD + 1):
            schedule.put(day + dt.timedelta(days=ahead), number + ahead)
        front_desk.ask_ahead(clinic, front_desk.expected(day), day, plan.seed)
    run_inbound_cycle()
    follow_up_sweep()
    waiting = front_desk.expected(day)
    now = clock.now()
    here = [one for one in waiting if one.starts_at <= now] or waiting
    left = max(2, plan.per_day // 5) - front_desk.arrived(day)
    encounters = []
    for one in here[: max(left, 0)]:
        with clock.at(min(one.starts_at, now)):
            encounters += front_desk.receive(clinic, [one], plan.seed)
    front_desk.ask_payers(clinic, encounters, plan.seed)
    return f"{len(encounters)} patients are here, {len(waiting) - len(encounters)} are expected"
