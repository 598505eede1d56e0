"""After money moved: which claims are answered, which are finished, which visits are closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from claims.enums import ClaimState
from claims.models import Claim, ClaimLine, Submission
from claims.queries.submissions import current_among
from claims.services import mark_adjudicated
from claims.states import CLAIM
from coding.models import ChargeLine
from core import clock
from encounters.enums import EncounterStatus
from encounters.models import Encounter
from encounters.states import ENCOUNTER
from payments.models import RemittanceClaim
from payments.services.posting.receivers import announce_posted


def close_posting(answers: Sequence[tuple[RemittanceClaim, Submission]]) -> None:
    """The last step of every posting to claims, whether from a file or by hand.

    Claims get their state, then the stages above do their part (denials are opened and
    decided), then visits for which nobody owes anything are closed. The payments' rows are
    written and their claims locked by the caller.
    """
    if not answers:
        return
    settle_claims(answers)
    announce_posted([row.pk for row, _ in answers])
    close_encounters(submission.claim.encounter_id for _, submission in answers)


def settle_claims(answers: Sequence[tuple[RemittanceClaim, Submission]]) -> None:
    """Mark what these posted payments answered.

    The answered submission and its claim get their time of adjudication and the payer's
    claim number. A claim whose payer owes nothing more is closed, one with a balance stays
    answered (and is reopened when a reversal brought a balance back).
    """
    now = clock.now()
    answered = [(row, submission) for row, submission in answers if not row.is_reversal]
    # Asked now: what was read before the lock may have been replaced by a correction since.
    current = current_among(submission.pk for _, submission in answered)
    Submission.objects.filter(
        pk__in=[submission.pk for _, submission in answered], adjudicated_at=None
    ).update(adjudicated_at=now)
    mark_adjudicated([s.claim_id for _, s in answered if s.pk in current])
    numbers = {
        submission.claim_id: row.payer_claim_number
        for row, submission in answered
        if row.payer_claim_number and submission.pk in current
    }
    claim_ids = {submission.claim_id for _, submission in answers}
    first_answers = {submission.claim_id for _, submission in answered}
    owing = claims_owed_by_payer(claim_ids)
    claims = list(Claim.objects.filter(pk__in=claim_ids).order_by("pk"))
    moves: list[tuple[Claim, str]] = []
    for claim in claims:
        if claim.pk in first_answers:
            claim.first_adjudicated_at = claim.first_adjudicated_at or now
        claim.payer_claim_number = numbers.get(claim.pk, claim.payer_claim_number)
        state = claim.state
        if state in (ClaimState.ADJUDICATED, ClaimState.CLOSED):
            state = ClaimState.ADJUDICATED if claim.pk in owing else ClaimState.CLOSED
            claim.closed_at = None if claim.pk in owing else claim.closed_at or now
        moves.append((claim, state))
    CLAIM.move_all(moves, fields=["first_adjudicated_at", "payer_claim_number", "closed_at"])


def claims_owed_by_payer(claim_ids: Iterable[int]) -> set[int]:
    """Those of the claims on whose current lines a payer's balance stands (either sign)."""
    rows = (
        ClaimLine.objects.filter(
            submission__claim_id__in=set(claim_ids), submission__is_current=True
        )
        .exclude(charge_line__receivable__payer_balance=0)
        .values_list("submission__claim_id", flat=True)
        .distinct()
    )
    return set(rows)


def close_paid_claims(claim_ids: Iterable[int]) -> None:
    """Close answered claims without a payer's balance, and their visits without any.

    For the moments after a write-off or a transfer, when no remittance arrives.
    """
    ids = set(claim_ids)
    done = ids - claims_owed_by_payer(ids)
    CLAIM.move_where(
        Claim.objects.filter(pk__in=done),
        before=[ClaimState.ADJUDICATED, ClaimState.DENIED],
        to=ClaimState.CLOSED,
        closed_at=clock.now(),
    )
    close_encounters(Claim.objects.filter(pk__in=ids).values_list("encounter_id", flat=True))


def close_encounters(encounter_ids: Iterable[int]) -> int:
    """Close the billed visits for which nobody owes anything; how many were closed.

    Every claim is closed and every receivable of the visit is at zero for payers and patient
    alike. The caller has locked the claims and the visits (`claims.locks.claims_and_visits`).
    """
    visits = Encounter.objects.filter(pk__in=set(encounter_ids))
    open_claims = Claim.objects.filter(encounter=OuterRef("pk")).exclude(state=ClaimState.CLOSED)
    owed = ChargeLine.objects.filter(version__encounter=OuterRef("pk")).filter(
        ~Q(receivable__payer_balance=0) | ~Q(receivable__patient_balance=0),
        receivable__isnull=False,
    )
    return ENCOUNTER.move_where(
        visits.filter(~Exists(open_claims), ~Exists(owed)),
        before=[EncounterStatus.BILLED],
        to=EncounterStatus.CLOSED,
        closed_at=clock.now(),
    )
