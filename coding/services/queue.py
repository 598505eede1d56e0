"""Taking the next visit to code: never the same one for two people."""

from __future__ import annotations

from django.db.models import Q

from coding.queries.worklist import WorkFilter, previous_clinic_day
from core import clock
from core.access.models import User
from core.work.enums import Queue
from core.work.services import claim_next
from encounters.models import Encounter


def claim_next_encounter(
    *, coder: User, chosen: WorkFilter, after: int | None = None
) -> Encounter | None:
    """Give the coder the next visit: the previous day's first, then the queue's own order.

    Of each, what the coder holds already comes first. ``after`` is the work item of a visit that
    the coder leaves: it goes back to the queue and the one behind it is next, of its own day
    first; the same visit again when no other is free. None when nothing (of what was chosen)
    waits.
    """
    fitting = Encounter.objects.filter(chosen.condition(clock.today()))
    day = previous_clinic_day()
    tiers = [fitting.filter(service_date=day), fitting.exclude(service_date=day)] if day else []
    if tiers and after is not None and not tiers[0].filter(coding_item_id=after).exists():
        tiers.reverse()
    for encounters in (*tiers, fitting):
        item = claim_next(
            queue=Queue.CODING,
            user=coder,
            filters=Q(pk__in=encounters.values("coding_item_id")),
            after=after,
        )
        if item is not None and (item.pk != after or encounters is fitting):
            return Encounter.objects.get(coding_item=item)
    return None
