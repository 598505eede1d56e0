"""An 835 given by hand, all the way: recorded, posted, and its denials opened and decided."""

from __future__ import annotations

from core.access.models import User
from denials.services.opening import open_denials
from denials.services.resolving import resolve_answered
from payments.services.receiving import Outcome, receive_file


def take_remittance_file(*, name: str, content: bytes, by: User | None) -> list[Outcome]:
    """Record and post one 835 file and work its denials at once.

    Raises `Refused` as `receive_file` does; nothing was changed then.
    """
    outcomes = receive_file(name=name, content=content, by=by)
    if any(outcome.state == "posted" for outcome in outcomes):
        open_denials()
        resolve_answered()
    return outcomes
