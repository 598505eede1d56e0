"""Coded visits become claims: a set of visits at a time, a handful of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch

from claims import rules
from claims.enums import ClaimKind
from claims.models import Claim, ClaimLine, Submission
from claims.services.numbering import next_claim_numbers
from coding.models import ChargeLine, CodingVersion
from core import clock
from core.access.models import User
from core.audit.services import EventData, record_many
from core.money import total
from encounters import locks as visit_locks
from encounters.enums import EncounterStatus
from encounters.models import Encounter, PayerPolicy

BATCH = 1000


@dataclass(slots=True)
class BuildResult:
    """What building did. `problems` maps an encounter's number to why it got no claim."""

    claim_ids: list[int] = field(default_factory=list)
    encounters: int = 0
    self_pay: int = 0
    problems: dict[str, str] = field(default_factory=dict)


def build_claims(
    *, encounter_ids: Collection[int] | None = None, by: User | None = None
) -> BuildResult:
    """Make the claims of coded visits: all that wait, or only these.

    A visit without insurance gets none. A visit with more than 50 lines gets several. A
    visit that has its claims is left alone, so that a repeat changes nothing. The claims
    are drafts until `scrub_claims` looked at them.
    """
    result = BuildResult()
    last = 0
    while True:
        with transaction.atomic():
            encounters = _waiting(encounter_ids, after=last)
            if not encounters:
                break
            last = encounters[-1].pk
            _build(encounters, by, result)
    result.self_pay = _self_pay(encounter_ids)
    return result


def _waiting(encounter_ids: Collection[int] | None, *, after: int) -> list[Encounter]:
    complete = CodingVersion.objects.filter(state=CodingVersion.State.COMPLETE).prefetch_related(
        Prefetch("lines", ChargeLine.objects.order_by("position"))
    )
    rows = Encounter.objects.filter(
        ~Exists(Claim.objects.filter(encounter=OuterRef("pk"))),
        status=EncounterStatus.CODED,
        on_hold_since=None,
        primary_coverage__isnull=False,
        pk__gt=after,
    )
    if encounter_ids is not None:
        rows = rows.filter(pk__in=encounter_ids)
    rows = rows.select_related("primary_coverage__payer").prefetch_related(
        Prefetch("coding_versions", complete, to_attr="complete_versions")
    )
    return visit_locks.encounters(rows, skip_locked=encounter_ids is None, most=BATCH)


def _self_pay(encounter_ids: Collection[int] | None) -> int:
    rows = Encounter.objects.filter(status=EncounterStatus.CODED, primary_coverage=None)
    return (rows if encounter_ids is None else rows.filter(pk__in=encounter_ids)).count()


@dataclass(slots=True)
class _Plan:
    encounter: Encounter
    version: CodingVersion
    policy: PayerPolicy
    part: int
    lines: Sequence[ChargeLine]


def _build(encounters: Sequence[Encounter], by: User | None, result: BuildResult) -> None:
    plans = _plans(encounters, result)
    if not plans:
        return
    now = clock.now()
    claims = [
        _claim(plan, number, now)
        for plan, number in zip(plans, next_claim_numbers(len(plans)), strict=True)
    ]
    Claim.objects.bulk_create(claims, batch_size=500)
    submissions = Submission.objects.bulk_create(
        [
            first_submission(claim, plan.version, attempt=1)
            for claim, plan in zip(claims, plans, strict=True)
        ],
        batch_size=500,
    )
    ClaimLine.objects.bulk_create(
        [
            line
            for submission, plan in zip(submissions, plans, strict=True)
            for line in claim_lines(submission, plan.lines)
        ],
        batch_size=1000,
    )
    record_many(
        [
            EventData(
                actor=by,
                action="claim.built",
                subject=claim,
                patient_id=plan.encounter.patient_id,
                detail={"lines": len(plan.lines), "charge": str(claim.total_charge)},
            )
            for claim, plan in zip(claims, plans, strict=True)
        ]
    )
    result.claim_ids += [claim.pk for claim in claims]
    result.encounters += len({plan.encounter.pk for plan in plans})


