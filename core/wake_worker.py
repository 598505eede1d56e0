"""Tell a worker that there is something to do. Only a hint: the row is the queue.

A broker that is down costs nothing but time: the schedule's sweep finds the row.
"""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger("firstpass.wake_worker")


def wake_worker(name: str) -> None:
    """Ask for a run of ``rcm.tasks.<name>`` soon. Call it with `transaction.on_commit`."""
    try:
        current_app.send_task(f"rcm.tasks.{name}", retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("wake-up lost", extra={"task": name, "reason": type(error).__name__})


def wake_worker_on_commit(name: str) -> None:
    """The same, once the transaction that writes the rows has committed."""
    transaction.on_commit(partial(wake_worker, name))
