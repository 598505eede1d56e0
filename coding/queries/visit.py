"""An encounter as the coding edits see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coding.models import ChargeLine, CodingVersion
from coding.queries.book import extend_book
from coding.rules.book import CodeBook, on_day
from coding.rules.facts import CodedLine, CodedVisit, GlobalPeriod
from encounters.models import Encounter

# Medicare pays physician assistants and nurse practitioners 85 % of the schedule (SSA 1833(a)(1)).
_MID_LEVEL = {"NP", "PA", "PA-C", "APRN", "FNP", "CNS", "DNP"}
_MID_LEVEL_PERCENT = Decimal(85)
_LONGEST_GLOBAL = 90
_HISTORY_YEARS = 3

# What `coded_visit` reads of an encounter, for select_related.
RELATED = (
    "patient",
    "provider",
    "facility",
    "primary_coverage",
    "coding_item__assigned_to",
)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the patients before these visits, by encounter."""

    seen_on: dict[int, date]
    procedures: dict[int, list[tuple[str, date]]]


def coded_visit(
    encounter: Encounter,
    *,
    diagnoses: Sequence[str],
    lines: Sequence[CodedLine],
    book: CodeBook,
    past: Past | None = None,
) -> CodedVisit:
    """The encounter with these codes; fills the book with what it does not hold yet.

    Two queries about the patient's past unless it is given, and none about codes that the
    book holds.
    """
    past = past_of([encounter]) if past is None else past
    earlier = past.procedures.get(encounter.pk, [])
    payer_id = encounter.primary_coverage.payer_id if encounter.primary_coverage else None
    codes = [line.code for line in lines] + [code for code, _ in earlier]
    extend_book(book, diagnoses=diagnoses, procedures=codes, payers=[payer_id])
    payer = book.payer_terms(payer_id, encounter.service_date)
    mid_level = encounter.provider.credentials.upper() in _MID_LEVEL and payer.is_medicare
    return CodedVisit(
        service_date=encounter.service_date,
        place_of_service=encounter.place_of_service,
        diagnoses=tuple(diagnoses),
        lines=tuple(lines),
        payer=payer,
        locality=encounter.facility.medicare_locality,
        clia_number=encounter.facility.clia_number,
        patient_age=age_on(encounter.patient.birth_date, encounter.service_date),
        seen_before_on=past.seen_on.get(encounter.pk),
        global_periods=_global_periods(earlier, book),
        rendering_percent=_MID_LEVEL_PERCENT if mid_level else Decimal(100),
    )


def past_of(encounters: Sequence[Encounter]) -> Past:
    """Earlier visits of the same specialty and earlier procedures, in two queries for all."""
    patients = {encounter.patient_id for encounter in encounters}
    first = min(encounter.service_date for encounter in encounters)
    last = max(encounter.service_date for encounter in encounters)
    visits: dict[tuple[int, str], list[date]] = {}
    for patient_id, specialty, day in Encounter.objects.filter(
        patient_id__in=patients,
        service_date__gte=date(first.year - _HISTORY_YEARS, 1, 1),
        service_date__lt=last,
    ).values_list("patient_id", "provider__specialty", "service_date"):
        visits.setdefault((patient_id, specialty), []).append(day)
    services: dict[int, list[tuple[str, date]]] = {}
    for patient_id, code, day in ChargeLine.objects.filter(
        version__encounter__patient_id__in=patients,
        version__state=CodingVersion.State.COMPLETE,
        service_date__lt=last,
        service_date__gte=first - timedelta(days=_LONGEST_GLOBAL),
    ).values_list("version__encounter__patient_id", "code", "service_date"):
        services.setdefault(patient_id, []).append((code, day))
    past = Past({}, {})
    for one in encounters:
        days = visits.get((one.patient_id, one.provider.specialty), [])
        if earlier := [day for day in days if day < one.service_date]:
            past.seen_on[one.pk] = max(earlier)
        done = services.get(one.patient_id, [])
        past.procedures[one.pk] = [(code, day) for code, day in done if day < one.service_date]
    return past


def age_on(birth_date: date, on: date) -> int:
    """Completed years of age on the day."""
    before_birthday = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - before_birthday


def _global_periods(
    earlier: Sequence[tuple[str, date]], book: CodeBook
) -> tuple[GlobalPeriod, ...]:
    """Earlier procedures whose follow-up days may still run, the latest first."""
    periods = []
    for code, performed_on in sorted(earlier, key=lambda one: one[1], reverse=True):
        row = on_day(book.rvu.get((code, "")), performed_on)
        if row is not None and row.global_days in ("010", "090"):
            periods.append(GlobalPeriod(code, performed_on, int(row.global_days)))
    return tuple(periods)
