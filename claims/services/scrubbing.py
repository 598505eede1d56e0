"""Scrubbing: unsent claims are rebuilt, checked against every rule, and held or released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from claims import locks, rules
from claims.enums import ClaimState, TaskKind
from claims.models import Claim, ScrubFinding
from claims.queries.scrubbing import ScrubCase, current_submissions, scrub_cases
from claims.scrub import scrub
from claims.services.claim_tasks import NewTask, close_tasks, open_tasks
from claims.services.refreshing import refresh_unsent
from claims.states import CLAIM
from coding.rules import check_visit
from coding.rules.book import CodeBook
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many
from core.findings import Finding, sorted_findings

BATCH = 1000
RECOVERY_PROBABILITY = Decimal("0.9")
"""A held claim is nearly always paid once it is fixed."""

Key = tuple[str, str, str]


@dataclass(slots=True)
class ScrubResult:
    """What scrubbing did; the lists hold ids of claims."""

    ready: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def scrub_claims(
    claim_ids: Collection[int] | None = None, *, by: User | None = None
) -> ScrubResult:
    """Check the claims that were not sent yet: all drafts, or these in draft, held or ready.

    Each is rebuilt from the newest coding and coverage first. No error: ready (warnings are
    kept and shown). Errors: held, with a case in the scrub queue. Whether a claim was clean
    is decided by its first scrub and never changes.
    """
    result = ScrubResult()
    last = 0
    while True:
        with transaction.atomic():
            claims = _to_scrub(claim_ids, after=last)
            if not claims:
                return result
            last = claims[-1].pk
            scrub_locked(claims, by=by, result=result)


def _to_scrub(claim_ids: Collection[int] | None, *, after: int) -> list[Claim]:
    rows = Claim.objects.filter(pk__gt=after)
    if claim_ids is None:
        rows = rows.filter(state=ClaimState.DRAFT)
    else:
        rows = rows.filter(pk__in=claim_ids, state__in=rules.NEVER_SENT)
    return locks.claims(rows, skip_locked=claim_ids is None, most=BATCH)


def scrub_locked(
    claims: Sequence[Claim], *, by: User | None, result: ScrubResult | None = None
) -> ScrubResult:
    """Scrub claims that the caller has locked, inside the caller's transaction."""
    result = result or ScrubResult()
    submissions = current_submissions([claim.pk for claim in claims])
    if refresh_unsent(submissions, by=by):
        submissions = current_submissions([claim.pk for claim in claims])
    cases, book = scrub_cases(submissions)
    found = {case.submission.pk: find(case, book) for case in cases}
    _store_findings(found)
    _decide(cases, found, by, result)
    return result


def find(case: ScrubCase, book: CodeBook) -> list[Finding]:
    """Findings of the claim rules and of the coding edits; the same place is named once."""
    own = scrub(case.facts)
    places = {finding.path for finding in own if finding.is_error}
    coding = [finding for finding in check_visit(case.visit, book) if finding.path not in places]
    return sorted_findings([*own, *coding])


def _key(row: Finding | ScrubFinding) -> Key:
    return row.code, row.path, row.message


def _store_findings(found: dict[int, list[Finding]]) -> None:
    """New findings are added, those that are gone are resolved; what stays keeps its time."""
    now = clock.now()
    standing: dict[int, dict[Key, ScrubFinding]] = defaultdict(dict)
    for row in ScrubFinding.objects.filter(submission_id__in=found, resolved_at=None):
        standing[row.submission_id][_key(row)] = row
    new: list[ScrubFinding] = []
    resolved: list[int] = []
    for submission_id, findings in found.items():
        before = standing[submission_id]
        keys = {_key(finding) for finding in findings}
        resolved += [row.pk for key, row in before.items() if key not in keys]
        new += [
            ScrubFinding(
                submission_id=submission_id,
                code=finding.code,
                severity=finding.severity,
                path=finding.path[:120],
                message=finding.message,
                fix=finding.fix,
                at_stake=finding.at_stake,
                found_at=now,
            )
            for finding in findings
            if _key(finding) not in before
        ]
    ScrubFinding.objects.bulk_create(new, batch_size=1000)
    if resolved:
        ScrubFinding.objects.filter(pk__in=resolved).update(resolved_at=now)


def _decide(
    cases: Sequence[ScrubCase],
    found: dict[int, list[Finding]],
    by: User | None,
    result: ScrubResult,
) -> None:
    now = clock.now()
    events = []
    moves: list[tuple[Claim, str]] = []
    to_hold: list[NewTask] = []
    for case in cases:
        claim, findings = case.claim, found[case.submission.pk]
        errors = [one for one in findings if one.is_error]
        state = ClaimState.HELD if errors else ClaimState.READY
        if claim.first_scrubbed_at is None:
            claim.first_scrubbed_at, claim.was_clean = now, not errors
        if errors:
            to_hold.append(NewTask(claim, claim.filing_deadline, RECOVERY_PROBABILITY))
            result.held.append(claim.pk)
        else:
            result.ready.append(claim.pk)
        for finding in findings:
            result.findings[finding.code] += 1
        if claim.state != state:
            events.append(_event(case, findings, claim.state, state, by))
        moves.append((claim, state))
    CLAIM.move_all(moves, fields=["first_scrubbed_at", "was_clean"])
    open_tasks(TaskKind.SCRUB, to_hold)
    ready = [case.claim.pk for case in cases if case.claim.state == ClaimState.READY]
    close_tasks(ready, kinds=[TaskKind.SCRUB], outcome="Fixed: the claim is clean", user=by)
    record_many(events)


def _event(
    case: ScrubCase, findings: list[Finding], before: str, after: ClaimState, by: User | None
) -> EventData:
    return EventData(
        actor=by,
        action="claim.held" if after == ClaimState.HELD else "claim.cleared",
        subject=case.claim,
        patient_id=case.claim.encounter.patient_id,
        detail={"from": before, "findings": sorted({finding.code for finding in findings})},
    )
