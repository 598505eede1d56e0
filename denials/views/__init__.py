"""Pages of denials, and the story of a claim."""

from denials.views.queue import denial_list, next_denial
from denials.views.story import story
from denials.views.work import (
    correct,
    denial_detail,
    note,
    numbers,
    preview,
    snooze,
    to_patient,
    write_off,
)

__all__ = [
    "correct",
    "denial_detail",
    "denial_list",
    "next_denial",
    "note",
    "numbers",
    "preview",
    "snooze",
    "story",
    "to_patient",
    "write_off",
]
