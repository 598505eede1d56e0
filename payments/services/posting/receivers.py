"""What a higher stage does with posted payments, in the transaction that posts them.

Payments stands below denials and cannot import it. A stage above registers its function here
when Django starts (`denials.apps`); `payments.services.posting.close` calls it. If it raises,
nothing was posted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

PostedReceiver = Callable[[Sequence[int]], None]
"""Takes the ids of claim payments (`RemittanceClaim`) that now have their claim and their entries.

Their claims are locked.
"""

_receivers: list[PostedReceiver] = []


def on_posted(receiver: PostedReceiver) -> None:
    """Have `receiver` called with every payment that is posted to a claim, in any way."""
    if receiver not in _receivers:
        _receivers.append(receiver)


def announce_posted(payment_ids: Sequence[int]) -> None:
    """Call every receiver; the caller's transaction is open."""
    for receiver in _receivers:
        receiver(payment_ids)
