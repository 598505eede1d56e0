"""The coder's and the billers' day: codes, claims, rejections, denials, calls."""

from __future__ import annotations

import datetime as dt

from claims.enums import CallOutcome, ClaimState, TaskKind
from claims.models import Claim, ClaimTask
from claims.services import (
    build_claims,
    log_call,
    queue_claims,
    resubmit_rejected,
    scrub_claims,
    submit_claims,
)
from coding.models import ChargeLine, CodingVersion
from coding.rules.book import CodeBook
from coding.services.coding import EncounterCodes, code_encounters
from core import clock
from core.access.enums import Role
from core.errors import Refused
from denials.enums import DenialState, RootCause
from denials.models import Denial
from denials.services import correct_denial, write_off_denial
from encounters.enums import EncounterStatus
from encounters.models import Coverage, Encounter
from encounters.rules.details import CoverageDetails
from encounters.services import change_coverage
from simulator.demo.chance import pick, share
from simulator.demo.clinic import Clinic
from simulator.demo.visits import BY_REASON
from simulator.sandbox.members import Scenario, scenario_of

SLIPS = 0.1
"""Share of the visits with a modifier to forget in which the coder does forget it."""
_HOPELESS = frozenset({"18", "26", "27", "29", "31", "97", "109", "119", "257"})


def code_visits(clinic: Clinic, *, before: dt.date, book: CodeBook, seed: int) -> int:
    """The coder works off what was documented before a day."""
    encounters = list(
        Encounter.objects.filter(
            status=EncounterStatus.DOCUMENTED, service_date__lt=before, on_hold_since=None
        ).order_by("service_date", "pk")
    )
    codes = []
    for encounter in encounters:
        visit = BY_REASON.get(encounter.reason)
        if visit is None:
            continue
        slips = visit.can_slip if share(seed, "slip", encounter.number) < SLIPS else []
        forget = pick(slips, seed, "which", encounter.number) if slips else ""
        codes.append(EncounterCodes(encounter.pk, visit.codes, visit.lines(forget=forget)))
    code_encounters(codes, coder=clinic.users[Role.CODER], book=book)
    return len(codes)


def bill(clinic: Clinic, *, keep: int = 0) -> int:
    """Claims of everything that is coded: built, scrubbed, queued but for the last `keep`, sent."""
    biller = clinic.users[Role.BILLER]
    build_claims(by=biller)
    scrub_claims(by=biller)
    ready = list(
        Claim.objects.filter(state=ClaimState.READY).order_by("pk").values_list("pk", flat=True)
    )
    queue_claims(ready[: len(ready) - keep], by=biller)
    submit_claims()
    return len(ready)


def work_rejections(clinic: Clinic, seed: int) -> int:
    """A mistyped member number is corrected and the claim sent again; some wait longer."""
    done = 0
    biller = clinic.users[Role.BILLER]
    for claim in Claim.objects.filter(state=ClaimState.REJECTED).select_related(
        "coverage__payer", "encounter__primary_coverage"
    ):
        coverage = claim.encounter.primary_coverage
        if coverage is None:
            continue
        mistyped = scenario_of(coverage.subscriber_number) is Scenario.NOT_FOUND
        if not mistyped and coverage.replaces_id is None:
            continue
        if share(seed, "rejection", claim.number, clock.today()) > 0.3:
            continue
        if mistyped:
            _correct_number(clinic, coverage.pk)
        try:
            resubmit_rejected(claim_id=claim.pk, by=biller)
        except Refused:
            continue
        done += 1
    return done


def _correct_number(clinic: Clinic, coverage_id: int) -> None:
    """The last two characters were mistyped: the card says another number."""
    old = Coverage.objects.get(pk=coverage_id)
    number = old.subscriber_number[:-2] + f"{int(old.pk) % 80:02d}"
    details = CoverageDetails(
        payer_id=old.payer_id,
        subscriber_number=number,
        effective_from=old.effective_from,
        effective_to=old.effective_to,
        priority=old.priority,
        plan_name=old.plan_name,
        group_number=old.group_number,
        relationship=old.relationship,
        subscriber_last_name=old.subscriber_last_name,
        subscriber_first_name=old.subscriber_first_name,
        subscriber_birth_date=old.subscriber_birth_date,
        subscriber_sex=old.subscriber_sex,
    )
    change_coverage(
        coverage_id=old.pk,
        details=details,
        by=clinic.users[Role.FRONT_DESK],
        reason="Member number was mistyped; read from the card again.",
    )


