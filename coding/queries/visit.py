"""An encounter as the coding edits see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Max

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


def coded_visit(
    encounter: Encounter,
    *,
    diagnoses: Sequence[str],
    lines: Sequence[CodedLine],
    book: CodeBook,
) -> CodedVisit:
    """The encounter with these codes; fills the book with what it does not know yet.

    Two queries about the patient's past, and none about codes the book knows.
    """
    payer_id = encounter.primary_coverage.payer_id if encounter.primary_coverage else None
    codes = [line.code for line in lines]
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
        seen_before_on=_seen_before(encounter),
        global_periods=_global_periods(encounter, book),
        rendering_percent=_MID_LEVEL_PERCENT if mid_level else Decimal(100),
    )


def age_on(birth_date: date, on: date) -> int:
    """Completed years of age on the day."""
    before_birthday = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - before_birthday


def _seen_before(encounter: Encounter) -> date | None:
    """The last visit with the same specialty before this one (CPT's three-year rule)."""
    found: date | None = (
        Encounter.objects.filter(
            patient_id=encounter.patient_id,
            provider__specialty=encounter.provider.specialty,
            service_date__lt=encounter.service_date,
            service_date__year__gte=encounter.service_date.year - _HISTORY_YEARS,
        )
        .order_by()
        .aggregate(last=Max("service_date"))["last"]
    )
    return found


def _global_periods(encounter: Encounter, book: CodeBook) -> tuple[GlobalPeriod, ...]:
    """Earlier procedures of the patient whose follow-up days may still run."""
    earlier = list(
        ChargeLine.objects.filter(
            version__encounter__patient_id=encounter.patient_id,
            version__state=CodingVersion.State.COMPLETE,
            service_date__lt=encounter.service_date,
            service_date__gte=date.fromordinal(
                encounter.service_date.toordinal() - _LONGEST_GLOBAL
            ),
        )
        .order_by("-service_date")
        .values_list("code", "service_date")
    )
    if not earlier:
        return ()
    extend_book(book, procedures=[code for code, _ in earlier])
    periods = []
    for code, performed_on in earlier:
        row = on_day(book.rvu.get((code, "")), performed_on)
        if row is not None and row.global_days in ("010", "090"):
            periods.append(GlobalPeriod(code, performed_on, int(row.global_days)))
    return tuple(periods)
