"""Which receivables a denial stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from claims.models import ClaimLine
from denials.models import Denial


def receivables_of(denials: Iterable[Denial]) -> dict[int, list[int]]:
    """Denial id → the receivables it denies: its line's, or all of its submission's lines.

    Expects ``line__claim_line__charge_line`` to be selected.
    """
    found: dict[int, list[int]] = {}
    whole: dict[int, list[int]] = defaultdict(list)
    for denial in denials:
        claim_line = denial.line.claim_line if denial.line is not None else None
        receivable_id = claim_line.charge_line.receivable_id if claim_line is not None else None
        if receivable_id is not None:
            found[denial.pk] = [receivable_id]
        else:
            whole[denial.submission_id].append(denial.pk)
    if whole:
        rows = ClaimLine.objects.filter(submission_id__in=whole).values_list(
            "submission_id", "charge_line__receivable_id"
        )
        lines: dict[int, list[int]] = defaultdict(list)
        for submission_id, receivable_id in rows.order_by("position"):
            if receivable_id is not None:
                lines[submission_id].append(receivable_id)
        for submission_id, denial_ids in whole.items():
            for denial_id in denial_ids:
                found[denial_id] = lines[submission_id]
    return found
