"""What runs in the background. When and in which queue: `rcm/celery_schedule.py`.

Every task is one sweep over rows of the database, so a lost, late or doubled message
costs one interval and nothing else.
"""

from __future__ import annotations

from celery import shared_task

from claims.services import follow_up_sweep as sweep_follow_ups
from core.audit.services import seal_events
from encounters.services import recheck_unanswered
from rcm import pipeline
from rcm.runtime import health


@shared_task
def submit_claims() -> None:
    """Build and scrub what coders completed; send what billers queued."""
    pipeline.run_outbound_cycle(queue_clean=False)


@shared_task
def receive_files() -> None:
    """Fetch what the clearinghouse has for us and work it through to ledger and denials."""
    pipeline.run_inbound_cycle()


@shared_task
def follow_up_sweep() -> None:
    """Put claims without an answer in time into the follow-up queue; take answered ones out."""
    sweep_follow_ups()


@shared_task
def recheck_eligibility() -> None:
    """Ask again where a payer was silent (AAA 42, 80, time-out)."""
    recheck_unanswered()


@shared_task
def seal_audit() -> None:
    """Give new audit events their place in the hash chain."""
    seal_events()


@shared_task
def heartbeat() -> None:
    """Tell `/healthz` that a worker lives."""
    health.record_heartbeat()
