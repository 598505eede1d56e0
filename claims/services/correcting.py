"""Sending a claim again: a rejected one as a new original, an adjudicated one corrected.

The claim's history is kept: the submission that was sent ends with its reason, a new one with the
next number becomes the current one.
"""

from __future__ import annotations

from django.db import transaction

from claims import locks, rules
from claims.enums import ClaimState, Frequency, SubmissionEnd, TaskKind
from claims.models import Claim, ClaimLine, Submission
from claims.queries.scrubbing import newest_codings
from claims.services.building import build_missing_parts, claim_lines
from claims.services.claim_tasks import close_tasks
from claims.services.queueing import queue_locked
from claims.services.refreshing import lines_to_bill
from claims.services.scrubbing import scrub_locked
from claims.states import CLAIM, SUBMISSION_END
from coding.models import CodingVersion
from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from core.money import total
from encounters.models import PayerPolicy

_ANSWERED = (ClaimState.DENIED, ClaimState.ADJUDICATED, ClaimState.CLOSED)


def resubmit_rejected(*, claim_id: int, by: User | None) -> Submission:
    """Send a rejected claim again, rebuilt from the chart and the coding as they stand now.

    An original stays an original (it was never adjudicated). The new submission is scrubbed;
    clean, it is queued; with findings the claim is held. Refused when it is not rejected.
    """
    with transaction.atomic():
        claim = locks.claim(claim_id)
        if claim.state != ClaimState.REJECTED:
            raise Refused(
                f"{claim.number} is not rejected: it is {claim.get_state_display().lower()}. "
                "Open the claim to see its status.",
                code="not-rejected",
                conflict=True,
            )
        before = locks.current_submission(claim)
        coding = newest_codings([claim.encounter_id]).get(claim.encounter_id)
        after = _replace(
            claim,
            before,
            coding or before.coding_version,
            end=SubmissionEnd.REJECTED,
            frequency=Frequency(before.frequency),
            reference=before.original_reference,
        )
        record(
            actor=by,
            action="claim.resubmitted",
            subject=claim,
            patient_id=claim.encounter.patient_id,
            detail={"from": before.control_number, "to": after.control_number},
        )
        close_tasks(
            [claim.pk], kinds=[TaskKind.REJECTION], outcome="Corrected and sent again", user=by
        )
        _scrub_and_queue(claim, by)
        after.refresh_from_db()
        return after


def create_corrected_submission(
    *,
    claim_id: int,
    coding_version_id: int,
    frequency: str = Frequency.REPLACEMENT,
    original_reference: str = "",
    by: User | None,
) -> Submission:
    """A corrected claim after the payer's answer, from another complete coding of the visit.

    `frequency` 7 (replacement) and 8 (void) need the payer's claim number: `original_reference`,
    else the number that the payer gave us; a payer that takes no replacements (Medicare Part
    B) gets a new original. Scrubbed; clean, it is queued; with findings the claim is held.
    Refused before the payer answered.
    """
    with transaction.atomic():
        claim = locks.claim(claim_id)
        if claim.state not in _ANSWERED:
            raise Refused(
                f"The payer has not answered {claim.number} yet "
                f"({claim.get_state_display().lower()}), so there is nothing to correct.",
                code="not-answered",
                conflict=True,
            )
        version = CodingVersion.objects.get(pk=coding_version_id)
        _refuse_other_coding(claim, version)
        reference = _reference(claim, frequency, original_reference)
        before = locks.current_submission(claim)
        after = _replace(
            claim,
            before,
            version,
            frequency=Frequency(frequency),
            reference=reference,
            end=(SubmissionEnd.VOIDED if frequency == Frequency.VOID else SubmissionEnd.REPLACED),
        )
        record(
            actor=by,
            action="claim.corrected",
            subject=claim,
            patient_id=claim.encounter.patient_id,
            detail={
                "from": before.control_number,
                "to": after.control_number,
                "frequency": frequency,
                "coding": version.pk,
            },
        )
        build_missing_parts(claim, version, by=by)
        close_tasks(
            [claim.pk],
            kinds=[TaskKind.REJECTION, TaskKind.FOLLOW_UP],
            outcome="A corrected claim was made",
            user=by,
        )
        _scrub_and_queue(claim, by)
        after.refresh_from_db()
        return after


def _refuse_other_coding(claim: Claim, version: CodingVersion) -> None:
    if version.encounter_id != claim.encounter_id:
        raise Refused(f"These codes are not of the visit that {claim.number} bills.")
    if version.state != CodingVersion.State.COMPLETE:
        raise Refused(
            "These codes are not the complete coding of the visit. Correct the coding first.",
            conflict=True,
        )


def _reference(claim: Claim, frequency: str, original_reference: str) -> str:
    if frequency == Frequency.ORIGINAL:
        return ""
    policy = rules.effective_on(
        PayerPolicy.objects.filter(payer_id=claim.payer_id), claim.service_date
    )
    if policy is not None and not policy.accepts_frequency_7:
        raise Refused(
            f"{claim.payer.name} does not take replacements (frequency {frequency}). Send the "
            "corrected claim as a new original (frequency 1).",
            code="frequency-not-accepted",
        )
    reference = (original_reference or claim.payer_claim_number).strip()
    if not reference:
        raise Refused(
            "A replacement must name the claim that it replaces. Enter the payer's claim number "
            "from the remittance (CLP07).",
            code="original-reference-missing",
        )
    return reference


def _replace(
    claim: Claim,
    before: Submission,
    version: CodingVersion,
    *,
    end: SubmissionEnd,
    frequency: Frequency,
    reference: str,
) -> Submission:
    """End one submission and make the next; the claim is a draft until it is scrubbed."""
    before.is_current = False
    SUBMISSION_END.move(before, end, fields=["is_current"])
    lines = lines_to_bill(claim, version, frequency)
    charge = total(line.charge for line in lines)
    if charge <= 0:
        raise Refused(
            f"Nothing is left to bill on {claim.number}: the corrected coding has no service "
            "there, or the payer settled them all.",
            code="no-service",
        )
    # The scrub that follows moves it to the coverage that is on the chart now.
    after = Submission.objects.create(
        claim=claim,
        number=before.number + 1,
        control_number=rules.submission_number(claim.number, before.number + 1),
        frequency=frequency,
        original_reference=reference,
        coding_version=version,
        coverage_id=claim.coverage_id,
        total_charge=charge,
        created_at=clock.now(),
    )
    ClaimLine.objects.bulk_create(claim_lines(after, lines))
    claim.total_charge, claim.closed_at = charge, None
    CLAIM.move(claim, ClaimState.DRAFT, fields=["total_charge", "closed_at"])
    return after


def _scrub_and_queue(claim: Claim, by: User | None) -> None:
    result = scrub_locked([claim], by=by)
    if claim.pk in result.ready:
        claim.refresh_from_db(fields=["state"])
        queue_locked([claim], by=by)
