"""What runs in the background, when, and in which queue."""

from __future__ import annotations

from typing import Any

QUEUES = ("submit", "receive", "post", "followup", "reports")

HEARTBEAT_SECONDS = 15

TASK_ROUTES: dict[str, dict[str, str]] = {}

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {}
