"""After claims were queued: wake a worker, so that they need not wait for the next sweep."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from core.wake_worker import wake_worker


def send_soon() -> None:
    """Nudge the submitting task once this request's work is committed."""
    transaction.on_commit(partial(wake_worker, "submit_claims"))
