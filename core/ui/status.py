"""What each state is called in a pill, and what its colour says.

neutral: nothing to do here · info: under way · success: done and well · warn: a person must act ·
danger: money is at risk.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Pill(NamedTuple):
    label: str
    tone: str


class UndeclaredStatus(LookupError):
    """A state that the table does not know was to be shown: a programming error."""


STATUSES: Final[dict[str, dict[str, Pill]]] = {
    "appointment": {
        "scheduled": Pill("Scheduled", "neutral"),
        "arrived": Pill("Checked in", "success"),
        "cancelled": Pill("Cancelled", "neutral"),
        "no_show": Pill("No show", "warn"),
    },
    "encounter": {
        "checked_in": Pill("Checked in", "info"),
        "documented": Pill("Ready to code", "info"),
        "coding": Pill("Being coded", "accent"),
        "coded": Pill("Coded", "info"),
        "billed": Pill("Billed", "info"),
        "closed": Pill("Closed", "success"),
        "on_hold": Pill("On hold", "warn"),
    },
    "eligibility": {
        "pending": Pill("Asked", "info"),
        "active": Pill("Active", "success"),
        "inactive": Pill("Inactive", "danger"),
        "unknown": Pill("Unknown", "warn"),
        "not_found": Pill("Not found", "danger"),
    },
    "coding": {
        "draft": Pill("Draft", "neutral"),
        "completed": Pill("Completed", "success"),
        "complete": Pill("Completed", "success"),
        "superseded": Pill("Superseded", "neutral"),
    },
    "claim": {
        "draft": Pill("Being built", "neutral"),
        "held": Pill("Held", "warn"),
        "ready": Pill("Ready", "info"),
        "queued": Pill("Queued", "info"),
        "sent": Pill("Sent", "info"),
        "accepted_clearinghouse": Pill("At clearinghouse", "info"),
        "accepted_payer": Pill("At payer", "accent"),
        "rejected": Pill("Rejected", "danger"),
        "denied": Pill("Denied", "danger"),
        "adjudicated": Pill("Answered", "success"),
        "closed": Pill("Closed", "neutral"),
    },
    "submission_end": {
        "rejected": Pill("Rejected", "danger"),
        "replaced": Pill("Replaced", "neutral"),
        "voided": Pill("Voided", "neutral"),
    },
    "task": {
        "scrub": Pill("Scrub findings", "warn"),
        "rejection": Pill("Rejection", "danger"),
        "follow_up": Pill("Follow-up", "warn"),
    },
    "call": {
        "in_process": Pill("In process", "info"),
        "not_on_file": Pill("Not on file", "danger"),
        "paid": Pill("Paid", "success"),
        "denied": Pill("Denied", "danger"),
        "needs_information": Pill("Needs information", "warn"),
        "no_answer": Pill("Nobody reached", "neutral"),
    },
    "severity": {
        "error": Pill("Must be fixed", "danger"),
        "warning": Pill("Check", "warn"),
    },
    "remittance": {
        "held": Pill("Held", "danger"),
        "ready": Pill("Ready to post", "info"),
        "posted": Pill("Posted", "success"),
        "replaced": Pill("Replaced", "neutral"),
    },
    "payment": {
        "recorded": Pill("Recorded", "info"),
        "posted": Pill("Posted", "success"),
        "unposted": Pill("Unposted", "warn"),
        "information": Pill("Information", "neutral"),
        "resolved": Pill("Resolved", "success"),
    },
    "denial": {
        "open": Pill("To be worked", "danger"),
        "corrected": Pill("Corrected, waiting", "info"),
        "recovered": Pill("Recovered", "success"),
        "written_off": Pill("Written off", "neutral"),
        "moved_to_patient": Pill("Patient owes", "neutral"),
        "upheld": Pill("Denied again", "danger"),
    },
    "work": {
        "open": Pill("Open", "warn"),
        "done": Pill("Done", "success"),
    },
    "transmission": {
        "pending": Pill("Waiting", "info"),
        "sent": Pill("Sent", "info"),
        "acknowledged": Pill("Acknowledged", "success"),
        "refused": Pill("Refused", "danger"),
        "received": Pill("Received", "info"),
        "processed": Pill("Processed", "success"),
        "failed": Pill("Failed", "danger"),
    },
}


def pill(domain: str, value: str) -> Pill:
    """The pill of a state; raises `UndeclaredStatus` for one that the table does not know."""
    try:
        return STATUSES[domain][value]
    except KeyError:
        raise UndeclaredStatus(f"{domain}.{value}") from None
