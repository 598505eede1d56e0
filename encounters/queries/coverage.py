"""Coverage with the latest answer about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from encounters.enums import EligibilityState
from encounters.models import Coverage, EligibilityCheck
from encounters.rules.differences import Difference, compare


def current_coverages(patient_ids: Iterable[int], on: date) -> dict[int, list[Coverage]]:
    """Coverage in force on that day, by patient, primary first; with its payer."""
    rows = (
        Coverage.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=on),
            patient_id__in=list(patient_ids),
            superseded_at=None,
            effective_from__lte=on,
        )
        .select_related("payer")
        .order_by("priority", "pk")
    )
    found: dict[int, list[Coverage]] = {}
    for row in rows:
        found.setdefault(row.patient_id, []).append(row)
    return found


def latest_checks(coverage_ids: Iterable[int]) -> dict[int, EligibilityCheck]:
    """The newest check of each coverage."""
    rows = (
        EligibilityCheck.objects.filter(coverage_id__in=list(coverage_ids))
        .order_by("coverage_id", "-requested_at", "-id")
        .distinct("coverage_id")
    )
    return {row.coverage_id: row for row in rows}


def our_facts(coverage: Coverage) -> dict[str, str]:
    """What we know of the person and the insurance, by the names of `rules.differences`."""
    patient = coverage.patient
    return {
        "subscriber_number": coverage.subscriber_number,
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "group_number": coverage.group_number,
        "plan_name": coverage.plan_name,
        "plan_begin": coverage.effective_from.isoformat(),
        "plan_end": coverage.effective_to.isoformat() if coverage.effective_to else "",
    }


def their_facts(check: EligibilityCheck) -> dict[str, str]:
    """What the payer said; nothing when it did not find the person or did not answer."""
    if check.state not in (EligibilityState.ACTIVE, EligibilityState.INACTIVE):
        return {}
    facts = {
        **check.answered_details,
        "group_number": check.answered_group_number,
        "plan_name": check.plan_name,
        # When a plan began is news only when the visit lies before it.
        "plan_begin": check.plan_begin.isoformat()
        if check.plan_begin and check.plan_begin > check.service_date
        else "",
        "plan_end": check.plan_end.isoformat() if check.plan_end else "",
    }
    return {name: value for name, value in facts.items() if value}


def differences(check: EligibilityCheck) -> list[Difference]:
    """Where the answer disagrees with what we have on record now. Needs coverage and patient."""
    if check.coverage.superseded_at is not None:
        return []
    return compare(our_facts(check.coverage), their_facts(check))
