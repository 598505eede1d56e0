"""Answering a denial: the codes are corrected and a corrected claim goes out, in one action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from claims.enums import Frequency
from claims.models import Claim, Submission
from claims.services import create_corrected_submission
from coding.models import ChargeLine, CodingVersion
from coding.services.assessing import LineInput
from coding.services.revising import revise_coding
from core import clock
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from core.work.services import close_items
from denials import locks
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.detail import policy_on
from denials.rules.playbook import sends_replacement
from denials.states import DENIAL


@dataclass(frozen=True, slots=True)
class Corrected:
    """The new submission, and every denial of the claim that it answers."""

    submission: Submission
    corrections: list[Correction]


def correct_denial(
    *,
    denial_id: int,
    by: User,
    diagnoses: Sequence[str],
    lines: Sequence[LineInput],
    reason: str,
) -> Corrected:
    """Correct the claim's codes and send it again, in one transaction.

    With a payer that takes frequency code 7 it is a replacement that names the payer's own
    claim number (REF*F8); with one that does not (Medicare Part B) it is a new claim. Codes
    that did not change make no new version (a corrected authorization, say). The
    submission answers every open denial of the claim. Raises `Refused` without a reason,
    when the denial is no longer open, when the payer's claim number is missing, and for
    what the edits and the claim builder refuse.
    """
    if not reason.strip():
        raise Refused(
            "A correction needs its reason.",
            fix="Say in a few words what was wrong.",
            code="no_reason",
        )
    with transaction.atomic():
        claim, denials = locks.claim_and_open_denials(denial_id)
        if denial_id not in {denial.pk for denial in denials}:
            raise Refused(
                "This denial is no longer open.",
                fix="Look at the claim's story: somebody may have corrected it already.",
                code="not_open",
                conflict=True,
                denial_id=denial_id,
            )
        current = claim.submissions.get(is_current=True)
        version = _version(claim, by, diagnoses, lines, reason)
        submission = _submit(claim, version, replaces=_replaces(claim, denials, denial_id), by=by)
        corrections = _write(denials, current, submission, by, reason)
        record(
            actor=by,
            action="denial.corrected",
            subject=claim,
            patient_id=claim.encounter.patient_id,
            reason=reason.strip()[:255],
            detail={
                "submission": submission.pk,
                "frequency": submission.frequency,
                "denials": [denial.pk for denial in denials],
            },
        )
        return Corrected(submission, corrections)


def _version(
    claim: Claim, by: User, diagnoses: Sequence[str], lines: Sequence[LineInput], reason: str
) -> CodingVersion:
    """The version to send: a new one when a code changed, else the one in force."""
    in_force = (
        CodingVersion.objects.filter(encounter=claim.encounter, state=CodingVersion.State.COMPLETE)
        .prefetch_related("diagnoses", "lines")
        .get()
    )
    before = (
        [diagnosis.code for diagnosis in in_force.diagnoses.all()],
        [_key(line.code, line.modifiers, line.units, line.pointers) for line in _lines(in_force)],
    )
    after = (
        [code.strip().upper() for code in diagnoses],
        [_key(line.code, line.modifiers, line.units, line.pointers) for line in lines],
    )
    charges_changed = any(
        line.charge is not None and line.charge != old.charge
        for line, old in zip(lines, _lines(in_force), strict=False)
    )
    if before == after and not charges_changed:
        return in_force
    return revise_coding(
        encounter_id=claim.encounter_id, coder=by, diagnoses=diagnoses, lines=lines, reason=reason
    )


def _lines(version: CodingVersion) -> list[ChargeLine]:
    return sorted(version.lines.all(), key=lambda line: line.position)


def _key(
    code: str, modifiers: Sequence[str], units: int, pointers: Sequence[int]
) -> tuple[str, tuple[str, ...], int, tuple[int, ...]]:
    return code, tuple(modifiers), units, tuple(pointers)


def _replaces(claim: Claim, denials: Sequence[Denial], denial_id: int) -> bool:
    """Whether it goes out as a replacement: the payer takes one and did process the claim."""
    policy = policy_on(claim.payer_id, clock.today())
    route = next(denial.route for denial in denials if denial.pk == denial_id)
    return sends_replacement(route, accepts=policy is None or policy.accepts_frequency_7)


def _submit(claim: Claim, version: CodingVersion, *, replaces: bool, by: User) -> Submission:
    if replaces and not claim.payer_claim_number:
        raise Refused(
            "The payer's own claim number is not known, and a replacement has to name it.",
            fix="Take it from the payer's remittance or portal, or send a new claim.",
            code="no_payer_number",
            claim_id=claim.pk,
        )
    return create_corrected_submission(
        claim_id=claim.pk,
        coding_version_id=version.pk,
        frequency=Frequency.REPLACEMENT if replaces else Frequency.ORIGINAL,
        original_reference=claim.payer_claim_number if replaces else "",
        by=by,
    )


def _write(
    denials: Sequence[Denial],
    before: Submission,
    after: Submission,
    by: User,
    reason: str,
) -> list[Correction]:
    DENIAL.move_all((denial, DenialState.CORRECTED) for denial in denials)
    close_items(
        [denial.work_item_id for denial in denials],
        outcome=f"Corrected claim {after.control_number}",
        user=by,
    )
    return Correction.objects.bulk_create(
        Correction(
            denial=denial,
            from_submission=before,
            to_submission=after,
            made_by=by,
            made_at=clock.now(),
            reason=reason.strip()[:255],
        )
        for denial in denials
    )
