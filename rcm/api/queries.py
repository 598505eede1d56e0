"""The rows of each list and detail, with everything they show, in a fixed number of queries."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from claims.models import Claim, Submission
from denials.models import Denial
from encounters.models import Coverage, Encounter, Patient
from payments.models import Adjustment, Remark, Remittance, RemittanceClaim
from payments.queries.remittances import listed_remittances


def patients() -> QuerySet[Patient]:
    """By name."""
    return Patient.objects.order_by("last_name", "first_name", "pk")


def patient_detail() -> QuerySet[Patient]:
    """With every coverage that was ever right (`shown_coverages`)."""
    coverages = Coverage.objects.filter(superseded_at=None).select_related("payer")
    return patients().prefetch_related(
        Prefetch(
            "coverages",
            coverages.order_by("priority", "-effective_from", "pk"),
            to_attr="shown_coverages",
        )
    )


def encounters() -> QuerySet[Encounter]:
    """The newest first."""
    return Encounter.objects.select_related(
        "patient", "provider", "facility", "primary_coverage__payer"
    ).order_by("-service_date", "-pk")


def encounter_detail() -> QuerySet[Encounter]:
    """With the second insurance."""
    return encounters().select_related("secondary_coverage__payer")


def claims() -> QuerySet[Claim]:
    """The newest first."""
    return Claim.objects.select_related(
        "encounter__patient", "encounter__provider", "payer"
    ).order_by("-pk")


def claim_detail() -> QuerySet[Claim]:
    """With the submission in force (`current`) and those before it (`earlier`)."""
    rows = Submission.objects.order_by("number").prefetch_related("acknowledgements")
    current = rows.filter(is_current=True).select_related("coding_version")
    return (
        claims()
        .select_related("coverage__payer", "facility")
        .prefetch_related(
            Prefetch(
                "submissions",
                current.prefetch_related("lines", "findings", "coding_version__diagnoses"),
                to_attr="current",
            ),
            Prefetch("submissions", rows.filter(is_current=False), to_attr="earlier_submissions"),
        )
    )


def remittance_detail() -> QuerySet[Remittance]:
    """With what belongs to no claim."""
    return listed_remittances().prefetch_related("provider_adjustments")


def remittance_claims(remittance_id: int) -> QuerySet[RemittanceClaim]:
    """The claims of a remittance in its order, with lines, reasons and remarks."""
    return (
        RemittanceClaim.objects.filter(remittance_id=remittance_id)
        .select_related("claim")
        .prefetch_related(
            "lines__adjustments",
            "lines__remarks",
            Prefetch("adjustments", Adjustment.objects.filter(line=None), to_attr="of_claim"),
            Prefetch("remarks", Remark.objects.filter(line=None), to_attr="remarks_of_claim"),
        )
        .order_by("position")
    )


def denials() -> QuerySet[Denial]:
    """The newest first."""
    return Denial.objects.select_related(
        "claim__encounter__patient",
        "claim__encounter__provider",
        "claim__payer",
        "line",
        "payment",
    ).order_by("-denied_on", "-pk")


def denial_detail() -> QuerySet[Denial]:
    """With the corrections."""
    return (
        denials()
        .select_related("submission")
        .prefetch_related("corrections__from_submission", "corrections__to_submission")
    )
