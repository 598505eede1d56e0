"""The claim list and the work lists: rows and sums. Nothing runs once per row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum

from claims.enums import TaskKind
from claims.models import Claim, ClaimTask, ScrubFinding
from claims.queries.ageing import with_sent_on
from core import clock
from core.money import ZERO
from encounters.enums import BEFORE_BILLED, EncounterStatus
from encounters.models import Encounter

UNBUILT: Final = "unbuilt"
"""The status by which `unbilled_encounters` gives coded, insured visits that have no claim yet."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many claims, and their charges in US dollars."""

    claims: int
    charge: Decimal


def listed_claims() -> QuerySet[Claim]:
    """All claims as the list shows them: with patient, payer, provider, and `sent_on`."""
    return with_sent_on(Claim.objects.all()).select_related(
        "encounter__patient", "encounter__provider", "payer"
    )


def sum_of(rows: QuerySet[Claim]) -> Total:
    """Count and charges of a list, in one query."""
    found = rows.order_by().aggregate(n=Count("pk"), charge=Sum("total_charge", default=ZERO))
    return Total(int(found["n"]), found["charge"])


def with_words(text: str) -> Q:
    """Claim or visit number, payer's claim number, MRN, or words of the patient's name."""
    text = text.strip()
    if not text:
        return Q()
    if any(letter.isdigit() for letter in text):
        return Q(pk__in=_numbered(text))
    found = Q()
    for word in text.replace(",", " ").split():
        found &= Q(encounter__patient__last_name__istartswith=word) | Q(
            encounter__patient__first_name__istartswith=word
        )
    return found


def _numbered(text: str) -> QuerySet[Claim, int]:
    """Keys of the claims with this number. Four look-ups in four indexes: one condition with ORs
    over three tables would read all of them."""
    ours = text.upper()
    keys = Claim.objects.order_by().values_list("pk", flat=True)
    return keys.filter(number__startswith=ours.split("-", maxsplit=1)[0]).union(
        keys.filter(encounter__number__startswith=ours),
        keys.filter(encounter__patient__mrn__startswith=ours),
        keys.filter(payer_claim_number__in={text, ours}).exclude(payer_claim_number=""),
    )


def tasks_in(
    kind: TaskKind, *, payer_id: int | None = None, snoozed: bool = False
) -> QuerySet[ClaimTask]:
    """The open cases of a queue by rank; those that sleep until a later day only when asked."""
    rows = ClaimTask.objects.filter(kind=kind, closed_at=None).select_related(
        "claim__encounter__patient",
        "claim__encounter__provider",
        "claim__payer",
        "work_item__assigned_to",
        "acknowledgement",
    )
    awake = Q(work_item__snoozed_until=None) | Q(work_item__snoozed_until__lte=clock.today())
    rows = rows.filter(~awake if snoozed else awake)
    if payer_id is not None:
        rows = rows.filter(claim__payer_id=payer_id)
    return rows.order_by("-work_item__priority", "work_item_id")


def findings_of(claim_ids: list[int]) -> dict[int, list[ScrubFinding]]:
    """The open findings of each claim's current submission, errors first. One query."""
    found: dict[int, list[ScrubFinding]] = {}
    rows = (
        ScrubFinding.objects.filter(
            submission__claim_id__in=claim_ids, submission__is_current=True, resolved_at=None
        )
        .annotate(claim_id=F("submission__claim_id"))
        .order_by("severity", "-at_stake", "id")
    )
    for row in rows:
        found.setdefault(row.claim_id, []).append(row)
    return found


def unbilled_encounters(*, payer_id: int | None = None, status: str = "") -> QuerySet[Encounter]:
    """Visits of which no claim has left yet, oldest first."""
    left = Claim.objects.filter(encounter=OuterRef("pk"), first_sent_at__isnull=False)
    rows = (
        Encounter.objects.filter(~Exists(left), status__in=BEFORE_BILLED)
        .select_related("patient", "provider", "primary_coverage__payer")
        .prefetch_related(
            Prefetch("claims", Claim.objects.order_by("part"), to_attr="shown_claims")
        )
        .order_by("service_date", "pk")
    )
    if payer_id == 0:
        rows = rows.filter(primary_coverage=None)
    elif payer_id is not None:
        rows = rows.filter(primary_coverage__payer_id=payer_id)
    if status == UNBUILT:
        return rows.filter(
            status=EncounterStatus.CODED, primary_coverage__isnull=False, claims=None
        )
    return rows.filter(status=status) if status else rows


def unbilled_by_insurer() -> list[dict[str, object]]:
    """For each insurer (and self-pay): visits not billed yet, by status. One query."""
    rows = (
        unbilled_encounters()
        .order_by()
        .values("primary_coverage__payer_id", "primary_coverage__payer__name", "status")
        .annotate(n=Count("pk"))
    )
    table: dict[int, dict[str, object]] = {}
    for row in rows:
        payer = row["primary_coverage__payer_id"] or 0
        line = table.setdefault(
            payer,
            {
                "payer_id": payer,
                "total": 0,
                "payer": row["primary_coverage__payer__name"] or "No insurance (self-pay)",
            },
        )
        line[row["status"]] = row["n"]
        line["total"] = int(str(line["total"])) + row["n"]
    return sorted(table.values(), key=lambda one: (-int(str(one["total"])), str(one["payer"])))
