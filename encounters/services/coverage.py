"""Add, change, correct and end a patient's insurance. Rows are never edited or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from core.access.models import User
from core.audit.services import EventData, record, record_many
from core.errors import Refused
from core.work.services import close_items
from encounters import locks
from encounters.enums import EncounterStatus
from encounters.models import Coverage, EligibilityCheck, Encounter, Patient, Payer
from encounters.queries.coverage import their_facts
from encounters.rules.details import CoverageDetails, Demographics, changed
from encounters.services.patients import change_patient
from encounters.services.refusals import refuse_problems

PRIORITY_WORDS = {1: "primary", 2: "secondary", 3: "tertiary"}


def add_coverage(*, patient_id: int, details: CoverageDetails, by: User | None) -> Coverage:
    """A new insurance of the patient.

    Refused, with what to do, when the subscriber number is missing or the patient has another
    coverage of the same priority in that time.
    """
    return add_coverages(entries=[(patient_id, details)], by=by)[0]


@transaction.atomic
def add_coverages(
    *, entries: Sequence[tuple[int, CoverageDetails]], by: User | None
) -> list[Coverage]:
    """Add many at once, as (patient id, details); all or none."""
    patient_ids = sorted({patient_id for patient_id, _ in entries})
    locks.patients(patient_ids)
    kinds = _payer_kinds({details.payer_id for _, details in entries})
    known: dict[int, list[Coverage]] = {patient_id: [] for patient_id in patient_ids}
    for row in Coverage.objects.filter(patient_id__in=patient_ids, superseded_at=None):
        known[row.patient_id].append(row)
    new = []
    for patient_id, details in entries:
        cleaned = _cleaned(details, kinds)
        _refuse_overlap(cleaned, known[patient_id])
        row = Coverage(patient_id=patient_id, created_at=clock.now(), **asdict(cleaned))
        known[patient_id].append(row)
        new.append(row)
    Coverage.objects.bulk_create(new)
    record_many(
        [
            EventData(
                actor=by,
                action="coverage.added",
                subject=row,
                patient_id=row.patient_id,
                detail={"payer": row.payer_id, "priority": row.priority},
            )
            for row in new
        ]
    )
    return new


@transaction.atomic
def change_coverage(
    *,
    coverage_id: int,
    details: CoverageDetails,
    by: User,
    from_day: date | None = None,
    reason: str = "",
) -> Coverage:
    """Put other details in the place of a coverage; the row from before stays in the history.

    With ``from_day`` the plan changed on that day: the old row ends the day before. Without it the
    old row was never right: it is superseded, and every visit that is not closed takes the new one
    (a claim that was rejected for a mistyped number must not be sent with it again). What the
    payer said about the old details is no longer to be cleared.
    """
    new = _change(coverage_id, details, by, from_day, reason)
    if new.pk != coverage_id:
        outcome = "The coverage was corrected" if from_day is None else "The patient has a new plan"
        _close_questions(coverage_id, outcome, by)
    return new


def _change(
    coverage_id: int, details: CoverageDetails, by: User, from_day: date | None, reason: str
) -> Coverage:
    old = _locked(coverage_id)
    cleaned = _cleaned(details, _payer_kinds({details.payer_id}))
    if from_day is not None:
        cleaned = replace(cleaned, effective_from=from_day)
    elif not changed(cleaned, old):
        return old
    others = Coverage.objects.filter(patient_id=old.patient_id, superseded_at=None).exclude(
        pk=old.pk
    )
    if from_day is None:
        old.superseded_at = clock.now()
    else:
        _end_before(old, from_day)
    _refuse_overlap(cleaned, list(others))
    old.save(update_fields=["superseded_at", "effective_to", "end_reason"])
    new = Coverage.objects.create(
        patient_id=old.patient_id, replaces=old, created_at=clock.now(), **asdict(cleaned)
    )
    moved = _move_visits(old, new, from_day)
    record(
        actor=by,
        action="coverage.corrected" if from_day is None else "coverage.changed",
        subject=new,
        patient_id=new.patient_id,
        reason=reason,
        detail={"replaces": old.pk, "fields": changed(cleaned, old), "visits": moved},
    )
    return new


@transaction.atomic
def end_coverage(*, coverage_id: int, last_day: date, by: User, reason: str = "") -> Coverage:
    """The coverage ends after ``last_day``. Visits after that day no longer have it."""
    row = _locked(coverage_id)
    if last_day < row.effective_from:
        raise Refused(
            f"The coverage began on {row.effective_from:%b %-d, %Y}; its last day cannot lie "
            "before that. If it was never valid, correct it instead.",
            code="invalid",
            fields={
                "last_day": f"Choose a day after {row.effective_from:%b %-d, %Y}, when the "
                "coverage began."
            },
        )
    if row.effective_to is not None and row.effective_to <= last_day:
        raise Refused(
            f"This coverage already ended on {row.effective_to:%b %-d, %Y}.", conflict=True
        )
    row.effective_to = last_day
    row.end_reason = reason[:120]
    row.save(update_fields=["effective_to", "end_reason"])
    visits = _open_visits(row).filter(service_date__gt=last_day)
    if last_day < clock.today():
        _close_questions(row.pk, "The coverage has ended", by)
    dropped = [visit.pk for visit in locks.encounters(visits)]
    if dropped:
        Encounter.objects.filter(pk__in=dropped, primary_coverage=row).update(
            primary_coverage=None, secondary_coverage=None
        )
        Encounter.objects.filter(pk__in=dropped, secondary_coverage=row).update(
            secondary_coverage=None
        )
    record(
        actor=by,
        action="coverage.ended",
        subject=row,
        patient_id=row.patient_id,
        reason=reason,
        detail={"last_day": last_day.isoformat(), "visits": dropped},
    )
    return row


@transaction.atomic
def accept_difference(*, check_id: int, field: str, by: User) -> Coverage:
    """Take over what the payer answered, for one field; returns the coverage afterwards.

    ``field`` is one of `encounters.rules.differences.LABELS`. The person's own data change the
    patient (or the subscriber of a dependent's coverage), the rest corrects the coverage.
    """
    check = EligibilityCheck.objects.select_related("coverage__patient").get(pk=check_id)
    coverage = check.coverage
    answered = their_facts(check)
    if field not in answered:
        raise Refused("The payer's answer says nothing about this field.", code="invalid")
    if coverage.superseded_at is not None:
        raise Refused(
            "This coverage was corrected since the payer answered. Ask again and compare.",
            conflict=True,
        )
    reason = f"Taken over from the payer's answer {check.trace_number}"
    if field == "plan_end":
        return end_coverage(
            coverage_id=coverage.pk,
            last_day=date.fromisoformat(answered[field]),
            by=by,
            reason=reason,
        )
    if field in {"last_name", "first_name", "birth_date", "sex"}:
        _accept_person(coverage.patient, field, answered[field], by, reason)
        return coverage
    details = replace(
        CoverageDetails.of(coverage),
        **{_COLUMN.get(field, field): _value(field, answered[field])},  # type: ignore[arg-type]
    )
    new = _change(coverage.pk, details, by, None, reason)
    # The answer is about this insurance as it is known now, and stays to be cleared if it was.
    EligibilityCheck.objects.filter(pk=check.pk).update(coverage=new)
    if new.pk != coverage.pk:
        _close_questions(coverage.pk, "The coverage was corrected", by)
    return new


_COLUMN = {"plan_begin": "effective_from"}


def _value(field: str, answered: str) -> str | date:
    return date.fromisoformat(answered) if field == "plan_begin" else answered


def _accept_person(patient: Patient, field: str, answered: str, by: User, reason: str) -> None:
    value: str | date = answered
    if field == "birth_date":
        value = date.fromisoformat(answered)
    elif field in {"last_name", "first_name"} and answered.isupper():
        value = answered.title()  # payers print in capitals
    details = replace(Demographics.of(patient), **{field: value})  # type: ignore[arg-type]
    change_patient(patient_id=patient.pk, details=details, by=by, reason=reason)


def _close_questions(coverage_id: int, outcome: str, by: User) -> None:
    """Close the items about what the payer said of a coverage that is no longer valid."""
    found = EligibilityCheck.objects.filter(coverage_id=coverage_id).exclude(work_item=None)
    close_items(list(found.values_list("work_item_id", flat=True)), outcome=outcome, user=by)


def _locked(coverage_id: int) -> Coverage:
    row = locks.coverage(coverage_id)
    if row.superseded_at is not None:
        raise Refused(
            "This coverage was already corrected by somebody else. Open the patient again to see "
            "what is valid now.",
            conflict=True,
        )
    return row


def _payer_kinds(payer_ids: set[int]) -> dict[int, str]:
    return dict(Payer.objects.filter(pk__in=payer_ids).values_list("pk", "kind"))


def _cleaned(details: CoverageDetails, kinds: dict[int, str]) -> CoverageDetails:
    if details.payer_id not in kinds:
        raise Refused(
            "Choose the payer from the list.",
            code="invalid",
            fields={"payer": "Choose the payer from the list."},
        )
    # The format of Medicare's numbers is asked at the desk (forms); files may carry older ones.
    cleaned, problems = details.look(today=clock.today())
    refuse_problems(problems)
    return cleaned


def _refuse_overlap(new: CoverageDetails, others: Sequence[Coverage]) -> None:
    for row in others:
        if row.priority != new.priority:
            continue
        starts_before_end = row.effective_to is None or new.effective_from <= row.effective_to
        ends_after_start = new.effective_to is None or row.effective_from <= new.effective_to
        if starts_before_end and ends_after_start:
            words = PRIORITY_WORDS[new.priority]
            until = f"until {row.effective_to:%b %-d, %Y}" if row.effective_to else "without an end"
            message = (
                f"The patient already has a {words} coverage from {row.effective_from:%b %-d, %Y} "
                f"{until} ({row.payer.name}). End that one first, or choose another priority."
            )
            raise Refused(message, code="overlap", conflict=True, fields={"priority": message})


def _end_before(old: Coverage, day: date) -> None:
    if day <= old.effective_from:
        raise Refused(
            f"The old coverage began on {old.effective_from:%b %-d, %Y}. A new plan has to begin "
            "after that day; to correct what was wrong from the start, choose “It was wrong”.",
            code="invalid",
            fields={
                "from_day": f"Choose a day after {old.effective_from:%b %-d, %Y}, when the old "
                "coverage began. If that one was never right, choose “It was wrong”."
            },
        )
    if old.effective_to is None or old.effective_to >= day:
        old.effective_to = day - timedelta(days=1)
        old.end_reason = old.end_reason or "Replaced by another plan"


def _open_visits(row: Coverage) -> QuerySet[Encounter]:
    return Encounter.objects.filter(Q(primary_coverage=row) | Q(secondary_coverage=row)).exclude(
        status=EncounterStatus.CLOSED
    )


def _move_visits(old: Coverage, new: Coverage, from_day: date | None) -> list[int]:
    """Visits that took the old row take the new one. Gives their ids."""
    visits = _open_visits(old)
    if from_day is not None:
        visits = visits.filter(service_date__gte=from_day).exclude(status=EncounterStatus.BILLED)
    moved = [visit.pk for visit in locks.encounters(visits)]
    for column in ("primary_coverage", "secondary_coverage"):
        Encounter.objects.filter(pk__in=moved, **{column: old}).update(**{column: new})
    return moved
