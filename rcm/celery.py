"""The Celery application: `celery -A rcm.celery worker`, `celery -A rcm.celery beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")

app = Celery("firstpass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
