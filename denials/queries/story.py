"""The story of a claim: from the first note to the last cent, in the order it happened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from claims.models import Claim, ClaimLine, Submission
from claims.queries.events import claim_events
from coding.models import ChargeLine, CodingVersion
from denials.enums import DenialState
from denials.models import Correction, Denial
from denials.queries.diffs import CodeLine, diff_lines, lines_of
from denials.rules.playbook import PlaybookEntry, look_up
from encounters.models import ClinicalNote, EligibilityCheck
from payments.models import RemittanceClaim
from payments.queries.ledger import StoryRow, merge_stories, receivable_stories
from payments.queries.remittances import ClaimRow, claim_rows
from rcm.ledger.enums import EntryKind
from rcm.money import ZERO, total


@dataclass(slots=True)
class StoryEvent:
    """One thing that happened; the timeline component draws it."""

    at: dt.datetime
    title: str
    rank: int
    tone: str = ""
    icon: str = "circle"
    text: str = ""
    actor: str = ""
    amount: Decimal | None = None
    href: str = ""
    detail_template: str = ""
    detail: Any = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class LineBalance:
    """A service of the claim with what became of its dollars."""

    line: ChargeLine
    paid: Decimal
    contractual: Decimal
    written_off: Decimal
    payer_balance: Decimal
    patient_balance: Decimal


@dataclass(frozen=True, slots=True)
class CorrectionStory:
    """The code change that answered a denial, and what it brought."""

    correction: Correction
    before: list[CodeLine]
    after: list[CodeLine]
    denials: list[Denial]
    brought: Decimal | None
    patient: Decimal


@dataclass(slots=True)
class ClaimStory:
    """Everything the story page shows."""

    claim: Claim
    version: CodingVersion | None
    submissions: list[Submission]
    lines: list[LineBalance]
    events: list[StoryEvent]
    denials: list[Denial]
    corrections: list[CorrectionStory]
    payments: list[ClaimRow]
    ledger: list[StoryRow]
    playbook: dict[int, PlaybookEntry] = field(default_factory=dict)

    @property
    def charged(self) -> Decimal:
        """The charges that stand in the books."""
        return total(row.charge for row in self.ledger)

    @property
    def paid_by_payer(self) -> Decimal:
        """What the payer paid in all, reversals taken off."""
        return -total(row.paid for row in self.ledger if row.payment is not None)

    @property
    def paid_by_patient(self) -> Decimal:
        """What the patient paid."""
        return -total(row.paid for row in self.ledger if row.payment is None)

    @property
    def contractual(self) -> Decimal:
        """What contract and law took off."""
        return -total(row.contractual for row in self.ledger)

    @property
    def written_off(self) -> Decimal:
        """What was given up."""
        return -total(row.written_off for row in self.ledger)

    @property
    def payer_balance(self) -> Decimal:
        """What the payer still owes."""
        return total(line.payer_balance for line in self.lines)

    @property
    def patient_balance(self) -> Decimal:
        """What the patient owes."""
        return total(line.patient_balance for line in self.lines)

    @property
    def open_denials(self) -> list[Denial]:
        """The denials that somebody has to work."""
        return [denial for denial in self.denials if denial.state == DenialState.OPEN]


def claim_story(claim_id: int) -> ClaimStory:
    """The whole story; a fixed number of queries. Raises `Claim.DoesNotExist`."""
    claim = Claim.objects.select_related(
        "payer",
        "coverage",
        "facility",
        "encounter__patient",
        "encounter__provider",
        "encounter__checked_in_by",
        "encounter__appointment",
    ).get(pk=claim_id)
    versions = list(
        CodingVersion.objects.filter(encounter=claim.encounter, completed_at__isnull=False)
        .select_related("coder")
        .prefetch_related("diagnoses", "lines__receivable")
        .order_by("number")
    )
    submissions = list(
        claim.submissions.prefetch_related(
            Prefetch("lines", ClaimLine.objects.order_by("position"))
        )
    )
    payments = _payments(claim)
    denials = list(claim.denials.select_related("line", "close_entry", "work_item").order_by("pk"))
    receivable_ids = _receivable_ids(submissions, versions)
    stories = receivable_stories(receivable_ids)
    ledger = merge_stories(stories)
    corrections = _corrections(denials, versions, payments)
    version = versions[-1] if versions else None
    story = ClaimStory(
        claim=claim,
        version=version,
        submissions=submissions,
        lines=_line_balances(version, stories),
        events=[],
        denials=denials,
        corrections=corrections,
        payments=payments,
        ledger=ledger,
        playbook={d.pk: look_up(d.group, d.carc, d.rarcs, claim.payer.kind) for d in denials},
    )
    story.events = _events(story, versions)
    return story


def _payments(claim: Claim) -> list[ClaimRow]:
    rows = (
        RemittanceClaim.objects.filter(claim=claim)
        .select_related("remittance", "reverses__remittance")
        .prefetch_related("lines__claim_line__charge_line", "adjustments", "remarks")
        .order_by("remittance__posted_at", "pk")
    )
    return claim_rows(rows)


def _receivable_ids(
    submissions: Sequence[Submission], versions: Sequence[CodingVersion]
) -> set[int]:
    """The claim's receivables: of all its submissions' lines (a line may have been dropped)."""
    wanted = {line.charge_line_id for s in submissions for line in s.lines.all()}
    return {
        line.receivable_id
        for version in versions
        for line in version.lines.all()
        if line.pk in wanted and line.receivable_id is not None
    }


def _line_balances(
    version: CodingVersion | None, stories: dict[int, list[StoryRow]]
) -> list[LineBalance]:
    if version is None:
        return []
    found: list[LineBalance] = []
    for line in version.lines.all():
        rows = stories.get(line.receivable_id or 0, [])
        found.append(
            LineBalance(
                line=line,
                paid=-total(row.paid for row in rows),
                contractual=-total(row.contractual for row in rows),
                written_off=-total(row.written_off for row in rows),
                payer_balance=line.receivable.payer_balance if line.receivable else ZERO,
                patient_balance=line.receivable.patient_balance if line.receivable else ZERO,
            )
        )
    return found


def _corrections(
    denials: Sequence[Denial], versions: Sequence[CodingVersion], payments: Sequence[ClaimRow]
) -> list[CorrectionStory]:
    """One entry for each corrected submission, with every denial it answers."""
    rows = list(
        Correction.objects.filter(denial__in=denials)
        .select_related("from_submission", "to_submission", "made_by")
        .order_by("pk")
    )
    by_version = {version.pk: version for version in versions}
    by_submission: dict[int, list[Correction]] = defaultdict(list)
    for row in rows:
        by_submission[row.to_submission_id].append(row)
    by_id = {denial.pk: denial for denial in denials}
    found: list[CorrectionStory] = []
    for group in by_submission.values():
        first = group[0]
        before, after = diff_lines(
            lines_of(by_version.get(first.from_submission.coding_version_id)),
            lines_of(by_version.get(first.to_submission.coding_version_id)),
        )
        answered = [by_id[row.denial_id] for row in group]
        known = [row.brought for row in group if row.brought is not None]
        answer_ids = {denial.answered_by_id for denial in answered if denial.answered_by_id}
        found.append(
            CorrectionStory(
                correction=first,
                before=before,
                after=after,
                denials=answered,
                brought=total(known) if known else None,
                patient=total(row.patient for row in payments if row.payment.pk in answer_ids),
            )
        )
    return found


# --- Events -----------------------------------------------------------------------------------


def _events(story: ClaimStory, versions: Sequence[CodingVersion]) -> list[StoryEvent]:
    events = [
        *_visit_events(story.claim),
        *_coding_events(story, versions),
        *_claim_events(story.claim),
        *_payment_events(story),
        *_denial_events(story),
        *_ledger_events(story),
    ]
    # What happened in the same moment (one transaction) keeps the order of the pipeline.
    return sorted(events, key=lambda event: (event.at, event.rank))


def _visit_events(claim: Claim) -> list[StoryEvent]:
    encounter = claim.encounter
    events = [
        StoryEvent(
            encounter.checked_in_at,
            f"{encounter.patient.name} checked in",
            0,
            icon="log-in",
            text=encounter.reason,
            actor=_name(encounter.checked_in_by),
        )
    ]
    checks = EligibilityCheck.objects.filter(
        coverage__patient=encounter.patient,
        coverage__payer=claim.payer,
        service_date=claim.service_date,
    ).order_by("requested_at")
    for check in checks[:5]:
        tone = {"active": "success", "inactive": "danger", "not_found": "danger"}.get(
            check.state, "warn"
        )
        events.append(
            StoryEvent(
                check.answered_at or check.requested_at,
                f"Eligibility: {check.get_state_display()}",
                1,
                tone,
                "id-card",
                check.message or check.plan_name,
            )
        )
    notes = (
        ClinicalNote.objects.filter(encounter=encounter, signed_at__isnull=False)
        .select_related("author")
        .prefetch_related("services", "diagnoses")
        .order_by("number")
    )
    for note in notes:
        assert note.signed_at is not None
        title = "Note signed" if note.number == 1 else f"Addendum {note.number - 1} signed"
        events.append(
            StoryEvent(
                note.signed_at,
                title,
                2,
                icon="note",
                actor=str(note.author),
                detail_template="denials/story/_note.html",
                detail=note,
                anchor="note",
            )
        )
    return events


def _coding_events(story: ClaimStory, versions: Sequence[CodingVersion]) -> list[StoryEvent]:
    events: list[StoryEvent] = []
    previous: CodingVersion | None = None
    for version in versions:
        assert version.completed_at is not None
        lines = lines_of(version)
        detail: dict[str, Any] = {"version": version, "lines": lines, "before": [], "after": []}
        if previous is not None:
            detail["before"], detail["after"] = diff_lines(lines_of(previous), lines)
        events.append(
            StoryEvent(
                version.completed_at,
                "Coded" if previous is None else f"Codes corrected, version {version.number}",
                3,
                "" if previous is None else "info",
                "code" if previous is None else "git-compare",
                version.reason,
                version.coder.display_name,
                amount=total(line.charge for line in lines if line.charge is not None)
                if previous is None
                else None,
                detail_template="denials/story/_codes.html",
                detail=detail,
            )
        )
        previous = version
    return events


def _payment_events(story: ClaimStory) -> list[StoryEvent]:
    events: list[StoryEvent] = []
    for row in story.payments:
        payment = row.payment
        at = payment.resolved_at or payment.remittance.posted_at or payment.remittance.received_at
        if payment.is_reversal:
            title, tone, icon = "Payer took its answer back", "warn", "undo"
        elif row.denied > 0 and payment.paid <= 0:
            title, tone, icon = "Payer denied the claim", "danger", "ban"
        elif row.denied > 0:
            title, tone, icon = "Paid in part, denied in part", "danger", "ban"
        elif payment.paid > 0:
            title, tone, icon = "Paid by the payer", "success", "banknote"
        else:
            title, tone, icon = "Answered by the payer", "", "banknote"
        events.append(
            StoryEvent(
                at,
                title,
                7,
                tone,
                icon,
                row.status_words,
                amount=payment.paid,
                href=reverse("payments:payment", args=[payment.pk]),
                detail_template="denials/story/_payment.html",
                detail=row,
            )
        )
    return events


def _denial_events(story: ClaimStory) -> list[StoryEvent]:
    events: list[StoryEvent] = []
    for denial in story.denials:
        entry = story.playbook[denial.pk]
        if denial.closed_at is not None and denial.state in (
            DenialState.RECOVERED,
            DenialState.UPHELD,
        ):
            won = denial.state == DenialState.RECOVERED
            events.append(
                StoryEvent(
                    denial.closed_at,
                    f"{entry.title}: {denial.get_state_display().lower()}",
                    9,
                    "success" if won else "danger",
                    "check-circle" if won else "ban",
                    denial.close_reason,
                    amount=denial.recovered if won else None,
                    href=reverse("denials:detail", args=[denial.pk]),
                )
            )
        events.append(
            StoryEvent(
                denial.opened_at,
                f"Denial: {entry.title}",
                8,
                "danger",
                "alert-circle",
                amount=-denial.amount,
                href=reverse("denials:detail", args=[denial.pk]),
                detail_template="denials/story/_denial.html",
                detail={"denial": denial, "entry": entry},
            )
        )
    events += [
        StoryEvent(
            correction.correction.made_at,
            "Correction made",
            8,
            "info",
            "edit",
            correction.correction.reason,
            _name(correction.correction.made_by),
            detail_template="denials/story/_correction.html",
            detail=correction,
        )
        for correction in story.corrections
        # A changed code is shown where the codes were corrected.
        if not any(line.changed for line in (*correction.before, *correction.after))
    ]
    return events


_LEDGER_TITLES = {
    EntryKind.WRITE_OFF: ("Written off", "", "trash"),
    EntryKind.TRANSFER: ("Moved to the patient", "info", "user"),
    EntryKind.PATIENT_PAYMENT: ("Paid by the patient", "success", "wallet"),
}


def _ledger_events(story: ClaimStory) -> list[StoryEvent]:
    events: list[StoryEvent] = []
    for row in story.ledger:
        found = _LEDGER_TITLES.get(EntryKind(row.entry.kind))
        if found is None:
            continue
        title, tone, icon = found
        amount = -row.written_off or row.patient_change or -row.paid
        events.append(
            StoryEvent(
                row.entry.posted_at,
                title,
                10,
                tone,
                icon,
                row.entry.memo,
                _name(row.entry.posted_by),
                amount,
                reverse("payments:entry", args=[row.entry.pk]),
            )
        )
    return events


def _claim_events(claim: Claim) -> list[StoryEvent]:
    """What the claims themselves know: built, scrubbed, sent, acknowledged, called about."""
    return [
        StoryEvent(
            event.at,
            event.title,
            4,
            event.tone,
            event.icon or "circle",
            event.text,
            event.actor,
            event.amount,
            event.href,
            event.detail_template,
            event.detail,
        )
        for event in claim_events(claim.pk)
    ]


def _name(user: Any) -> str:
    return user.display_name if user is not None else ""
