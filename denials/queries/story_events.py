"""The events of a claim's story, from every stage, in the order they happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse

from claims.models import Claim
from claims.queries.events import claim_events
from coding.models import CodingVersion
from core.ledger.enums import EntryKind
from core.money import total
from core.ui.timeline import TimelineEvent
from denials.enums import DenialState
from denials.queries.diffs import diff_lines, lines_of
from denials.queries.story_parts import ClaimStory
from encounters.models import ClinicalNote, EligibilityCheck


def story_events(story: ClaimStory, versions: Sequence[CodingVersion]) -> list[TimelineEvent]:
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


def _visit_events(claim: Claim) -> list[TimelineEvent]:
    encounter = claim.encounter
    events = [
        TimelineEvent(
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
            TimelineEvent(
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
            TimelineEvent(
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


def _coding_events(story: ClaimStory, versions: Sequence[CodingVersion]) -> list[TimelineEvent]:
    events: list[TimelineEvent] = []
    previous: CodingVersion | None = None
    for version in versions:
        assert version.completed_at is not None
        lines = lines_of(version)
        detail: dict[str, Any] = {"version": version, "lines": lines, "before": [], "after": []}
        if previous is not None:
            detail["before"], detail["after"] = diff_lines(lines_of(previous), lines)
        events.append(
            TimelineEvent(
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


def _payment_events(story: ClaimStory) -> list[TimelineEvent]:
    events: list[TimelineEvent] = []
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
            TimelineEvent(
                at,
                title,
                7,
                tone,
                icon,
                row.status_words,
                amount=payment.paid,
                href=reverse("payments:payment", args=[payment.pk]),
                permission="remittance.view",
                detail_template="denials/story/_payment.html",
                detail=row,
            )
        )
    return events


def _denial_events(story: ClaimStory) -> list[TimelineEvent]:
    events: list[TimelineEvent] = []
    for denial in story.denials:
        entry = story.playbook[denial.pk]
        if denial.closed_at is not None and denial.state in (
            DenialState.RECOVERED,
            DenialState.UPHELD,
        ):
            won = denial.state == DenialState.RECOVERED
            events.append(
                TimelineEvent(
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
            TimelineEvent(
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
        TimelineEvent(
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


def _ledger_events(story: ClaimStory) -> list[TimelineEvent]:
    events: list[TimelineEvent] = []
    for row in story.ledger:
        found = _LEDGER_TITLES.get(EntryKind(row.entry.kind))
        if found is None:
            continue
        title, tone, icon = found
        amount = -row.written_off or row.patient_change or -row.paid
        events.append(
            TimelineEvent(
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


def _claim_events(claim: Claim) -> list[TimelineEvent]:
    """What the claims themselves know: built, scrubbed, sent, acknowledged, called about."""
    return [replace(event, rank=4) for event in claim_events(claim.pk)]


def _name(user: Any) -> str:
    return user.display_name if user is not None else ""
