"""The story of a claim: from the first note to the last cent, in the order it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Prefetch

from claims.models import Claim, ClaimLine, Submission
from coding.models import CodingVersion
from core.money import ZERO, total
from denials.models import Correction, Denial
from denials.queries.diffs import diff_lines, lines_of
from denials.queries.story_events import story_events
from denials.queries.story_parts import ClaimStory, CorrectionStory, LineBalance
from denials.rules.playbook import find_entry
from payments.models import RemittanceClaim
from payments.queries.ledger import StoryRow, merge_stories, receivable_stories
from payments.queries.remittances import ClaimRow, claim_rows


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
        playbook={d.pk: find_entry(d.group, d.carc, d.rarcs, claim.payer.kind) for d in denials},
    )
    story.events = story_events(story, versions)
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
