"""Everything that changes a denial."""

from denials.services.closing import move_to_patient, write_off_denial
from denials.services.correcting import Corrected, correct_denial
from denials.services.opening import open_denials
from denials.services.resolving import resolve_answered

__all__ = [
    "Corrected",
    "correct_denial",
    "move_to_patient",
    "open_denials",
    "resolve_answered",
    "write_off_denial",
]
