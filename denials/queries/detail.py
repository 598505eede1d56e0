"""One denial as the work page needs it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.urls import reverse

from claims.models import Claim
from coding.models import ChargeLine, CodingVersion
from coding.queries.lookup import takes_qw
from denials.enums import Resolution, RootCause, Source
from denials.models import Denial
from denials.rules.playbook import PlaybookEntry, find_entry, sends_replacement
from denials.rules.suggestions import DeniedLine, Documented, Situation, Suggestion, suggest
from encounters.models import ClinicalNote, Coverage, EligibilityCheck, PayerPolicy
from encounters.queries import latest_checks
from payments.models import RemittanceClaim
from payments.queries.remittances import ClaimRow, claim_rows
from payments.rules.reasons import reason, remark_words


@dataclass(slots=True)
class DenialDetail:
    """Everything the work page shows of a denial."""

    denial: Denial
    entry: PlaybookEntry
    reason_words: str
    group_words: str
    remarks: list[tuple[str, str]]
    payment: ClaimRow
    notes: list[ClinicalNote]
    version: CodingVersion
    lines: list[ChargeLine]
    denied_positions: set[int]
    siblings: list[Denial]
    policy: PayerPolicy | None
    suggestions: list[Suggestion]
    check: EligibilityCheck | None = None
    """The last eligibility answer about the coverage to be billed, when that is the matter."""

    @property
    def replaces(self) -> bool:
        """Whether the corrected claim goes out as a replacement (frequency code 7)."""
        accepts = self.policy is None or self.policy.accepts_frequency_7
        same_payer = self.next_coverage.payer_id == self.denial.claim.payer_id
        return same_payer and sends_replacement(self.denial.route, accepts=accepts)

    @property
    def next_coverage(self) -> Coverage:
        """What the claim is billed to when it goes out again: the visit's insurance as it is now.

        A secondary claim keeps its own.
        """
        claim = self.denial.claim
        of_visit = claim.encounter.primary_coverage
        return of_visit if of_visit is not None and claim.payer_sequence == 1 else claim.coverage

    @property
    def coverage_changed(self) -> bool:
        """Whether the visit has another insurance now than the one that refused."""
        return self.next_coverage.pk != self.denial.claim.coverage_id

    @property
    def source(self) -> Source:
        """Where the cause lies when it is not in the codes."""
        if self.denial.root_cause == RootCause.AUTHORIZATION:
            return Source.NUMBERS
        if (
            self.denial.root_cause in (RootCause.ELIGIBILITY, RootCause.REGISTRATION)
            or self.denial.route == Resolution.BILL_OTHER_PAYER
        ):
            return Source.COVERAGE
        return Source.CODES

    @property
    def route_words(self) -> str:
        """The resolution with this payer, for people."""
        return self.denial.get_route_display()

    @property
    def recovery_probability_text(self) -> str:
        """How often this kind of denial is paid when it is worked."""
        return f"{self.entry.recovery_probability * 100:.0f}%"

    @property
    def deadline_text(self) -> str:
        """The deadline as a short date."""
        day = self.denial.deadline
        return f"{day:%b} {day.day}" if day is not None else "—"

    @property
    def denied_note(self) -> str:
        """Beside the dollars: on which line."""
        claim_line = self.denial.line.claim_line if self.denial.line is not None else None
        if claim_line is None:
            return "the claim as a whole"
        return f"line {claim_line.position}, {claim_line.code}"

    @property
    def payment_url(self) -> str:
        """The payer's answer in its remittance."""
        return reverse("payments:payment", args=[self.denial.payment_id])

    @property
    def expected(self) -> Decimal | None:
        """What the contract allows for the denied lines; None when no price is known."""
        prices = [
            line.expected_allowed for line in self.lines if line.position in self.denied_positions
        ]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(prices) else None


