"""What happened to a claim, for its story: one list of plain events from several tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse

from claims.enums import Frequency
from claims.models import Acknowledgement, CallLog, Claim, ScrubFinding, Submission
from core.clearinghouse.enums import FileKind
from core.ui import formats
from core.ui.timeline import TimelineEvent


def claim_events(claim_id: int) -> list[TimelineEvent]:
    """Everything that claims know about one claim, oldest first: a fixed number of queries."""
    claim = Claim.objects.select_related("payer").get(pk=claim_id)
    submissions = list(
        claim.submissions.select_related("transmission")
        .defer("transmission__content")
        .prefetch_related(
            Prefetch("findings", ScrubFinding.objects.order_by("severity", "id")),
            Prefetch(
                "acknowledgements",
                Acknowledgement.objects.select_related("transmission").defer(
                    "transmission__content"
                ),
            ),
        )
        .order_by("number")
    )
    events: list[TimelineEvent] = []
    for submission in submissions:
        events += _of_submission(claim, submission)
    events += [_of_call(call) for call in claim.calls.select_related("called_by")]
    return sorted(events, key=lambda event: event.at)


def _of_submission(claim: Claim, submission: Submission) -> Iterator[TimelineEvent]:
    yield _built(claim, submission)
    yield from _scrubbed(claim, submission)
    if submission.sent_at is not None:
        file = submission.transmission
        yield TimelineEvent(
            submission.sent_at,
            f"{submission.control_number} sent to {claim.payer.name}",
            tone="info",
            icon="send",
            text=(
                f"File {file.name}, segments {submission.segment_first} to "
                f"{submission.segment_last}."
                if file
                else ""
            ),
            href=f"{reverse('claims:segments', args=[claim.pk])}?submission={submission.number}",
        )
    for answer in submission.acknowledgements.all():
        yield _answered(claim, submission, answer)


def _built(claim: Claim, submission: Submission) -> TimelineEvent:
    if submission.number == 1:
        title = f"Claim {claim.number} built"
    elif submission.frequency == Frequency.REPLACEMENT:
        title = f"Corrected claim {submission.control_number} made (frequency 7)"
    elif submission.frequency == Frequency.VOID:
        title = f"Void {submission.control_number} made (frequency 8)"
    else:
        title = f"New original {submission.control_number} made"
    text = ""
    if submission.original_reference:
        text = f"Replaces the payer's claim {submission.original_reference} (REF*F8)."
    return TimelineEvent(
        submission.created_at,
        title,
        icon="file",
        text=text,
        amount=submission.total_charge,
    )


def _scrubbed(claim: Claim, submission: Submission) -> Iterator[TimelineEvent]:
    """One event for each time findings came up, and one when the last error was gone."""
    findings = list(submission.findings.all())
    by_time: dict[datetime, list[ScrubFinding]] = {}
    for finding in findings:
        by_time.setdefault(finding.found_at, []).append(finding)
    for at, found in by_time.items():
        errors = sum(one.severity == "error" for one in found)
        yield TimelineEvent(
            at,
            f"Held: {errors} finding{'s' if errors != 1 else ''} to fix"
            if errors
            else f"Scrubbed with {formats.counted(len(found), 'warning')}",
            tone="warn" if errors else "",
            icon="alert",
            detail_template="claims/_findings.html",
            detail=found,
        )
    resolved = [one.resolved_at for one in findings if one.severity == "error" and one.resolved_at]
    unresolved = any(one.severity == "error" and one.resolved_at is None for one in findings)
    if resolved and not unresolved:
        yield TimelineEvent(
            max(resolved),
            "Findings fixed, the claim is clean",
            tone="success",
            icon="check",
        )
    if submission.number == 1 and claim.was_clean and claim.first_scrubbed_at and not findings:
        yield TimelineEvent(
            claim.first_scrubbed_at,
            "Scrubbed: clean at the first pass",
            tone="success",
            icon="check",
        )


_WHO = {
    FileKind.INTERCHANGE_ACK: "Interchange (TA1)",
    FileKind.FUNCTIONAL_ACK: "File (999)",
    FileKind.CLAIM_ACK: "Claim (277CA)",
}


def _answered(claim: Claim, submission: Submission, answer: Acknowledgement) -> TimelineEvent:
    what = _WHO.get(FileKind(answer.kind), answer.get_kind_display())
    code = ":".join(
        part for part in (answer.category_code, answer.status_code, answer.entity_code) if part
    )
    return TimelineEvent(
        answer.received_at,
        f"{what} {'accepted' if answer.accepted else 'rejected'}{f' · {code}' if code else ''}",
        tone="success" if answer.accepted else "danger",
        icon="check" if answer.accepted else "x-circle",
        text=" ".join(part for part in (answer.message, answer.fix) if part),
        href=reverse("claims:acknowledgements", args=[claim.pk]) + f"#answer-{answer.pk}",
    )


def _of_call(call: CallLog) -> TimelineEvent:
    who = f" with {call.spoke_with}" if call.spoke_with else ""
    reference = f" Reference {call.reference_number}." if call.reference_number else ""
    then = f" Next on {call.next_action_on:%b %-d, %Y}." if call.next_action_on else ""
    return TimelineEvent(
        call.called_at,
        f"Call to the insurer{who}: {call.get_outcome_display().lower()}",
        icon="phone",
        text=f"{call.summary}{reference}{then}",
        actor=call.called_by.display_name,
    )
