"""The coder's pages."""

from coding.views.lookup import lookup, search_diagnoses, search_procedures
from coding.views.queue import home, next_visit
from coding.views.workspace import edits, history, hold, release, workspace

__all__ = [
    "edits",
    "history",
    "hold",
    "home",
    "lookup",
    "next_visit",
    "release",
    "search_diagnoses",
    "search_procedures",
    "workspace",
]
