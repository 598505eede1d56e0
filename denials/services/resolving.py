"""What a later answer of the payer decides about the denials before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from claims.models import ClaimLine
from core import clock
from core.audit.services import EventData, record_many
from core.bulk import update_rows
from core.money import ZERO, total
from core.work.services import close_items
from denials import locks
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.receivables import receivables_of
from denials.rules.playbook import is_denial
from denials.states import DENIAL
from payments.models import Adjustment, RemittanceClaim
from payments.queries.answers import standing_answers
from payments.queries.ledger import money_by_payment

BATCH = 1000


@dataclass(slots=True)
class _Answer:
    """A later payment: which receivables it speaks of, and which it denies (None: all)."""

    payment: RemittanceClaim
    receivables: set[int] | None
    denied: set[int | None]

    def covers(self, keys: Iterable[int]) -> bool:
        """Whether it speaks of one of these; an answer without lines speaks of all."""
        return self.receivables is None or bool(self.receivables & set(keys))

    def denies(self, keys: Iterable[int]) -> bool:
        """Whether it refuses to pay one of these (or the claim as a whole)."""
        return None in self.denied or bool(self.denied & set(keys))


def resolve_answered_of(claim_ids: Iterable[int]) -> list[Denial]:
    """Decide the open and corrected denials of these claims that were answered again.

    Recovered: the later answer covers the denied line and denies it no more. Upheld: it
    denies the line again (that refusal is a new case of its own) or no longer knows the
    line. ``recovered`` is what the payer paid for the line after the denial, reversals
    taken off. A denial that nobody corrected is decided as well when the payer reversed
    its answer by itself. The caller has locked the claims.
    """
    return _resolve(locks.denials(_answered_again().filter(claim_id__in=set(claim_ids))))


def resolve_answered(*, limit: int = BATCH) -> list[Denial]:
    """Decide every denial whose claim was answered again: a safety net.

    Posting decides the denials of its claims itself. Safe in several workers.
    """
    with transaction.atomic():
        return _resolve(locks.free_denials(_answered_again(), most=limit))


def _answered_again() -> QuerySet[Denial]:
    """Denials that wait, and whose claim has a later payment that stands."""
    later = standing_answers().filter(claim_id=OuterRef("claim_id"), pk__gt=OuterRef("payment_id"))
    return Denial.objects.filter(
        Exists(later), state__in=[DenialState.OPEN, DenialState.CORRECTED]
    ).select_related("claim__encounter", "line__claim_line__charge_line", "payment")


def _resolve(denials: Sequence[Denial]) -> list[Denial]:
    if not denials:
        return []
    answers = _answers({denial.claim_id for denial in denials})
    receivables = receivables_of(denials)
    paid = money_by_payment({key for keys in receivables.values() for key in keys})
    reversed_ids = set(
        RemittanceClaim.objects.filter(
            reverses_id__in={denial.payment_id for denial in denials}
        ).values_list("reverses_id", flat=True)
    )
    done: list[tuple[Denial, str]] = []
    for denial in denials:
        if denial.state == DenialState.OPEN and denial.payment_id not in reversed_ids:
            continue
        keys = receivables[denial.pk]
        covering = [
            answer
            for answer in answers[denial.claim_id]
            if answer.payment.pk > denial.payment_id and answer.covers(keys)
        ]
        decided = covering[-1] if covering else _last_without_line(denial, answers)
        if decided is None:
            continue
        is_denied_again = not covering or decided.denies(keys)
        denial.recovered = max(
            ZERO,
            total(amount for key in keys for pk, amount in paid[key] if pk > denial.payment_id),
        )
        denial.close_reason = _words(is_denied_again, bool(covering))
        denial.closed_at = clock.now()
        denial.answered_by = decided.payment
        done.append((denial, DenialState.UPHELD if is_denied_again else DenialState.RECOVERED))
    _save(done)
    return [denial for denial, _ in done]


def _answers(claim_ids: Iterable[int]) -> dict[int, list[_Answer]]:
    """Each claim's payments that are no reversal and were not reversed, oldest first."""
    payments = list(
        standing_answers()
        .filter(claim_id__in=set(claim_ids))
        .prefetch_related("lines__claim_line__charge_line")
        .order_by("pk")
    )
    denied: dict[int, set[int | None]] = defaultdict(set)
    refused = Adjustment.objects.filter(
        remittance_claim_id__in=[p.pk for p in payments], amount__gt=0, disposition="denied"
    ).select_related("line__claim_line__charge_line")
    for adjustment in refused:
        if is_denial(adjustment.group, adjustment.carc, adjustment.amount):
            line = adjustment.line
            claim_line = line.claim_line if line is not None else None
            denied[adjustment.remittance_claim_id].add(
                claim_line.charge_line.receivable_id if claim_line is not None else None
            )
    found: dict[int, list[_Answer]] = defaultdict(list)
    for payment in payments:
        lines = list(payment.lines.all())
        known = {
            line.claim_line.charge_line.receivable_id
            for line in lines
            if line.claim_line is not None and line.claim_line.charge_line.receivable_id
        }
        unmatched = any(line.claim_line is None for line in lines)
        speaks_of = None if not lines or unmatched else {key for key in known if key is not None}
        assert payment.claim_id is not None
        found[payment.claim_id].append(_Answer(payment, speaks_of, denied[payment.pk]))
    return found


def _last_without_line(denial: Denial, answers: dict[int, list[_Answer]]) -> _Answer | None:
    """The answer to a corrected claim from which the denied line was taken off."""
    if denial.state != DenialState.CORRECTED:
        return None
    keys = receivables_of([denial])[denial.pk]
    on_current = ClaimLine.objects.filter(
        submission__claim_id=denial.claim_id,
        submission__is_current=True,
        charge_line__receivable_id__in=keys,
    )
    later = [a for a in answers[denial.claim_id] if a.payment.pk > denial.payment_id]
    return later[-1] if later and not on_current.exists() else None


def _words(is_denied_again: bool, is_covered: bool) -> str:
    if not is_denied_again:
        return "Paid by the payer after all"
    return "Denied again" if is_covered else "The line was taken off the claim"


def _save(done: Sequence[tuple[Denial, str]]) -> None:
    if not done:
        return
    DENIAL.move_all(done, fields=["recovered", "close_reason", "closed_at", "answered_by"])
    denials = [denial for denial, _ in done]
    corrections = list(Correction.objects.filter(denial__in=denials, brought=None))
    by_denial = {denial.pk: denial for denial in denials}
    for correction in corrections:
        correction.brought = by_denial[correction.denial_id].recovered
    update_rows(corrections, ["brought"])
    recovered = [d.work_item_id for d in denials if d.state == DenialState.RECOVERED]
    upheld = [d.work_item_id for d in denials if d.state == DenialState.UPHELD]
    close_items(recovered, outcome="Paid by the payer after all", user=None)
    close_items(upheld, outcome="Denied again: see the new case", user=None)
    record_many(
        [
            EventData(
                actor=None,
                action=f"denial.{denial.state}",
                subject=denial,
                patient_id=denial.claim.encounter.patient_id,
                detail={"recovered": str(denial.recovered)},
            )
            for denial in denials
        ]
    )