def denial_detail(denial_id: int) -> DenialDetail:
    """The denial with the note, the codes in force and the payer's answer beside each other.

    Raises `Denial.DoesNotExist`. A fixed number of queries.
    """
    denial = _denial(denial_id)
    claim = denial.claim
    version = (
        CodingVersion.objects.filter(encounter=claim.encounter, state=CodingVersion.State.COMPLETE)
        .prefetch_related(
            "diagnoses", Prefetch("lines", ChargeLine.objects.annotate(takes_qw=takes_qw("code")))
        )
        .get()
    )
    lines = sorted(version.lines.all(), key=lambda line: line.position)
    notes = list(
        ClinicalNote.objects.filter(encounter=claim.encounter, signed_at__isnull=False)
        .select_related("author")
        .prefetch_related("services", "diagnoses")
        .order_by("number")
    )
    siblings = list(
        claim.denials.exclude(pk=denial.pk).select_related("line__claim_line").order_by("pk")
    )
    entry = find_entry(denial.group, denial.carc, denial.rarcs, claim.payer.kind)
    policy = policy_on(claim.payer_id, denial.denied_on)
    denied = _denied_positions(denial, lines)
    found = DenialDetail(
        denial=denial,
        entry=entry,
        reason_words=reason(denial.carc).words,
        group_words=_WHO_BEARS_IT.get(denial.group, ""),
        remarks=[(rarc, remark_words(rarc)) for rarc in denial.rarcs],
        payment=_payment(denial.payment_id),
        notes=notes,
        version=version,
        lines=lines,
        denied_positions=denied,
        siblings=siblings,
        policy=policy,
        suggestions=suggest(_situation(lines, notes, denied, policy), entry.hints),
    )
    if found.source == Source.COVERAGE:
        coverage_id = found.next_coverage.pk
        found.check = latest_checks([coverage_id]).get(coverage_id)
    return found


def _denial(denial_id: int) -> Denial:
    return (
        Denial.objects.select_related(
            "answered_by__remittance", "line__claim_line", "work_item__assigned_to", "close_entry"
        )
        .prefetch_related(
            # By itself: one join over all of these tables takes the planner longer than both.
            Prefetch(
                "claim",
                Claim.objects.select_related(
                    "payer",
                    "coverage",
                    "encounter__patient",
                    "encounter__primary_coverage__payer",
                    "encounter__provider",
                ),
            ),
            "work_item__notes__author",
            "corrections__to_submission",
        )
        .get(pk=denial_id)
    )


_WHO_BEARS_IT = {
    "CO": "may not be billed to the patient",
    "PR": "the payer puts it on the patient",
    "OA": "on neither clinic nor patient",
    "PI": "the payer's own reduction",
}


def _payment(payment_id: int) -> ClaimRow:
    [payment] = claim_rows(
        RemittanceClaim.objects.filter(pk=payment_id)
        .select_related("remittance", "claim", "reverses__remittance")
        .prefetch_related(
            "lines__claim_line__charge_line",
            "adjustments",
            "remarks",
        )
    )
    return payment


def policy_on(payer_id: int, day: dt.date) -> PayerPolicy | None:
    """The payer's policy in force on a day."""
    return (
        PayerPolicy.objects.filter(payer_id=payer_id, effective_from__lte=day)
        .filter(Q(effective_to=None) | Q(effective_to__gte=day))
        .order_by("-effective_from")
        .first()
    )


def _denied_positions(denial: Denial, lines: list[ChargeLine]) -> set[int]:
    """Which lines of the codes in force are denied: the line's, or all of a denied claim."""
    claim_line = denial.line.claim_line if denial.line is not None else None
    if claim_line is None:
        return {line.position for line in lines}
    receivable = next((line for line in lines if line.pk == claim_line.charge_line_id), None)
    if receivable is not None:
        return {receivable.position}
    same = [line.position for line in lines if line.position == claim_line.position]
    return set(same)


def _situation(
    lines: list[ChargeLine],
    notes: list[ClinicalNote],
    denied: set[int],
    policy: PayerPolicy | None,
) -> Situation:
    return Situation(
        lines=tuple(
            DeniedLine(
                position=line.position,
                code=line.code,
                modifiers=tuple(line.modifiers),
                units=line.units,
                place_of_service=line.place_of_service,
                is_denied=line.position in denied,
                takes_qw=line.takes_qw,  # type: ignore[attr-defined]  # the query adds it
            )
            for line in lines
        ),
        documented=tuple(
            Documented(service.text, service.code, service.quantity, service.is_separate)
            for note in notes
            for service in note.services.all()
        ),
        note=" ".join(
            part
            for note in notes
            for part in (note.subjective, note.objective, note.assessment, note.plan)
        ),
        requires_qw=policy.requires_qw if policy is not None else True,
        telehealth_modifier=policy.telehealth_modifier if policy is not None else "",
    )
