"""Which claim of ours each payment of a remittance answers. Reads only; set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claims.models import Claim, ClaimLine, Submission
from claims.queries.submissions import last_sent
from payments.enums import MatchedBy
from payments.models import Remittance, RemittanceClaim, RemittanceLine
from payments.queries.answers import standing_answers
from payments.rules.matching import BilledLine, LineMatch, PaidLine, match_lines


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """The submission a payment answers, or why none could be named."""

    submission: Submission | None
    by: MatchedBy
    reason: str = ""


def match_claims(
    remittance: Remittance, payments: Sequence[RemittanceClaim]
) -> dict[int, ClaimMatch]:
    """Payment id → its submission, by CLP01 first, then by the payer's own number (CLP07).

    A number of ours under another payer than the claim was sent to is not followed: it
    goes to the unposted queue with that reason.
    """
    by_number = _by_control_number({p.patient_control_number for p in payments})
    missing = [p for p in payments if p.patient_control_number not in by_number]
    by_payer_number = _by_payer_number(remittance, {p.payer_claim_number for p in missing})
    matches: dict[int, ClaimMatch] = {}
    for payment in payments:
        submission = by_number.get(payment.patient_control_number)
        by = MatchedBy.CONTROL_NUMBER
        if submission is None:
            submission = by_payer_number.get(payment.payer_claim_number)
            by = MatchedBy.PAYER_NUMBER
        matches[payment.pk] = _weigh(remittance, payment, submission, by)
    return matches


def _weigh(
    remittance: Remittance,
    payment: RemittanceClaim,
    submission: Submission | None,
    by: MatchedBy,
) -> ClaimMatch:
    if submission is None:
        return ClaimMatch(
            None,
            MatchedBy.NONE,
            f"Neither our number {payment.patient_control_number or '(none)'} nor the payer's "
            f"{payment.payer_claim_number or '(none)'} belongs to a claim of ours.",
        )
    if remittance.payer_id is not None and submission.claim.payer_id != remittance.payer_id:
        return ClaimMatch(
            None,
            MatchedBy.NONE,
            f"Claim {submission.claim.number} carries this number but was sent to another payer.",
        )
    return ClaimMatch(submission, by)


def _by_control_number(numbers: set[str]) -> dict[str, Submission]:
    """CLM01 as it was sent; a payer that cuts the attempt off names what was sent last."""
    sent = Submission.objects.filter(transmission__isnull=False)
    found = {
        submission.control_number: submission
        for submission in sent.select_related("claim__encounter").filter(control_number__in=numbers)
    }
    rest = {number for number in numbers if number and number not in found}
    if rest:
        claims = Claim.objects.filter(number__in=rest).values_list("pk", flat=True)
        for submission in last_sent(claims).values():
            found[submission.claim.number] = submission
    return found


def _by_payer_number(remittance: Remittance, numbers: set[str]) -> dict[str, Submission]:
    """The payer's claim control number, when it names exactly one claim with that payer."""
    numbers.discard("")
    if not numbers:
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    if remittance.payer_id is not None:
        rows = Claim.objects.filter(
            payer_id=remittance.payer_id, payer_claim_number__in=numbers
        ).values_list("payer_claim_number", "pk")
        for number, pk in rows:
            found[number].add(pk)
    earlier = RemittanceClaim.objects.filter(
        remittance__payer_key=remittance.payer_key,
        payer_claim_number__in=numbers,
        claim__isnull=False,
    ).values_list("payer_claim_number", "claim_id")
    for number, claim_id in earlier:
        if claim_id is not None:
            found[number].add(claim_id)
    one = {number: next(iter(ids)) for number, ids in found.items() if len(ids) == 1}
    sent = last_sent(one.values())
    return {number: sent[claim_id] for number, claim_id in one.items() if claim_id in sent}


def billed_lines(submission_ids: Iterable[int]) -> dict[int, list[ClaimLine]]:
    """Submission id → its lines in order, each with its charge line (for the receivable)."""
    lines: dict[int, list[ClaimLine]] = defaultdict(list)
    rows = ClaimLine.objects.filter(submission_id__in=set(submission_ids)).select_related(
        "charge_line"
    )
    for line in rows.order_by("submission_id", "position"):
        lines[line.submission_id].append(line)
    return lines


def match_payment_lines(
    paid: Sequence[RemittanceLine], billed: Sequence[ClaimLine]
) -> list[LineMatch]:
    """One match for each of the payer's lines, in order."""
    return match_lines(
        [
            PaidLine(
                control_number=line.control_number,
                code=line.code,
                submitted_code=line.submitted_code,
                modifiers=tuple(line.modifiers),
                charge=line.charge,
                service_date=line.service_date,
            )
            for line in paid
        ],
        [
            BilledLine(
                id=line.pk,
                position=line.position,
                control_number=line.control_number,
                code=line.code,
                modifiers=tuple(line.modifiers),
                charge=line.charge,
                service_date=line.service_date,
            )
            for line in billed
        ],
    )


def originals_of_reversals(
    reversals: Sequence[RemittanceClaim],
    matches: dict[int, ClaimMatch],
    in_this_file: Sequence[RemittanceClaim],
) -> dict[int, RemittanceClaim]:
    """Reversal's payment id → the payment it takes back (never one taken back before).

    Among the claim's posted payments, and those of this remittance: with the payer's same
    claim number first, then with the same amounts, the latest first.
    """
    claim_ids = {
        submission.claim_id
        for reversal in reversals
        if (submission := matches[reversal.pk].submission) is not None
    }
    if not claim_ids:
        return {}
    by_claim: dict[int, list[RemittanceClaim]] = defaultdict(list)
    for payment in standing_answers().filter(claim_id__in=claim_ids).order_by("-pk"):
        if payment.claim_id is not None:
            by_claim[payment.claim_id].append(payment)
    for payment in in_this_file:
        submission = matches[payment.pk].submission
        if not payment.is_reversal and submission is not None:
            by_claim[submission.claim_id].append(payment)
    found: dict[int, RemittanceClaim] = {}
    taken: set[int] = set()
    for reversal in reversals:
        submission = matches[reversal.pk].submission
        if submission is None:
            continue
        choices = [p for p in by_claim[submission.claim_id] if _can_be_reversed(reversal, p, taken)]
        if choices:
            best = min(choices, key=lambda payment: _distance(reversal, payment))
            found[reversal.pk] = best
            taken.add(best.pk)
    return found


def _can_be_reversed(reversal: RemittanceClaim, payment: RemittanceClaim, taken: set[int]) -> bool:
    if payment.pk in taken:
        return False
    if payment.remittance_id == reversal.remittance_id and payment.position > reversal.position:
        return False  # the correction that follows its reversal
    return payment.charge == -reversal.charge or (
        bool(reversal.payer_claim_number)
        and payment.payer_claim_number == reversal.payer_claim_number
    )


def _distance(reversal: RemittanceClaim, payment: RemittanceClaim) -> tuple[bool, bool, bool, int]:
    return (
        payment.payer_claim_number != reversal.payer_claim_number,
        payment.paid != -reversal.paid,
        payment.charge != -reversal.charge,
        -payment.pk,
    )
