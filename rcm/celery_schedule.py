"""What runs in the background, when, and in which queue.

Each task is a sweep over rows (the row is the queue), so a lost or late message costs one interval.
A message expires before the next one is due: a worker that was away does not come back to a pile
of the same sweep.
"""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

QUEUES = ("submit", "receive", "post", "followup", "reports")

HEARTBEAT_SECONDS = 15

_TASKS: dict[str, tuple[str, float | crontab]] = {
    "rcm.tasks.submit_claims": ("submit", 15),
    "rcm.tasks.receive_files": ("receive", 15),
    "rcm.tasks.follow_up_sweep": ("followup", crontab(minute="7")),
    "rcm.tasks.recheck_eligibility": ("followup", crontab(minute="*/5")),
    "rcm.tasks.seal_audit": ("reports", 10),
    "rcm.tasks.heartbeat": ("reports", HEARTBEAT_SECONDS),
}

TASK_ROUTES: dict[str, dict[str, str]] = {
    name: {"queue": queue} for name, (queue, _) in _TASKS.items()
}

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    name: {
        "task": name,
        "schedule": when,
        "options": {"queue": queue, "expires": 240 if isinstance(when, crontab) else when},
    }
    for name, (queue, when) in _TASKS.items()
}
