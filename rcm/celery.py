"""The Celery application: `celery -A rcm.celery worker`, `celery -A rcm.celery beat`."""

import os
import signal
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_ready

from rcm.runtime import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")

# `make run` works as root on purpose; messages are JSON, so a worker runs nothing it was sent.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("firstpass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _say_ready(**_: Any) -> None:
    """Record a heartbeat at the start, and not only at the schedule's first run."""
    from rcm.runtime.health import record_heartbeat

    record_heartbeat()


@worker_process_init.connect
def _end_with_worker(**_: Any) -> None:
    """A pool process whose worker was killed ends at once: its rows are found by the next sweep,
    and a task that goes on alone would work beside the worker that takes over."""
    processes.end_with_parent(signal.SIGKILL)
