"""One claim with everything that its work pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone

from claims.enums import TaskKind
from claims.models import (
    Acknowledgement,
    CallLog,
    Claim,
    ClaimLine,
    ClaimTask,
    ScrubFinding,
    Submission,
)
from coding.models import Diagnosis
from core import clock


@dataclass(frozen=True, slots=True)
class Lettered:
    """A diagnosis with the letter that lines point to."""

    letter: str
    code: str
    description: str


def _lettered(submission: Submission) -> list[Lettered]:
    return [
        Lettered(chr(64 + one.position), one.code, one.description)
        for one in submission.coding_version.diagnoses.all()
    ]


@dataclass(slots=True)
class Summary:
    """A claim's current submission with its lines, acknowledgements, calls and cases."""

    submission: Submission
    lines: list[ClaimLine]
    diagnoses: list[Lettered]
    acknowledgements: list[Acknowledgement]
    calls: list[CallLog]
    tasks: list[ClaimTask]
    days_to_file: int
    """Days left to the filing limit; negative when it has passed."""
    sent_on: date | None
    days_out: int | None
    """Days since the current submission was sent."""

    def item_of(self, kind: TaskKind) -> int | None:
        """The work item of the claim's open case of this kind."""
        return next((task.work_item_id for task in self.tasks if task.kind == kind), None)

    @property
    def lines_with_letters(self) -> list[tuple[ClaimLine, str]]:
        """Each line with the letters of the diagnoses it points to."""
        return [(line, " ".join(chr(64 + one) for one in line.pointers)) for line in self.lines]


def claim_for_work(claim_id: int) -> Claim:
    """The claim with its parties; 404 when there is none."""
    claim = (
        Claim.objects.select_related(
            "payer", "coverage", "facility", "encounter__patient", "encounter__provider"
        )
        .filter(pk=claim_id)
        .first()
    )
    if claim is None:
        raise Http404("No such claim.")
    return claim


def summary_of(claim: Claim) -> Summary:
    """The current submission, its lines and diagnoses, answers, calls and open cases."""
    submission = (
        claim.submissions.filter(is_current=True)
        .select_related("transmission", "coverage")
        .defer("transmission__content")
        .prefetch_related(
            Prefetch("lines", ClaimLine.objects.select_related("charge_line").order_by("position")),
            Prefetch("coding_version__diagnoses", Diagnosis.objects.order_by("position")),
            Prefetch(
                "acknowledgements",
                Acknowledgement.objects.select_related("transmission")
                .defer("transmission__content")
                .order_by("-id"),
            ),
        )
        .get()
    )
    today = clock.today()
    sent_on = timezone.localtime(submission.sent_at).date() if submission.sent_at else None
    return Summary(
        submission=submission,
        lines=list(submission.lines.all()),
        diagnoses=_lettered(submission),
        acknowledgements=list(submission.acknowledgements.all()),
        calls=list(claim.calls.select_related("called_by")),
        tasks=list(claim.tasks.filter(closed_at=None).select_related("work_item__assigned_to")),
        days_to_file=(claim.filing_deadline - today).days,
        sent_on=sent_on,
        days_out=(today - sent_on).days if sent_on else None,
    )


def open_findings(claim: Claim) -> list[ScrubFinding]:
    """The open findings of the claim's current submission, errors first."""
    return list(
        ScrubFinding.objects.filter(
            submission__claim=claim, submission__is_current=True, resolved_at=None
        ).order_by("severity", "-at_stake", "id")
    )
