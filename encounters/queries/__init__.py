"""What the pages and the later stages ask about patients, coverage, the schedule and visits."""

from encounters.queries.chart import Chart, chart, coverage_rows, encounter_page
from encounters.queries.coverage import (
    current_coverages,
    differences,
    latest_checks,
    our_facts,
)
from encounters.queries.eligibility import eligibility_queue, open_problem_count, to_verify
from encounters.queries.notes import ProviderDay, common_services, note_of, provider_day
from encounters.queries.patients import patient_search, possible_duplicates
from encounters.queries.schedule import (
    Slot,
    clashes,
    schedule_counts,
    todays_schedule,
)

__all__ = [
    "Chart",
    "ProviderDay",
    "Slot",
    "chart",
    "clashes",
    "common_services",
    "coverage_rows",
    "current_coverages",
    "differences",
    "eligibility_queue",
    "encounter_page",
    "latest_checks",
    "note_of",
    "open_problem_count",
    "our_facts",
    "patient_search",
    "possible_duplicates",
    "provider_day",
    "schedule_counts",
    "to_verify",
    "todays_schedule",
]
