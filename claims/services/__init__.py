"""Everything that changes a claim."""

from claims.services.acknowledging import AcknowledgementResult, process_acknowledgements
from claims.services.adjudicating import mark_adjudicated
from claims.services.batching import BatchResult, batch_queued
from claims.services.building import BuildResult, build_claims
from claims.services.calling import log_call
from claims.services.correcting import create_corrected_submission, resubmit_rejected
from claims.services.following_up import FollowUpResult, follow_up_sweep
from claims.services.queueing import QueueResult, queue_claims
from claims.services.scrubbing import ScrubResult, scrub_claims
from claims.services.submitting import SubmitResult, mark_sent, submit_claims
from claims.services.visit_details import change_visit_details

__all__ = [
    "AcknowledgementResult",
    "BatchResult",
    "BuildResult",
    "FollowUpResult",
    "QueueResult",
    "ScrubResult",
    "SubmitResult",
    "batch_queued",
    "build_claims",
    "change_visit_details",
    "create_corrected_submission",
    "follow_up_sweep",
    "log_call",
    "mark_adjudicated",
    "mark_sent",
    "process_acknowledgements",
    "queue_claims",
    "resubmit_rejected",
    "scrub_claims",
    "submit_claims",
]