def work_denials(clinic: Clinic, seed: int) -> tuple[int, int]:
    """Correct what a correction answers, write off what nothing answers. (Corrected, given up.)"""
    corrected = given_up = 0
    worked: set[int] = set()
    waiting = Denial.objects.filter(
        state=DenialState.OPEN, denied_on__lt=clock.today() - dt.timedelta(days=1)
    ).select_related("claim__encounter")
    for denial in waiting.order_by("pk"):
        if denial.claim_id in worked or share(seed, "denial", denial.pk, clock.today()) > 0.3:
            continue
        if share(seed, "stays", denial.claim.number) < 0.2:
            continue
        worked.add(denial.claim_id)
        if _correct(clinic, denial):
            corrected += 1
        elif denial.carc in _HOPELESS and share(seed, "give up", denial.pk) < 0.5:
            given_up += _give_up(clinic, denial)
    return corrected, given_up


def _correct(clinic: Clinic, denial: Denial) -> bool:
    visit = BY_REASON.get(denial.claim.encounter.reason)
    if visit is None or denial.root_cause == RootCause.ELIGIBILITY:
        return False
    version = (
        CodingVersion.objects.filter(
            encounter=denial.claim.encounter_id, state=CodingVersion.State.COMPLETE
        )
        .prefetch_related("lines")
        .get()
    )
    billed = [tuple(line.modifiers) for line in sorted(version.lines.all(), key=_position)]
    right = visit.lines()
    missing = {m for b, r in zip(billed, right, strict=False) for m in set(r.modifiers) - set(b)}
    if not missing or len(billed) != len(right):
        return False
    names = " and ".join(sorted(missing))
    try:
        correct_denial(
            denial_id=denial.pk,
            by=clinic.users[Role.BILLER],
            diagnoses=visit.codes,
            lines=right,
            reason=f"Modifier {names} was missing; the note supports it.",
        )
    except Refused:
        return False
    return True


def _position(line: ChargeLine) -> int:
    return line.position


def _give_up(clinic: Clinic, denial: Denial) -> int:
    try:
        write_off_denial(
            denial_id=denial.pk,
            by=clinic.users[Role.BILLER],
            reason="The payer's rule leaves no way to be paid for it.",
        )
    except Refused:
        return 0
    return 1


_SAID = (
    (CallOutcome.IN_PROCESS, "The claim is on file and in process; asked to call again."),
    (CallOutcome.NO_ANSWER, "Held in the line for half an hour, nobody reached."),
    (CallOutcome.IN_PROCESS, "Waiting for a reviewer on their side, no records needed."),
)


_BEFORE_A_CALL = dt.timedelta(days=4)
"""So that the newest cases wait for whoever opens the demo."""


def call_insurers(clinic: Clinic, seed: int) -> int:
    """Each claim that nobody answered gets a call some days after it came into the queue."""
    done = 0
    tasks = ClaimTask.objects.filter(
        kind=TaskKind.FOLLOW_UP,
        closed_at=None,
        calls=None,
        opened_at__lt=clock.now() - _BEFORE_A_CALL,
    ).select_related("claim")
    for task in tasks.order_by("pk"):
        about = seed, "call", task.claim.number
        if share(*about, clock.today()) > 0.25:
            continue
        outcome, words = pick(_SAID, *about, "said")
        reached = outcome != CallOutcome.NO_ANSWER
        log_call(
            claim_id=task.claim_id,
            by=clinic.users[Role.BILLER],
            outcome=outcome,
            summary=words,
            spoke_with="Dana, claims desk" if reached else "",
            reference_number=f"R{int(share(*about, 'ref') * 1e7):07d}" if reached else "",
            next_action_on=clock.today() + dt.timedelta(days=7 if reached else 2),
        )
        done += 1
    return done
