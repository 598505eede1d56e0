"""The biller's pages, the claim's own pages, and the search over everything."""

from claims.views.claim import (
    acknowledgements,
    patient_status,
    queue,
    resubmit,
    scrub,
    segments,
    visit_details,
)
from claims.views.follow_up import calls, follow_up, follow_up_claim
from claims.views.home import home
from claims.views.lists import claim_list, claims_csv, queue_selected, unbilled
from claims.views.search import search
from claims.views.work import held, held_claim, next_case, rejected, rejected_claim

__all__ = [
    "acknowledgements",
    "calls",
    "claim_list",
    "claims_csv",
    "follow_up",
    "follow_up_claim",
    "held",
    "held_claim",
    "home",
    "next_case",
    "patient_status",
    "queue",
    "queue_selected",
    "rejected",
    "rejected_claim",
    "resubmit",
    "scrub",
    "search",
    "segments",
    "unbilled",
    "visit_details",
]
