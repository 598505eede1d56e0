"""Everything that changes patients, coverage, the schedule, visits and notes."""

from encounters.services.arrivals import (
    check_in,
    check_in_many,
    hold_encounter,
    open_encounter,
    release_encounter,
)
from encounters.services.coverage import (
    accept_difference,
    add_coverage,
    add_coverages,
    change_coverage,
    end_coverage,
)
from encounters.services.eligibility import recheck_unanswered, verify_eligibility
from encounters.services.notes import (
    add_addendum,
    sign_note,
    write_and_sign,
    write_note,
)
from encounters.services.organisation import (
    add_provider,
    change_facility,
    change_provider,
)
from encounters.services.patients import change_patient, register_patient, register_patients
from encounters.services.schedule import (
    cancel_appointment,
    mark_no_show,
    move_appointment,
    schedule_appointment,
    schedule_appointments,
)

__all__ = [
    "accept_difference",
    "add_addendum",
    "add_coverage",
    "add_coverages",
    "add_provider",
    "cancel_appointment",
    "change_coverage",
    "change_facility",
    "change_patient",
    "change_provider",
    "check_in",
    "check_in_many",
    "end_coverage",
    "hold_encounter",
    "mark_no_show",
    "move_appointment",
    "open_encounter",
    "recheck_unanswered",
    "register_patient",
    "register_patients",
    "release_encounter",
    "schedule_appointment",
    "schedule_appointments",
    "sign_note",
    "verify_eligibility",
    "write_and_sign",
    "write_note",
]