def _plans(encounters: Sequence[Encounter], result: BuildResult) -> list[_Plan]:
    payers = {
        encounter.primary_coverage.payer_id
        for encounter in encounters
        if encounter.primary_coverage
    }
    policies: dict[int, list[PayerPolicy]] = {payer: [] for payer in payers}
    for each in PayerPolicy.objects.filter(payer_id__in=payers):
        policies[each.payer_id].append(each)
    plans = []
    for encounter in encounters:
        assert encounter.primary_coverage is not None  # the query asked for it
        payer = encounter.primary_coverage.payer
        policy = rules.effective_on(policies[payer.pk], encounter.service_date)
        versions: list[CodingVersion] = encounter.complete_versions  # type: ignore[attr-defined]
        lines = list(versions[0].lines.all()) if versions else []
        if policy is None:
            result.problems[encounter.number] = (
                f"No rules of {payer.name} are recorded for {encounter.service_date:%b %-d, %Y}. "
                "Administrator: add the payer's policy."
            )
        elif not lines:
            result.problems[encounter.number] = "It has no complete coding. Code it again."
        else:
            plans += [
                _Plan(encounter, versions[0], policy, part, chunk)
                for part, chunk in enumerate(rules.split(lines), start=1)
            ]
    return plans


def _claim(plan: _Plan, number: str, now: datetime) -> Claim:
    coverage = plan.encounter.primary_coverage
    assert coverage is not None
    first_day = min(line.service_date for line in plan.lines)
    return Claim(
        number=number,
        encounter=plan.encounter,
        kind=ClaimKind.PROFESSIONAL,
        part=plan.part,
        payer_id=coverage.payer_id,
        coverage=coverage,
        facility_id=plan.encounter.facility_id,
        service_date=plan.encounter.service_date,
        total_charge=total(line.charge for line in plan.lines),
        filing_deadline=rules.filing_deadline(first_day, plan.policy.timely_filing_days),
        created_at=now,
    )


def first_submission(claim: Claim, version: CodingVersion, *, attempt: int) -> Submission:
    """An original submission of the claim, not saved yet; its lines come from `claim_lines`."""
    return Submission(
        claim=claim,
        number=attempt,
        control_number=rules.submission_number(claim.number, attempt),
        coding_version=version,
        coverage_id=claim.coverage_id,
        total_charge=claim.total_charge,
        created_at=clock.now(),
    )


def claim_lines(submission: Submission, lines: Sequence[ChargeLine]) -> list[ClaimLine]:
    """The service lines of a submission as they are sent, not saved yet."""
    return [
        ClaimLine(
            submission=submission,
            charge_line=line,
            position=position,
            control_number=rules.line_number(submission.control_number, position),
            code=line.code,
            modifiers=line.modifiers,
            units=line.units,
            charge=line.charge,
            pointers=line.pointers,
            service_date=line.service_date,
            place_of_service=line.place_of_service,
        )
        for position, line in enumerate(lines, start=1)
    ]


def build_missing_parts(claim: Claim, version: CodingVersion, *, by: User | None) -> list[Claim]:
    """Further claims for a coding that outgrew the claims of its visit; drafts, like all new ones.

    Call it with the claim locked, after its own lines were taken from this coding.
    """
    parts = rules.split(list(version.lines.all()))
    siblings = Claim.objects.filter(
        encounter_id=claim.encounter_id, kind=claim.kind, payer_sequence=claim.payer_sequence
    )
    known = set(siblings.values_list("part", flat=True))
    missing = [part for part in range(1, len(parts) + 1) if part not in known]
    made = []
    for part, number in zip(missing, next_claim_numbers(len(missing)), strict=True):
        new = Claim.objects.create(
            number=number,
            encounter_id=claim.encounter_id,
            kind=claim.kind,
            part=part,
            payer_sequence=claim.payer_sequence,
            payer_id=claim.payer_id,
            coverage_id=claim.coverage_id,
            facility_id=claim.facility_id,
            service_date=claim.service_date,
            filing_deadline=claim.filing_deadline,
            total_charge=total(line.charge for line in parts[part - 1]),
            created_at=clock.now(),
        )
        submission = first_submission(new, version, attempt=1)
        submission.save()
        ClaimLine.objects.bulk_create(claim_lines(submission, parts[part - 1]))
        record_many(
            [
                EventData(
                    actor=by,
                    action="claim.built",
                    subject=new,
                    patient_id=claim.encounter.patient_id,
                    detail={"lines": len(parts[part - 1]), "charge": str(new.total_charge)},
                )
            ]
        )
        made.append(new)
    return made
