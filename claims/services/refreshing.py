"""Bringing a submission that was never sent up to date with the chart and the coding."""

from __future__ import annotations

from collections.abc import Sequence

from claims import rules
from claims.enums import Frequency
from claims.models import Claim, ClaimLine, Submission
from claims.queries.scrubbing import newest_codings
from claims.services.building import build_missing_parts, claim_lines
from coding.models import ChargeLine, CodingVersion
from core.access.models import User
from core.audit.services import EventData, record_many
from core.money import total
from encounters.models import Coverage, PayerPolicy


def refresh_unsent(submissions: Sequence[Submission], *, by: User | None) -> list[int]:
    """Rebuild from the newest complete coding and the coverage that is on the chart now.

    Only submissions without a file are given. A secondary claim keeps its own coverage.
    Returns the claims that changed; their rows in memory are stale afterwards.
    """
    codings = newest_codings({one.claim.encounter_id for one in submissions})
    recoded: list[tuple[Submission, CodingVersion]] = []
    recovered: list[tuple[Submission, Coverage]] = []
    for one in submissions:
        version = codings.get(one.claim.encounter_id)
        if version is not None and version.pk != one.coding_version_id:
            recoded.append((one, version))
        # The front desk moves the open visits along when it corrects a coverage.
        coverage = one.claim.encounter.primary_coverage
        if one.claim.payer_sequence == 1 and coverage and coverage.pk != one.coverage_id:
            recovered.append((one, coverage))
    for submission, version in recoded:
        recode(submission, version)
        build_missing_parts(submission.claim, version, by=by)
    for submission, coverage in recovered:
        move_to_coverage(submission, coverage)
    changed = [one.claim_id for one, _ in recoded] + [one.claim_id for one, _ in recovered]
    if changed:
        _audit(recoded, recovered, by)
    return changed


def lines_to_bill(claim: Claim, version: CodingVersion, frequency: str) -> Sequence[ChargeLine]:
    """The charge lines of this claim: of its part, when the visit needs several claims.

    A replacement bills all of them again. A new original does not bill a service again that the
    payer settled before: the payer would refuse it as a duplicate (OA-18).
    """
    parts = rules.split(list(version.lines.select_related("receivable").order_by("position")))
    lines = parts[claim.part - 1] if claim.part <= len(parts) else []
    if frequency != Frequency.ORIGINAL or claim.first_adjudicated_at is None:
        return lines
    return [one for one in lines if one.receivable is None or one.receivable.payer_balance > 0]


def recode(submission: Submission, version: CodingVersion) -> None:
    """Replace the lines of an unsent submission by those of this coding."""
    claim = submission.claim
    submission.lines.all().delete()
    lines = lines_to_bill(claim, version, submission.frequency)
    ClaimLine.objects.bulk_create(claim_lines(submission, lines))
    charge = total(line.charge for line in lines)
    Submission.objects.filter(pk=submission.pk).update(coding_version=version, total_charge=charge)
    if charge > 0:
        Claim.objects.filter(pk=claim.pk).update(total_charge=charge)


def move_to_coverage(submission: Submission, coverage: Coverage) -> None:
    """Bill another coverage of the patient; the payer and the filing limit follow it."""
    claim = submission.claim
    mine = Submission.objects.filter(pk=submission.pk)
    mine.update(coverage=coverage)
    values: dict[str, object] = {"coverage": coverage, "payer_id": coverage.payer_id}
    if coverage.payer_id != claim.payer_id:
        # A payer that never had the claim cannot replace it: it gets an original.
        mine.update(frequency=Frequency.ORIGINAL, original_reference="")
        policies = PayerPolicy.objects.filter(payer_id=coverage.payer_id)
        policy = rules.effective_on(policies, claim.service_date)
        if policy is not None:
            values["filing_deadline"] = rules.filing_deadline(
                claim.service_date, policy.timely_filing_days
            )
    Claim.objects.filter(pk=claim.pk).update(**values)


def _audit(
    recoded: Sequence[tuple[Submission, CodingVersion]],
    recovered: Sequence[tuple[Submission, Coverage]],
    by: User | None,
) -> None:
    events = [
        EventData(
            actor=by,
            action="claim.recoded",
            subject=one.claim,
            patient_id=one.claim.encounter.patient_id,
            detail={"from": one.coding_version_id, "to": version.pk},
        )
        for one, version in recoded
    ]
    events += [
        EventData(
            actor=by,
            action="claim.coverage_changed",
            subject=one.claim,
            patient_id=one.claim.encounter.patient_id,
            detail={"from": one.coverage_id, "to": coverage.pk},
        )
        for one, coverage in recovered
    ]
    record_many(events)
