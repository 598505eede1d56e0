"""The Celery application: `celery -A rcm.celery worker`, `celery -A rcm.celery beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")

app = Celery("firstpass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _say_ready(**_: Any) -> None:
    """A worker is known from its first second, not from the schedule's first turn."""
    from rcm.health import record_heartbeat

    record_heartbeat()
