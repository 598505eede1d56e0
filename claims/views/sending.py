"""After something was queued: tell a worker, so that nobody waits for the next sweep."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from rcm.nudge import nudge


def send_soon() -> None:
    """Nudge the submitting task once this request's work is committed."""
    transaction.on_commit(partial(nudge, "submit_claims"))
